"""A case's stream as an auditor reads it: every event with its proof, in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.access import HIDDEN_REPORTER
from engine.queries.case_timeline import Recorded, StoredEvent, shown_value, stored_events
from engine.queries.cases import Sight
from engine.queries.choices import labels
from engine.store.models import Account, Appointment

TYPES = {
    "case_opened": "Aduan dibuka",
    "task_completed": "Tugas diselesaikan",
    "task_claimed": "Tugas diambil",
    "task_released": "Tugas dilepaskan",
    "task_moved": "Tugas dialihkan",
    "timer_fired": "Batas waktu terlewati",
    "case_withdrawn": "Aduan ditarik",
    "case_cancelled": "Aduan dibatalkan",
}


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
    people = {str(event.body.get("actor")) for event in events}
    names = dict(session.execute(select(Account.id, Account.name).where(Account.id.in_(people))).all())
    if not seen.identity:
        names[seen.case.reporter_id] = HIDDEN_REPORTER
    held = {str(event.body.get("appointment")) for event in events}
    titles = {row.id: row for row in session.scalars(select(Appointment).where(Appointment.id.in_(held)))}
    words = labels(session)
    return [_row(event, seen, names, titles, words) for event in events]


def _row(
    event: StoredEvent,
    seen: Sight,
    names: dict[str, str],
    titles: dict[str, Appointment],
    words: dict[str, dict[str, str]],
) -> HistoryRow:
    body, diagram = event.body, seen.deployed.diagram
    element = diagram.elements.get(str(body.get("element", "")))
    form = seen.deployed.forms.get((element.form_key or element.id) if element else "")
    shown = []
    order = list(form.properties) if form is not None else []
    for name in [*(each for each in order if each in event.values), *(event.values.keys() - set(order))]:
        value = event.values[name]
        known = form is not None and name in form.properties
        shown.append(
            shown_value(form, name, value, words) if form and known else Recorded(name, name.capitalize(), str(value))
        )
    title = titles.get(str(body.get("appointment")))
    opened = [diagram.elements[each["element"]].label for each in body.get("effects", {}).get("opened", [])]
    outcome = body.get("effects", {}).get("outcome")
    moved = [f"dari {_unit(body.get('from'), words)} ke {_unit(unit, words)}" for unit in _moved_to(event)]
    return HistoryRow(
        seq=event.seq,
        at=event.at,
        what=TYPES.get(event.type, event.type),
        step=element.label if element else "",
        who=names.get(str(body.get("actor")), "Sistem"),
        as_role=f"{title.position} ({title.role})" if title else "",
        on_behalf=bool(body.get("for")),
        channel=str(body.get("channel", "")),
        effects="; ".join([*moved, *(f"membuka {name}" for name in opened), *([outcome] if outcome else [])]),
        recorded=tuple(shown) if seen.contents else (),
        erased=tuple(name for name in body.get("values", {}) if name not in event.values),
        hash=event.hash,
    )


def _moved_to(event: StoredEvent) -> list[str]:
    return [str(unit) for unit in event.body["set"].values()] if event.type == "task_moved" else []


def _unit(code: object, words: dict[str, dict[str, str]]) -> str:
    return words["unit"].get(str(code), str(code))
