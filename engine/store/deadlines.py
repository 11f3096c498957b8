"""What open cases promise, and what a calendar makes of it: due times of tasks, cases and timers. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.history.event import moment_from
from engine.process.diagram import Diagram
from engine.process.expressions import TIME_FUNCTIONS
from engine.store.deployments import Deployed, deployed
from engine.store.models import Case, Deployment, Event, Task
from engine.worktime import Calendar, Duration

_PAGE = 500  # cases whose events are read in one statement
_FUNCTIONS = {unit: name for name, unit in TIME_FUNCTIONS.items()}


class Change(NamedTuple):
    """An instant as it stands and as the calendar has it; None where there is none."""

    old: datetime | None
    new: datetime | None


@dataclass(frozen=True)
class Deadlines:
    """What a calendar changes in one case; only what differs is in the mappings."""

    case_id: str
    case_due: Change
    dues: dict[str, Change] = field(default_factory=dict)  # by task id
    timers: dict[str, Change] = field(default_factory=dict)  # by timer id

    @property
    def differs(self) -> bool:
        """Whether anything changes."""
        return bool(self.dues or self.timers) or self.case_due.old != self.case_due.new


@dataclass(frozen=True)
class Armed:
    """A waiting timer for which the calendar was asked: from when, how long, and when it is due so far."""

    start: datetime
    length: Duration
    due: datetime


def changed_deadlines(
    session: Session, calendar: Calendar, now: datetime, case_id: str | None = None
) -> Iterator[Deadlines]:
    """Open cases, or one, that stand otherwise than by this calendar; those held up by an incident wait.

    A timer that is already due stays due: it would have fired.
    """
    rows = session.execute(_of(case_id, _cases())).all()
    versions = {row.id: deployed(session, row.deployment_id, row.checksum) for row in rows}
    tasks: dict[str, list[Any]] = {}
    for task in session.execute(_of(case_id, _tasks())):
        tasks.setdefault(task.case_id, []).append(task)
    waiting = [row.id for row in rows if row.next_timer_at is not None and _asks(versions[row.id])]
    timers = dict(_timers(session, waiting, versions))
    for row in rows:
        version = versions[row.id]
        total = version.total
        found = Deadlines(
            row.id,
            Change(row.due_at, calendar.add(row.opened_at, total).at if total is not None else None),
            _different((task.id, _task_change(task, version, calendar)) for task in tasks.get(row.id, ())),
            _different((name, _timer_change(each, calendar, now)) for name, each in timers.get(row.id, {}).items()),
        )
        if found.differs:
            yield found


def armed_timers(diagram: Diagram, bodies: Iterable[Mapping[str, Any]]) -> dict[str, Armed]:
    """Waiting timers for which the calendar was asked, by id, from the events of one case in order."""
    known: dict[str, Armed] = {}
    before: set[str] = set()
    for body in bodies:
        if "timers" not in body["effects"]:
            continue  # a fact beside the diagram
        listed = {each["id"]: each for each in body["effects"]["timers"]}
        for name in listed.keys() - before:
            length = _asked(diagram, listed[name], body)
            if length is not None:
                start = moment_from(body.get("clock", body["at"]))
                known[name] = Armed(start, length, moment_from(listed[name]["due"]))
        # It may have followed another calendar since.
        known = {
            name: replace(each, due=moment_from(listed[name]["due"])) for name, each in known.items() if name in listed
        }
        before = set(listed)
    return known


def _asked(diagram: Diagram, timer: Mapping[str, Any], body: Mapping[str, Any]) -> Duration | None:
    """What was asked of the calendar for a timer: an answer of its event that its expression can have asked for."""
    element = diagram.elements.get(timer["element"])  # absent where the case has changed its version since
    expression = (element.timer if element is not None else None) or ""
    for answer in body.get("answers", ()):
        if answer["due"] == timer["due"] and _FUNCTIONS[answer["unit"]] in expression:
            return Duration(answer["amount"], answer["unit"])
    return None


def _cases() -> Select[*tuple[Any, ...]]:
    columns = (Case.id, Case.deployment_id, Case.opened_at, Case.due_at, Case.next_timer_at, Deployment.checksum)
    return select(*columns).join(Deployment, Deployment.id == Case.deployment_id).where(*_RUNNING).order_by(Case.id)


def _tasks() -> Select[*tuple[Any, ...]]:
    columns = (Task.id, Task.case_id, Task.element, Task.opened_at, Task.due_at)
    return select(*columns).join(Case, Case.id == Task.case_id).where(Task.status == "open", *_RUNNING)


_RUNNING = (Case.closed_at.is_(None), Case.incident.is_(None))


def _of(case_id: str | None, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return statement if case_id is None else statement.where(Case.id == case_id)


def _asks(version: Deployed) -> bool:
    timers = (each.timer or "" for each in version.diagram.elements.values())
    return any(name in text for text in timers for name in TIME_FUNCTIONS)


def _timers(
    session: Session, case_ids: Sequence[str], versions: Mapping[str, Deployed]
) -> Iterator[tuple[str, dict[str, Armed]]]:
    for first in range(0, len(case_ids), _PAGE):
        streams = [f"kasus/{each}" for each in case_ids[first : first + _PAGE]]
        which = select(Event.stream, Event.body).where(Event.stream.in_(streams)).order_by(Event.stream, Event.seq)
        bodies: dict[str, list[Any]] = {}
        for row in session.execute(which):
            bodies.setdefault(row.stream.removeprefix("kasus/"), []).append(orjson.loads(row.body))
        for case_id, found in bodies.items():
            yield case_id, armed_timers(versions[case_id].diagram, found)


def _task_change(task: Any, version: Deployed, calendar: Calendar) -> Change:
    return Change(task.due_at, version.due_of(task.element, task.opened_at, calendar))


def _timer_change(timer: Armed, calendar: Calendar, now: datetime) -> Change:
    return Change(timer.due, timer.due if timer.due <= now else calendar.add(timer.start, timer.length).at)


def _different(changes: Iterable[tuple[str, Change]]) -> dict[str, Change]:
    return {name: change for name, change in changes if change.old != change.new}
