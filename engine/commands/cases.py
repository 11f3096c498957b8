"""The common part of every command on a case: load it with its open tasks, then write step, event and tasks.

Knows the order of writing and the compare-and-set; which step is taken, and who may take it, the commands know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.commands.services import served
from engine.commands.statements import CASE_BY_ID, CASE_BY_TASK, CLOSE_TASK, MOVE_CASE_ON, OPEN_TASK
from engine.commands.streams import store_event
from engine.errors import Conflict, Incident, NotFound
from engine.history.event import Event, make_event, moment_text, not_before
from engine.position import assignees_after, due_facts, message_facts, position_digest, task_facts
from engine.process.runtime import OpenTask, Position, RunError, Step, UnreadableState
from engine.process.spiff import Moment
from engine.store.calendars import Office, office_calendar
from engine.store.deployments import Deployed, deployed
from engine.store.models import Case

TOLD = "Pengelola Sistem sudah diberi tahu; tidak ada yang diubah."
MISMATCH = f"Keadaan aduan ini tidak cocok dengan riwayatnya. {TOLD}"
STUCK = f"Aduan ini tidak dapat diteruskan menurut diagram. {TOLD}"
STUCK_BY = {
    "idle": f"Menurut diagram tidak ada lagi yang ditunggu, padahal aduan ini belum selesai. {TOLD}",
    "uncaught": f"Diagram berakhir dengan galat yang tidak ditangani. {TOLD}",
    "undecided": f"Tabel keputusan tidak memberi tepat satu jawaban untuk isian ini. {TOLD}",
    "deep": f"Aduan ini sudah terlalu banyak berulang menurut diagramnya. {TOLD}",
}
LOST_RACE = "Aduan ini baru saja diubah orang lain. Buka lagi halamannya; tulisan Anda belum terkirim."


@dataclass
class LoadedCase:
    """A case as a command works on it. Recording a step moves it on, so that a second step may follow."""

    id: str
    number: str
    reporter_id: str
    state: bytes
    rev: int
    head: str
    position: str  # digest that the last event states
    changed_at: datetime | None
    closed_at: datetime | None
    next_timer_at: datetime | None
    deployed: Deployed
    calendar: Office
    delivered_at: datetime | None = None
    dues: dict[str, datetime | None] = field(default_factory=dict)  # task id -> when it is due
    assignees: dict[str, str] = field(default_factory=dict)
    open_units: dict[str, str | None] = field(default_factory=dict)  # task id -> unit

    def moment(self, now: datetime) -> Moment:
        """What the next event gives the engine."""
        return Moment(f"{self.id}/{self.rev + 1}", not_before(now, self.changed_at), self.calendar.ends)


@dataclass(frozen=True)
class TaskRow:
    """The task that a command is about."""

    id: str
    element: str
    lane: str
    unit: str | None
    owner_id: str | None
    status: str
    finished_at: datetime | None
    finished_by: str | None
    key: str | None


def load_by_task(session: Session, task_id: str) -> tuple[LoadedCase, TaskRow]:
    """The case of a task, in one statement. Raises NotFound."""
    rows = session.execute(CASE_BY_TASK, {"this_task": task_id}).all()
    if not rows:
        raise NotFound
    first = rows[0]
    task = TaskRow(
        first.task_id, first.task_element, first.task_lane, first.task_unit, first.task_owner, first.task_status,
        first.task_finished_at, first.task_finished_by, first.task_key,
    )  # fmt: skip
    return _loaded(session, rows), task


def load_by_id(session: Session, case_id: str) -> LoadedCase:
    """The case, in one statement. Raises NotFound."""
    rows = session.execute(CASE_BY_ID, {"this_case": case_id}).all()
    if not rows:
        raise NotFound
    return _loaded(session, rows)


def load_by_number(session: Session, number: str) -> LoadedCase:
    """The case with this number. Raises NotFound."""
    case_id = session.scalar(select(Case.id).where(Case.number == number))
    if case_id is None:
        raise NotFound
    return load_by_id(session, case_id)


def _loaded(session: Session, rows: Sequence[Any]) -> LoadedCase:
    first = rows[0]
    open_rows = [row for row in rows if row.open_id is not None]
    return LoadedCase(
        id=first.id,
        number=first.number,
        reporter_id=first.reporter_id,
        state=first.state,
        rev=first.rev,
        head=first.head,
        position=first.position,
        changed_at=first.changed_at,
        closed_at=first.closed_at,
        next_timer_at=first.next_timer_at,
        deployed=deployed(session, first.deployment_id, first.checksum),
        calendar=office_calendar(session, first.calendar_number, first.calendar_checksum),
        delivered_at=first.delivered_at,
        dues={row.open_id: row.open_due for row in open_rows},
        assignees={row.open_id: row.open_assignee for row in open_rows if row.open_assignee},
        open_units={row.open_id: row.open_unit for row in open_rows},
    )


def check_position(case: LoadedCase, before: Position) -> None:
    """What is stored must be what the last event said. Raises Incident."""
    if position_digest(case.deployed.diagram, before, case.assignees, case.dues) != case.position:
        raise Incident(MISMATCH, "digest")


def position_of(case: LoadedCase) -> Position:
    """Where the stored state stands, held against history. Raises Incident."""
    try:
        position = case.deployed.program.position(case.state)
    except UnreadableState as error:
        raise Incident(MISMATCH, "digest") from error
    check_position(case, position)
    return position


def run(case: LoadedCase, act: Any) -> Step:
    """Take a step and hold the loaded state against history first. Raises Incident."""
    try:
        step: Step = act()
    except UnreadableState as error:
        raise Incident(MISMATCH, "digest") from error
    except RunError as error:
        position_of(case)  # what does not match needs another mend than what the diagram cannot do
        raise Incident(STUCK_BY.get(error.code, STUCK), error.code) from error
    check_position(case, step.before)
    return step


def effects(case: LoadedCase, step: Step, outcome: str | None = None) -> dict[str, Any]:
    """What a step did, for the event's body. `outcome` is how the case ended."""
    diagram = case.deployed.diagram
    found: dict[str, Any] = {
        "elements": list(step.elements),
        "flows": list(step.flows),
        "opened": [task_facts(diagram, task) | due_facts(case.dues.get(task.id)) for task in step.opened],
        "closed": list(step.closed),
        "timers": [
            {"id": each.id, "element": each.element, "due": moment_text(each.due)} for each in step.position.timers
        ],
    }
    found |= message_facts(diagram, step.position)
    return found | ({"outcome": outcome} if outcome is not None else {})


def outcome_of(case: LoadedCase, step: Step) -> str | None:
    """The outcome's sentence (property `hasil` of the end that was reached), None while the case is open."""
    if step.ended is None:
        return None
    end = case.deployed.diagram.elements[step.ended]
    return end.properties.get("hasil") or end.label


def record(
    session: Session,
    case: LoadedCase,
    step: Step,
    type: str,
    moment: Moment,
    facts: Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
    columns: Mapping[str, Any] | None = None,
    outcome: str | None = None,
) -> Event:
    """Write the case (compare-and-set), the event, and the tasks that opened. Raises Conflict when someone was first.

    `outcome` is given where the case ends beside the diagram; else the end that was reached says it.
    Tasks that closed are left to the caller: only it knows whether they were done or cancelled.
    """
    at = not_before(moment.at, case.changed_at)
    case.assignees = assignees_after(case.deployed.diagram, step, case.assignees)
    case.dues = dues_after(case, step, at)
    position = position_digest(case.deployed.diagram, step.position, case.assignees, case.dues)
    outcome = outcome or outcome_of(case, step)
    answers = {"answers": moment.answers} if moment.answers else {}
    services, papers = served(session, case, step, at, facts, values)
    done = effects(case, step, outcome) | ({"services": services} if services else {})
    body = {**facts, **answers, "effects": done, "position": position}
    event = make_event(f"kasus/{case.id}", case.rev + 1, case.head, type, at, body, {**(values or {}), **papers})
    changed = {"outcome": outcome, **delivery(case, step, at), **(columns or {})}
    if step.closed or step.position.completed:
        changed["incident"] = None  # it went on
    _move_on(session, case, step, event, position, changed)
    _append(session, event)
    if step.opened:
        session.execute(OPEN_TASK, [_task_row(case, task, at) for task in step.opened])
    return event


def record_fact(
    session: Session,
    case: LoadedCase,
    type: str,
    now: datetime,
    facts: Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
    columns: Mapping[str, Any] | None = None,
) -> Event:
    """Write an event that leaves the case where it stands: a proposal, an incident. Raises Conflict."""
    at = not_before(now, case.changed_at)
    nothing: dict[str, Any] = {"elements": [], "flows": [], "opened": [], "closed": []}
    body = {**facts, "effects": nothing, "position": case.position}
    event = make_event(f"kasus/{case.id}", case.rev + 1, case.head, type, at, body, values)
    changed = {"rev": event.seq, "head": event.hash, "changed_at": event.at, **(columns or {})}
    _write(session, case, changed)
    _append(session, event)
    case.rev, case.head, case.changed_at = event.seq, event.hash, event.at
    return event


def _append(session: Session, event: Event) -> None:
    try:
        store_event(session, event)
    except IntegrityError as error:
        # The compare-and-set has won, so nobody else wrote this seq just now: row and history have parted.
        raise Incident(MISMATCH, "digest") from error


def _write(session: Session, case: LoadedCase, changed: Mapping[str, Any]) -> None:
    written = session.execute(MOVE_CASE_ON, {**changed, "this_case": case.id, "this_rev": case.rev})
    if cast("CursorResult[Any]", written).rowcount != 1:
        raise Conflict(LOST_RACE)


def _move_on(
    session: Session, case: LoadedCase, step: Step, event: Event, position: str, columns: Mapping[str, Any]
) -> None:
    changed = {
        "state": step.state,
        "rev": event.seq,
        "head": event.hash,
        "position": position,
        "changed_at": event.at,
        "next_timer_at": step.position.next_timer,
        "awaits": bool(step.position.messages),
        "closed_at": event.at if step.position.completed else None,
        **columns,
    }
    _write(session, case, changed)
    case.state, case.rev, case.head, case.position = step.state, event.seq, event.hash, position
    case.changed_at, case.next_timer_at = event.at, step.position.next_timer
    case.closed_at = event.at if step.position.completed else None
    for task in step.opened:
        case.open_units[task.id] = task_facts(case.deployed.diagram, task)["unit"]


def dues_after(case: LoadedCase, step: Step, at: datetime) -> dict[str, datetime | None]:
    """When the open tasks are due; for those that opened now the calendar says it."""
    opened = {task.id: case.deployed.due_of(task.element, at, case.calendar.calendar) for task in step.opened}
    return {task.id: opened[task.id] if task.id in opened else case.dues.get(task.id) for task in step.position.tasks}


def delivery(case: LoadedCase, step: Step, at: datetime) -> dict[str, datetime | None]:
    """Since when the answer is delivered: nothing with a deadline is open any more. A closed case keeps what it had."""
    if step.position.completed:
        return {}
    lanes = [case.deployed.lane_of(task.element) for task in step.position.tasks]
    delivered = bool(lanes) and all(lane is not None and lane.no_deadline for lane in lanes)
    case.delivered_at = (case.delivered_at or at) if delivered else None
    return {"delivered_at": case.delivered_at}


def _task_row(case: LoadedCase, task: OpenTask, at: datetime) -> dict[str, Any]:
    diagram = case.deployed.diagram
    facts = task_facts(diagram, task)
    lane = diagram.lanes[facts["lane"]]
    return {
        "id": task.id,
        "case_id": case.id,
        "element": task.element,
        "lane": lane.name,
        "unit": facts["unit"],
        "owner_id": case.reporter_id if lane.is_reporter else None,
        "status": "open",
        "opened_at": at,
        "due_at": case.dues.get(task.id),
    }


def close_tasks(
    session: Session,
    task_ids: Sequence[str],
    status: str,
    at: datetime,
    by: str | None = None,
    key: str | None = None,
) -> None:
    """Finish task rows; they stay, with who and when."""
    if task_ids:
        values = {"status": status, "finished_at": at, "finished_by": by, "key": key}
        session.execute(CLOSE_TASK, [{**values, "this_task": task_id} for task_id in task_ids])
