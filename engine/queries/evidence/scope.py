"""What a bundle is about: some cases, or all that was logged in a period. Reads no event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import Rejected
from engine.history.event import moment_text
from engine.history.verify import LATE
from engine.store.models import Case, Checkpoint, Event

MOST_NUMBERS = 10_000


@dataclass(frozen=True)
class Scope:
    """Streams in the order of the bundle, what the manifest says of them, and the checkpoints that bound a period."""

    streams: Sequence[str]
    facts: dict[str, Any]
    bounds: dict[str, Checkpoint] = field(default_factory=dict)  # name of the file -> stored checkpoint


def of_cases(session: Session, numbers: Sequence[str]) -> Scope:
    """Some cases. Raises Rejected: none, too many, or one that there is not (`nomor`)."""
    wanted = sorted({number.strip().upper() for number in numbers if number.strip()})
    if not 0 < len(wanted) <= MOST_NUMBERS:
        raise Rejected({"nomor": f"Tulis satu sampai {MOST_NUMBERS} nomor aduan."})
    found: dict[str, str] = {}
    for start in range(0, len(wanted), 500):
        rows = select(Case.number, Case.id).where(Case.number.in_(wanted[start : start + 500]))
        found.update(dict(session.execute(rows).all()))
    if missing := [number for number in wanted if number not in found]:
        raise Rejected({"nomor": f"Aduan ini tidak ada: {', '.join(missing[:10])}."})
    return Scope([f"kasus/{found[number]}" for number in wanted], {"cases": wanted})


def of_period(session: Session, point: Checkpoint, since: datetime, until: datetime) -> Scope:
    """Every stream with an event from `since` on and before `until`, whole, of whatever kind.

    The period is bounded by checkpoints, so that anyone can see that nothing logged in it is missing: what the newest
    checkpoint before it covers is older, and what the log took in five minutes after it is younger.
    Raises Rejected (`sampai`, or `dari` when nothing was logged).
    """
    if until <= since:
        raise Rejected({"sampai": "Akhir periode harus sesudah awalnya."})
    backwards = select(Checkpoint).order_by(Checkpoint.size.desc())
    first = _first(backwards.where(Checkpoint.at < since), session)
    last = _first(backwards.where(Checkpoint.at < until + LATE), session)
    if (last.size if last is not None else 0) == (first.size if first is not None else 0):
        raise Rejected({"dari": "Tidak ada yang tercatat dalam periode ini."})
    end = _first(select(Checkpoint).where(Checkpoint.at >= until + LATE).order_by(Checkpoint.size), session)
    bounds = {name: each for name, each in (("first.txt", first), ("end.txt", end)) if each is not None}
    if end is not None and end.size == point.size:
        del bounds["end.txt"]
    begin, stop = first.size if first is not None else 0, end.size if end is not None else point.size
    logged = Event.log_index >= begin, Event.log_index < stop
    within = select(Event.stream).where(*logged).group_by(Event.stream).order_by(func.min(Event.log_index))
    streams = session.scalars(within).all()
    facts = {"from": moment_text(since), "until": moment_text(until), "first": begin, "end": stop}
    return Scope(streams, facts, bounds)


def _first(statement: Any, session: Session) -> Checkpoint | None:
    found: Checkpoint | None = session.scalars(statement.limit(1)).first()
    return found
