"""Cases for an export: page by page from their events, so that memory stays flat however many they are.

What entries mean stands in engine.export; what may be read in engine.access.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import orjson
from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from engine.access import Actor, lane_rights, read_by_role
from engine.export.steps import Case as Exported
from engine.export.steps import Known, Step, Stored, entries_of, instant
from engine.history.event import moment_text
from engine.queries.choices import labels
from engine.queries.recorded_values import Names, shown_value
from engine.store.calendars import current_calendar
from engine.store.deployments import Deployed, all_deployed
from engine.store.models import Account, Appointment, Base, Case
from engine.worktime.instants import WIB

PAGE = 200  # cases
_EVENT, _VALUE = Base.metadata.tables["event"], Base.metadata.tables["event_value"]
_STREAMS: BindParameter[Any] = bindparam("streams", expanding=True)
_EVENTS = select(_EVENT.c.stream, _EVENT.c.seq, _EVENT.c.body).where(_EVENT.c.stream.in_(_STREAMS))
_EVENTS = _EVENTS.order_by(_EVENT.c.stream, _EVENT.c.seq)
_VALUES = select(_VALUE.c.stream, _VALUE.c.seq, _VALUE.c.name, _VALUE.c.value).where(
    _VALUE.c.stream.in_(_STREAMS), _VALUE.c.value.is_not(None)
)


@dataclass(frozen=True)
class Selection:
    """Which cases: one by its number, or those filed from a day to a day, both included; empty means all."""

    number: str = ""
    first: date | None = None
    last: date | None = None


def exported_cases(
    session: Session, wanted: Selection, actor: Actor | None, *, names: bool = False, contents: bool = False
) -> Iterator[Exported]:
    """The chosen cases that the actor reads by role (None, the command line: all), in the order of filing.

    `names`: staff by name instead of by opaque id; a reporter is never named. `contents`: what was typed, too.
    """
    known = _known(session, names=names, contents=contents)
    allowed = [read_by_role(actor, lane_rights(session))] if actor is not None else []
    columns = (Case.id, Case.number, Case.channel, Case.opened_at, Case.closed_at, Case.outcome)
    chosen = select(*columns).where(*_conditions(wanted), *allowed).order_by(Case.opened_at, Case.id).limit(PAGE)
    last: tuple[datetime, str] | None = None
    while rows := session.execute(chosen if last is None else chosen.where(_after(*last))).all():
        events = _events(session, [f"kasus/{row.id}" for row in rows], contents=contents)
        for row in rows:
            closed = moment_text(row.closed_at) if row.closed_at else ""
            entries = entries_of(events.get(f"kasus/{row.id}", ()), known)
            yield Exported(row.number, row.channel, moment_text(row.opened_at), closed, row.outcome or "", entries)
        last = (rows[-1].opened_at, rows[-1].id)


def _after(at: datetime, case_id: str) -> Any:
    return (Case.opened_at > at) | ((Case.opened_at == at) & (Case.id > case_id))


def _conditions(wanted: Selection) -> list[Any]:
    asked: list[Any] = []
    if wanted.number:
        asked.append(Case.number == wanted.number)
    if wanted.first is not None:
        asked.append(Case.opened_at >= datetime.combine(wanted.first, time(), WIB))
    if wanted.last is not None:
        asked.append(Case.opened_at < datetime.combine(wanted.last, time(), WIB) + timedelta(days=1))
    return asked


def _events(session: Session, streams: Sequence[str], *, contents: bool) -> dict[str, list[Stored]]:
    """The events of some streams, in order."""
    values: dict[tuple[str, int], dict[str, Any]] = {}
    if contents:
        for row in session.execute(_VALUES, {"streams": streams}):
            values.setdefault((row.stream, row.seq), {})[row.name] = orjson.loads(row.value)
    found: dict[str, list[Stored]] = {}
    for stream, seq, body in session.execute(_EVENTS, {"streams": streams}):
        found.setdefault(stream, []).append(Stored(orjson.loads(body), values.get((stream, seq), {})))
    return found


def _known(session: Session, *, names: bool, contents: bool) -> Known:
    versions = {each.checksum: each for each in all_deployed(session)}
    steps: dict[tuple[str, str], Step] = {}
    calendar, words = current_calendar(session).calendar, labels(session)
    held = session.execute(select(Appointment.id, Appointment.role, Appointment.account_id)).all()

    def step_of(checksum: str, element: str) -> Step:
        found = steps.get((checksum, element))
        if found is None:
            found = steps[checksum, element] = _step(versions.get(checksum), element)
        return found

    return Known(
        number_of={checksum: each.number for checksum, each in versions.items()},
        step_of=step_of,
        unit_of=words["unit"],
        name_of=_staff(session, [row.account_id for row in held]) if names else {},
        role_of={row.id: row.role for row in held},
        worked=lambda start, end: calendar.working_minutes(instant(start), instant(end)),
        told=(lambda checksum, element, values: _told(versions.get(checksum), element, values, words))
        if contents
        else None,
    )


def _staff(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Names of those who hold or held an appointment."""
    return dict(session.execute(select(Account.id, Account.name).where(Account.id.in_(set(ids)))).all())


def _step(version: Deployed | None, element: str) -> Step:
    drawn = version.diagram.elements.get(element) if version is not None else None
    standard = version.standard_of(element) if version is not None else None
    return Step(drawn.label if drawn else element, f"{standard.number} {standard.unit}" if standard else "")


def _told(version: Deployed | None, element: str, values: Mapping[str, Any], words: Names) -> str:
    """What was typed in a step, a line for each field: "Judul: ..."."""
    if version is None or element not in version.diagram.elements:
        return ""
    form = version.form_of(element)
    shown = [shown_value(form, name, values[name], words) for name in form.properties if name in values]
    return "\n".join(f"{each.title}: {each.text or ', '.join(file.name for file in each.files)}" for each in shown)
