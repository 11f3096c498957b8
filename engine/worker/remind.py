"""Finds what time has done to cases: steps nearly due or late, answers overdue, closing near, news not passed on.

Each is told once (a key makes it one), to whom the rules of the process name. Steps without a deadline are never here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Engine, exists, select, update
from sqlalchemy.orm import Session

from engine.access import ADMINISTRATOR, LEADER
from engine.commands.rules import Rule, ensure_rules, rules_of
from engine.store.calendars import Office, current_calendar
from engine.store.database import transaction
from engine.store.models import Case, Handover, Notice, Task
from engine.worker import messages as m
from engine.worker.desk import Desk
from engine.worker.messages import Note, Way
from engine.worker.news import CaseFacts, case_facts, reporter_note, staff_note
from engine.worker.people import Person, Staff, Whose, staff_of
from engine.worker.writing import take_turn, write
from engine.worktime import State

CLOSING_DAYS = 2  # working days before a delivered case closes by itself: then its reporter is told
_CHUNK = 400  # keys in one statement
_MOMENTS = {State.NEARLY_DUE: ("hampir", m.NEARLY), State.LATE: ("lewat", m.LATE)}


@dataclass(frozen=True)
class Look:
    """One look at the office at a moment."""

    session: Session
    desk: Desk
    now: datetime
    office: Office
    staff: Staff
    rules: dict[str, frozenset[Rule]]

    def rules_for(self, case: CaseFacts) -> frozenset[Rule]:
        """The rules of the case's process."""
        process = case.version.process_id
        if process not in self.rules:
            self.rules[process] = rules_of(self.session, process)
        return self.rules[process]

    def people(self, case: CaseFacts, at: str, owners: Callable[[], Sequence[Person]]) -> list[Person]:
        """Whom the rules for a moment (`at`) name."""
        diagram = case.version.diagram
        named: dict[str, Callable[[], Sequence[Person]]] = {
            "pemilik": owners,
            "pengarah": lambda: self.staff.directing(diagram),
            "pimpinan": lambda: self.staff.with_role(LEADER),
        }
        chosen = sorted(to for when, to in self.rules_for(case) if when == at)
        return list(dict.fromkeys(person for to in chosen for person in named[to]()))


def remind(engine: Engine, desk: Desk, now: datetime) -> int:
    """Tell everyone what the time has brought; returns how many notices were new."""
    with transaction(engine) as session:
        ensure_rules(session)
        look = Look(session, desk, now, current_calendar(session), staff_of(session, now), {})
        notes = [*_steps(look), *_overdue(look), *_closing(look), *_held_up(look)]
        notes = _unsaid(session, notes)
        warned = list(_undelivered(look))
        if not notes and not warned:
            return 0
        take_turn(session)
        said = write(session, desk, [*notes, *(note for _, note in warned)], now)
        told = {handover_id for handover_id, _ in warned}
        session.execute(update(Handover).where(Handover.id.in_(told)).values(warned_at=now))
        return len(said)


def _unsaid(session: Session, notes: Sequence[Note]) -> list[Note]:
    """Without those that were said before, so that a look that finds nothing new writes nothing."""
    keys, said = [note.key for note in notes], set[str]()
    for start in range(0, len(keys), _CHUNK):
        said.update(session.scalars(select(Notice.key).where(Notice.key.in_(keys[start : start + _CHUNK]))))
    return [note for note in notes if note.key not in said]


def _steps(look: Look) -> Iterator[Note]:
    """Open steps that are nearly due or late by the calendar in force."""
    columns = (
        Task.id, Task.case_id, Task.element, Task.lane, Task.unit, Task.assignee_id, Task.opened_at, Task.due_at
    )  # fmt: skip
    rows = look.session.execute(select(*columns).where(Task.status == "open", Task.due_at.is_not(None))).all()
    found = [(row, look.office.calendar.state(row.opened_at, row.due_at, look.now)) for row in rows]
    found = [(row, state) for row, state in found if state in _MOMENTS]
    cases = _cases(look.session, {row.case_id for row, _ in found})
    for row, state in found:
        case = cases[row.case_id]
        at, kind = _MOMENTS[state]
        owned = Whose(row.lane, row.unit, row.assignee_id)
        text = m.step_sentence(kind, case.number, case.version.diagram.elements[row.element].label, row.due_at)
        way = m.way_of_step(case.version.standard_of(row.element))
        for person in look.people(case, at, partial(look.staff.owners, owned)):
            key = f"{kind}/{row.id}/{person.account_id}"
            yield Note(key, person.account_id, person.email, kind, text, case.id, case.number, row.id, way)


def _cases(session: Session, ids: set[str]) -> Mapping[str, CaseFacts]:
    ordered, found = sorted(ids), dict[str, CaseFacts]()
    for start in range(0, len(ordered), _CHUNK):
        chunk = ordered[start : start + _CHUNK]
        found.update((case.id, case) for case in case_facts(session, Case.id.in_(chunk)))
    return found


def _overdue(look: Look) -> Iterator[Note]:
    """Cases without an answer after the SOP's total."""
    late = (Case.due_at < look.now, Case.closed_at.is_(None), Case.delivered_at.is_(None))
    dues: dict[str, datetime | None] = dict(look.session.execute(select(Case.id, Case.due_at).where(*late)).all())
    for case in _cases(look.session, set(dues)).values():
        for person in look.people(case, "total", partial(_owners, look, case)):
            yield staff_note(m.TOTAL, case, person, "total", Way.GATHERED, dues[case.id])


def _owners(look: Look, case: CaseFacts) -> list[Person]:
    tasks = select(Task.lane, Task.unit, Task.assignee_id).where(Task.case_id == case.id, Task.status == "open")
    rows = look.session.execute(tasks)
    return [person for row in rows for person in look.staff.owners(Whose(*row))]


def _closing(look: Look) -> Iterator[Note]:
    """Delivered cases that soon close by themselves; not on the day of the answer, which said when."""
    end = look.office.ends(look.now, CLOSING_DAYS, "hari kerja")
    soon = (Case.delivered_at.is_not(None), Case.closed_at.is_(None), Case.incident.is_(None))
    for case in case_facts(look.session, *soon, Case.next_timer_at > look.now, Case.next_timer_at <= end):
        assert case.delivered_at is not None
        if look.office.calendar.working_days(case.delivered_at, look.now) >= 1:
            yield reporter_note(look.desk, case, m.CLOSING, f"{case.delivered_at:%Y%m%d%H%M%S%f}")


def _held_up(look: Look) -> Iterator[Note]:
    """Cases whose history could not take an event of the incident: of those no event tells anybody."""
    told = exists().where(Notice.case_id == Case.id, Notice.kind == m.HELD_UP)
    for case in case_facts(look.session, Case.incident.is_not(None), ~told):
        for person in look.staff.with_role(ADMINISTRATOR):
            yield staff_note(m.HELD_UP, case, person, case.head[:12], Way.GATHERED)


def _undelivered(look: Look) -> Iterator[tuple[str, Note]]:
    """News that no clerk has passed on in time, for who directs the work."""
    late = (Handover.delivered_at.is_(None), Handover.warned_at.is_(None), Handover.due_at < look.now)
    rows = look.session.execute(select(Handover.id, Handover.case_id).where(*late)).all()
    cases = _cases(look.session, {row.case_id for row in rows})
    for row in rows:
        case = cases[row.case_id]
        for person in look.staff.directing(case.version.diagram):
            yield row.id, staff_note(m.UNDELIVERED, case, person, row.id, Way.BELL)
