"""A case as a page tells it: the steps of its diagram with times, who did them, and what they wrote, as far as the
reader may know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.access import AUDITOR, LEADER, Actor, held_with, ownership
from engine.history.event import moment_from
from engine.process.diagram import Diagram, Element
from engine.process.forms import Form
from engine.queries.cases import Sight, status_sentence
from engine.queries.choices import labels
from engine.store.models import Account, Event, EventValue, Task


@dataclass(frozen=True)
class FileRow:
    """An attachment as a link."""

    id: str
    name: str
    size: int


@dataclass(frozen=True)
class Recorded:
    """One value that an earlier step recorded."""

    name: str
    title: str
    text: str
    files: tuple[FileRow, ...] = ()


@dataclass(frozen=True)
class StepView:
    """One step of the diagram in this case."""

    element: str
    name: str
    role: str
    state: str  # selesai, berjalan, nanti, dilewati
    status: str
    properties: dict[str, str]  # uraian, kelengkapan, waktu, output
    opened_at: datetime | None = None
    finished_at: datetime | None = None
    who: str = ""
    on_behalf: bool = False  # a clerk did it for the reporter
    unit: str = ""
    task_id: str | None = None  # when the open task is this actor's to complete
    move_id: str | None = None  # the open task, when this actor may move it to another unit
    recorded: tuple[Recorded, ...] = ()


@dataclass(frozen=True)
class Timeline:
    """The steps and what the picture needs."""

    steps: list[StepView]
    done: list[str]
    current: list[str]
    flows: list[str]
    status: str  # the reporter's sentence
    moves: list[tuple[datetime, str, str]] = field(default_factory=list)  # when, to which unit, why


@dataclass(frozen=True)
class StoredEvent:
    """An event with the values that are not erased."""

    seq: int
    type: str
    at: datetime
    body: dict[str, Any]
    hash: str
    values: dict[str, Any]


def stored_events(session: Session, stream: str) -> list[StoredEvent]:
    """A stream from its beginning, with values. Two statements."""
    values: dict[int, dict[str, Any]] = {}
    for row in session.scalars(select(EventValue).where(EventValue.stream == stream)):
        if row.value is not None:
            values.setdefault(row.seq, {})[row.name] = orjson.loads(row.value)
    events = session.scalars(select(Event).where(Event.stream == stream).order_by(Event.seq))
    found = []
    for event in events:
        body = orjson.loads(event.body)
        at = moment_from(body["at"])
        found.append(StoredEvent(event.seq, body["type"], at, body, event.hash, values.get(event.seq, {})))
    return found


def latest_values(events: Iterable[StoredEvent], diagram: Diagram) -> dict[str, dict[str, Any]]:
    """Form key -> values of the latest completion of that step."""
    latest: dict[str, dict[str, Any]] = {}
    for event in events:
        if event.type == "task_completed":
            element = diagram.elements[event.body["element"]]
            latest[element.form_key or element.id] = event.values
    return latest


def case_timeline(session: Session, actor: Actor, seen: Sight) -> Timeline:
    """The case's story for this actor."""
    events = stored_events(session, f"kasus/{seen.case.id}")
    tasks = list(session.scalars(select(Task).where(Task.case_id == seen.case.id).order_by(Task.opened_at)))
    done, flows = _passed(events)
    current = [task.element for task in tasks if task.status == "open"]
    story = _Story(session, actor, seen, events, tasks)
    steps = [story.step(element, current) for element in seen.deployed.diagram.user_tasks]
    units = labels(session)["unit"]
    open_task = next((task for task in tasks if task.status == "open"), None)
    unit = units.get(open_task.unit or "", "") if open_task else ""
    status = status_sentence(seen.deployed, open_task.element if open_task else None, unit)
    moves = [
        (event.at, units.get(str(next(iter(event.body["set"].values()))), ""), str(event.values.get("alasan", "")))
        for event in events
        if event.type == "task_moved" and seen.reads_as_staff
    ]
    return Timeline(steps, done, current, flows, status or _ended(seen, events), moves)


def _ended(seen: Sight, events: list[StoredEvent]) -> str:
    """The outcome, with the reason of a cancellation for those who read what was written."""
    last = events[-1]
    reason = last.values.get("alasan") if last.type == "case_cancelled" and seen.contents else None
    return f"{seen.case.outcome}: {reason}" if reason else seen.case.outcome or ""


def _passed(events: Iterable[StoredEvent]) -> tuple[list[str], list[str]]:
    done: dict[str, None] = {}
    flows: dict[str, None] = {}
    for event in events:
        done |= dict.fromkeys(event.body.get("effects", {}).get("elements", ()))
        flows |= dict.fromkeys(event.body.get("effects", {}).get("flows", ()))
    return list(done), list(flows)


class _Story:
    """What each step of one case looks like to one actor."""

    def __init__(
        self, session: Session, actor: Actor, seen: Sight, events: list[StoredEvent], tasks: list[Task]
    ) -> None:
        self.actor, self.seen = actor, seen
        self.tasks = {task.element: task for task in tasks}  # the latest task of each element
        self.labels = labels(session)
        self.values = latest_values(events, seen.deployed.diagram)
        people = {task.finished_by for task in tasks} | {task.assignee_id for task in tasks}
        rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(people - {None})))
        self.names = dict(rows.all())

    def step(self, element: Element, current: list[str]) -> StepView:
        task = self.tasks.get(element.id)
        unit = self.labels["unit"].get(task.unit or "", "") if task else ""
        mine = task is not None and task.status == "open" and self._is_mine(task)
        return StepView(
            element=element.id,
            name=element.label,
            role=element.lane or "",
            state=self._state(element, task, current),
            status=status_sentence(self.seen.deployed, element.id, unit),
            properties=element.properties,
            opened_at=task.opened_at if task else None,
            finished_at=task.finished_at if task and task.status == "done" else None,
            who=self._who(task),
            on_behalf=task is not None and task.owner_id is not None and task.finished_by not in (None, task.owner_id),
            unit=unit,
            task_id=task.id if task is not None and mine else None,
            move_id=task.id if task is not None and self._movable(task) else None,
            recorded=self._recorded(element, task),
        )

    def _is_mine(self, task: Task) -> bool:
        lanes = self.seen.deployed.diagram.lanes
        return ownership(self.actor, lanes, lane=task.lane, unit=task.unit, owner_id=task.owner_id) is not None

    def _movable(self, task: Task) -> bool:
        lanes = self.seen.deployed.diagram.lanes
        has_unit = lanes[task.lane].unit_variable is not None
        return task.status == "open" and has_unit and held_with(self.actor, lanes, "moves") is not None

    def _state(self, element: Element, task: Task | None, current: list[str]) -> str:
        if task is not None:
            return {"open": "berjalan", "done": "selesai"}.get(task.status, "dilewati")
        ahead = _reachable(self.seen.deployed.diagram, current)
        return "nanti" if element.id in ahead else "dilewati"

    def _who(self, task: Task | None) -> str:
        """Staff are named to staff; the reporter reads roles; the reporter's name stays hidden."""
        account = (task.finished_by or task.assignee_id) if task is not None else None
        if account is None:
            return ""
        if account == self.actor.account_id:
            return "Anda"
        if account == self.seen.case.reporter_id:
            return self.names.get(account, "") if self.seen.identity else "Pelapor"
        return self.names.get(account, "") if self.seen.as_staff else ""

    def _recorded(self, element: Element, task: Task | None) -> tuple[Recorded, ...]:
        key = element.form_key or element.id
        values = self.values.get(key, {})
        if not (self.seen.contents and values):
            return ()
        form = self.seen.deployed.forms[key]
        names = [name for name in form.properties if name in values and self._readable(form, name, element)]
        return tuple(shown_value(form, name, values[name], self.labels) for name in names)

    def _readable(self, form: Form, name: str, element: Element) -> bool:
        diagram = self.seen.deployed.diagram
        reporter = diagram.reporter_lane
        own = self.actor.account_id == self.seen.case.reporter_id
        if own and reporter is not None:
            if element.lane == reporter.name:
                return True
            listed = "x-terlihat" in form.properties[name]
            if listed and form.readable_by(name, [reporter.name]):
                return True
        if not self.seen.reads_as_staff:
            return False
        if self.actor.holds(AUDITOR, LEADER):
            return True
        staff = [role for role in self.actor.roles if role in diagram.lanes and not diagram.lanes[role].is_reporter]
        return bool(staff) and form.readable_by(name, staff)


def _reachable(diagram: Diagram, current: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    stack = list(current)
    while stack:
        for flow in diagram.outgoing(stack.pop()):
            if flow.target not in seen:
                seen.add(flow.target)
                stack.append(flow.target)
    return seen


def shown_value(form: Form, name: str, value: Any, names: Mapping[str, Mapping[str, str]]) -> Recorded:
    """A value in the words of its form: labels for codes, links for files."""
    schema = form.properties[name]
    title = str(schema.get("title", name))
    if "x-lampiran" in schema:
        files = tuple(FileRow(each["id"], each["name"], each["size"]) for each in value)
        return Recorded(name, title, "", files)
    if "x-pilihan" in schema:
        return Recorded(name, title, names.get(schema["x-pilihan"]["tabel"], {}).get(str(value), str(value)))
    fixed = {each["const"]: each.get("title", each["const"]) for each in schema.get("oneOf", [])}
    return Recorded(name, title, str(fixed.get(value, value)))
