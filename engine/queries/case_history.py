"""A case's stream as an auditor reads it: every event with its proof, in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.access import HIDDEN_REPORTER
from engine.queries.cases import Sight
from engine.queries.choices import labels
from engine.queries.event_words import EventWords
from engine.queries.recorded_values import Names, Recorded, other_value, shown_value
from engine.queries.stored_events import StoredEvent, stored_events
from engine.store.models import Account, Appointment


@dataclass(frozen=True)
class HistoryRow:
    """One event."""

    seq: int
    at: datetime
    what: str
    step: str
    who: str
    as_role: str  # the appointment acted under
    on_behalf: bool
    channel: str
    effects: str
    recorded: tuple[Recorded, ...]
    erased: tuple[str, ...]  # values that were erased: their digest stays
    hash: str


def case_history(session: Session, seen: Sight) -> list[HistoryRow]:
    """All events of the case, oldest first."""
    events = stored_events(session, f"kasus/{seen.case.id}")
    people = {str(event.body.get(role)) for event in events for role in ("actor", "proposer")}
    names = dict(session.execute(select(Account.id, Account.name).where(Account.id.in_(people))).all())
    if not seen.identity:
        names[seen.case.reporter_id] = HIDDEN_REPORTER
    held = {str(event.body.get("appointment")) for event in events}
    titles = {row.id: row for row in session.scalars(select(Appointment).where(Appointment.id.in_(held)))}
    words = labels(session)
    story = EventWords(seen.deployed, [event.body for event in events], names, words)
    return [_row(event, seen, story, names, titles, words) for event in events]


def _row(
    event: StoredEvent,
    seen: Sight,
    story: EventWords,
    names: dict[str, str],
    titles: dict[str, Appointment],
    words: Names,
) -> HistoryRow:
    body, diagram = event.body, seen.deployed.diagram
    element = diagram.elements.get(str(body.get("element", "")))
    title = titles.get(str(body.get("appointment")))
    # A case that changed its version may have opened a step that the present one lacks.
    ids = [each["element"] for each in body.get("effects", {}).get("opened", [])]
    opened = [diagram.elements[each].label if each in diagram.elements else each for each in ids]
    outcome = body.get("effects", {}).get("outcome")
    effects = [*story.facts(body, values=seen.contents), *(f"membuka {name}" for name in opened), outcome or ""]
    return HistoryRow(
        seq=event.seq,
        at=event.at,
        what=story.title(body),
        step=element.label if element else "",
        who=names.get(str(body.get("actor")), "Sistem"),
        as_role=f"{title.position} ({title.role})" if title else "",
        on_behalf=bool(body.get("for")),
        channel=str(body.get("channel", "")),
        effects="; ".join(dict.fromkeys(filter(None, effects))),
        recorded=_recorded(event, seen, words) if seen.contents else (),
        erased=event.erased,
        hash=event.hash,
    )


def _recorded(event: StoredEvent, seen: Sight, words: Names) -> tuple[Recorded, ...]:
    """What people typed with an event: a form's fields in their order, then what no form knows, such as a reason."""
    element = seen.deployed.diagram.elements.get(str(event.body.get("element", "")))
    form = seen.deployed.forms.get((element.form_key or element.id) if element else "")
    fields = list(form.properties) if form is not None else []
    known = tuple(
        shown_value(form, name, event.values[name], words) for name in fields if form and name in event.values
    )
    others = [name for name in event.values if name not in fields]
    return known + tuple(other_value(name, event.values[name]) for name in others)
