"""What was done to a case beside its diagram, as staff read it: what, who, when and, for those who may read it, why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from engine.queries.cases import Sight
from engine.queries.event_words import BESIDE, EventWords
from engine.queries.recorded_values import ERASED
from engine.queries.stored_events import StoredEvent


@dataclass(frozen=True)
class BesideRow:
    """Something done to the case beside its diagram."""

    at: datetime
    what: str
    facts: tuple[str, ...]
    who: str
    why: str = ""  # only for those who read what was written


def beside_rows(
    events: Iterable[StoredEvent], seen: Sight, words: EventWords, who: Callable[[StoredEvent], str]
) -> list[BesideRow]:
    """Oldest first. Who does not read contents learns what was done, not what was typed."""
    reads = seen.reads_as_staff
    return [
        BesideRow(
            at=event.at,
            what=words.title(event.body),
            facts=tuple(words.facts(event.body, values=reads)),
            who=who(event),
            why=_why(event) if reads else "",
        )
        for event in events
        if event.type in BESIDE
    ]


def _why(event: StoredEvent) -> str:
    return str(event.values.get("alasan") or (ERASED if "alasan" in event.erased else ""))
