"""A case as a page tells it: the steps of its diagram with times, who did them, and what they wrote, as far as the
reader may know."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.access import AUDITOR, LEADER, Actor, held_with, ownership
from engine.process.diagram import Diagram, Element
from engine.process.forms import Form
from engine.queries.beside import BesideRow, beside_rows
from engine.queries.case_services import ServiceRow, service_rows
from engine.queries.cases import Sight, status_now, status_sentence, units_of
from engine.queries.choices import labels
from engine.queries.event_words import EventWords
from engine.queries.passed import called_at, passed, reachable, waiting_at
from engine.queries.recorded_values import ERASED, Recorded, shown_value
from engine.queries.stored_events import StoredEvent, stored_events
from engine.store.models import Account, Task


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
    recorded_at: datetime | None = None  # with who: the completion that the recorded values come from
    recorded_by: str = ""
    recorded_on_behalf: bool = False


@dataclass(frozen=True)
class Timeline:
    """The steps and what the picture needs."""

    steps: list[StepView]
    done: list[str]
    current: list[str]
    flows: list[str]
    status: str  # the reporter's sentence
    moves: list[tuple[datetime, str, str]] = field(default_factory=list)  # when, to which unit, why
    beside: list[BesideRow] = field(default_factory=list)  # for staff
    services: list[ServiceRow] = field(default_factory=list)
    reopened_at: datetime | None = None  # last time
    merged_into: str = ""  # number of the case that goes on instead
    received: list[StepView] = field(default_factory=list)  # messages, each element's latest


def latest_completions(events: Iterable[StoredEvent], diagram: Diagram) -> dict[str, StoredEvent]:
    """Form key -> the latest completion of that step; what was completed last comes last."""
    latest: dict[str, StoredEvent] = {}
    for event in events:
        element = diagram.elements.get(str(event.body.get("element", "")))
        if event.type == "task_completed" and element is not None:
            latest.pop(element.form_key or element.id, None)
            latest[element.form_key or element.id] = event
    return latest


def latest_round(events: Iterable[StoredEvent], element: str) -> list[StoredEvent]:
    """Completions of a step since it was last begun: of one that several do, each one's; in order."""
    found: list[StoredEvent] = []
    for event in events:
        if event.type == "task_completed" and event.body["element"] == element:
            found.append(event)
        elif any(each["element"] == element for each in event.body.get("effects", {}).get("opened", ())):
            found.clear()
    return found


def latest_values(events: Iterable[StoredEvent], diagram: Diagram) -> dict[str, dict[str, Any]]:
    """Form key -> values of the latest completion of that step."""
    return {key: event.values for key, event in latest_completions(events, diagram).items()}


def case_timeline(session: Session, actor: Actor, seen: Sight) -> Timeline:
    """The case's story for this actor."""
    events = stored_events(session, f"kasus/{seen.case.id}")
    tasks = list(session.scalars(select(Task).where(Task.case_id == seen.case.id).order_by(Task.opened_at)))
    current = [task.element for task in tasks if task.status == "open"] + waiting_at(events, seen.deployed.diagram)
    ahead = reachable(seen.deployed.diagram, current)
    shown = [*current, *called_at(seen.deployed.diagram, current)]
    done, flows = passed(events, seen.deployed.diagram, ahead)
    story = _Story(session, actor, seen, events, tasks, ahead, frozenset(done))
    steps = [story.step(element) for element in seen.deployed.diagram.user_tasks]
    units = labels(session)["unit"]
    status = status_now(seen.deployed, [task for task in tasks if task.status == "open"], units)
    status = status or _awaited(seen, events)
    moves = [
        (event.at, units.get(str(next(iter(event.body["set"].values()))), ""), str(event.values.get("alasan", ERASED)))
        for event in events
        if event.type == "task_moved" and seen.reads_as_staff
    ]
    closing = _closing(seen, events)
    reopened = [event.at for event in events if event.type == "case_reopened"]
    return Timeline(
        steps, done, shown, flows, status or _ended(seen, closing), moves, story.beside(),
        reopened_at=reopened[-1] if reopened else None,
        services=service_rows(events, actor, seen, story.words),
        merged_into=str(closing.body.get("into") or "") if closing else "",
        received=[each for each in map(story.message, seen.deployed.diagram.messages) if each.recorded_at],
    )  # fmt: skip


def _awaited(seen: Sight, events: list[StoredEvent]) -> str:
    """The sentence of an open case without tasks: of the first element that waits for a message."""
    if not seen.case.awaits:
        return ""
    effects: list[dict[str, Any]] = [each.body["effects"] for each in events if "timers" in each.body["effects"]]
    waiting = (each["element"] for each in effects[-1].get("messages", ()))
    here = next((each for each in waiting if each in seen.deployed.diagram.elements), None)
    return status_sentence(seen.deployed, here, "")


def _closing(seen: Sight, events: list[StoredEvent]) -> StoredEvent | None:
    """The event that closed the case, None while it is open; notes may have followed it."""
    if seen.case.closed_at is None:
        return None
    return next((event for event in reversed(events) if "outcome" in event.body.get("effects", {})), None)


def _ended(seen: Sight, closing: StoredEvent | None) -> str:
    """The outcome, with the reason of a cancellation for those who read what was written."""
    cancelled = closing is not None and closing.type == "case_cancelled" and seen.contents
    reason = closing.values.get("alasan") if closing is not None and cancelled else None
    return f"{seen.case.outcome}: {reason}" if reason else seen.case.outcome or ""


class _Story:
    """What each step of one case looks like to one actor."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        seen: Sight,
        events: list[StoredEvent],
        tasks: list[Task],
        ahead: Set[str],
        done: Set[str],
    ) -> None:
        self.actor, self.seen, self.events, self.ahead, self.done = actor, seen, events, ahead, done
        self.tasks = {task.element: task for task in tasks}  # the latest task of each element
        self.units = {task.id: task.unit for task in tasks}
        self.all = tasks
        self.open: dict[str, list[Task]] = {}
        for task in tasks:
            if task.status == "open":
                self.open.setdefault(task.element, []).append(task)
        self.labels = labels(session)
        self.latest = latest_completions(events, seen.deployed.diagram)
        self.came = {event.body["element"]: event for event in events if event.type == "message_received"}
        people = {task.finished_by for task in tasks} | {task.assignee_id for task in tasks}
        people |= {event.body.get(role) for event in events for role in ("actor", "proposer")}
        rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(people - {None})))
        self.names = dict(rows.all())
        self.words = EventWords(seen.deployed, [event.body for event in events], self.names, self.labels)

    def step(self, element: Element) -> StepView:
        """One step as it stands in the present round."""
        task = self._task(element)
        if task is not None and task.status != "open" and element.id in self.ahead - self.done:
            task = None  # a move or a new cycle has put it ahead again
        together = self._together(task) if element.multi is not None else [task] if task else []
        unit = units_of(self.open.get(element.id) or together, self.labels["unit"])
        mine = task is not None and task.status == "open" and self._is_mine(task)
        filled_in = self.latest.get(element.form_key or element.id)
        return StepView(
            element=element.id,
            name=element.label,
            role=element.lane or "",
            state=self._state(element, task),
            status=status_sentence(self.seen.deployed, element.id, unit),
            properties=element.properties,
            opened_at=task.opened_at if task else None,
            finished_at=task.finished_at if task and task.status == "done" else None,
            who=", ".join(dict.fromkeys(filter(None, map(self._who, together)))),
            on_behalf=task is not None and task.owner_id is not None and task.finished_by not in (None, task.owner_id),
            unit=unit,
            task_id=task.id if task is not None and mine else None,
            move_id=task.id if task is not None and self._movable(task) else None,
            recorded=self._recorded(element, filled_in) if filled_in is not None else (),
            recorded_at=filled_in.at if filled_in is not None else None,
            recorded_by=self._named(filled_in.body["actor"]) if filled_in is not None and element.multi is None else "",
            recorded_on_behalf=filled_in is not None and bool(filled_in.body.get("for")),
        )

    def _task(self, element: Element) -> Task | None:
        """The task that stands for a step: of several open ones the reader's own."""
        waiting = self.open.get(element.id, [])
        return next((task for task in waiting if self._is_mine(task)), next(iter(waiting), self.tasks.get(element.id)))

    def message(self, element: Element) -> StepView:
        """What a message or signal said, when one has come."""
        said = self.came.get(element.id)
        lane = self.seen.deployed.diagram.lane_at(element.id)
        return StepView(
            element=element.id,
            name=element.label,
            role=lane.name if lane is not None else "",
            state="selesai" if said is not None else "nanti",
            status="",
            properties=element.properties,
            recorded=self._recorded(element, said) if said is not None else (),
            recorded_at=said.at if said is not None else None,
            recorded_by=self._named(said.body["actor"]) if said is not None else "",
            recorded_on_behalf=said is not None and bool(said.body.get("for")),
        )

    def _together(self, task: Task | None) -> list[Task]:
        """The tasks that opened with this one: one for each of several who do the step."""
        if task is None:
            return []
        return [each for each in self.all if (each.element, each.opened_at) == (task.element, task.opened_at)]

    def beside(self) -> list[BesideRow]:
        """What was done beside the diagram, for staff."""
        return beside_rows(self.events, self.seen, self.words, self._did) if self.seen.as_staff else []

    def _did(self, event: StoredEvent) -> str:
        """Who did something beside the diagram: staff by name, the reporter as in his steps."""
        account = event.body.get("actor")
        if account is None:
            return "Sistem"
        staff = event.body.get("appointment") is not None and account != self.actor.account_id
        name = self.names.get(account, "") if staff else self._named(account)
        return f"{name} atas nama pelapor" if event.body.get("for") else name

    def _is_mine(self, task: Task) -> bool:
        lanes = self.seen.deployed.diagram.lanes
        return ownership(self.actor, lanes, lane=task.lane, unit=task.unit, owner_id=task.owner_id) is not None

    def _movable(self, task: Task) -> bool:
        lanes = self.seen.deployed.diagram.lanes
        has_unit = lanes[task.lane].unit_variable is not None
        return task.status == "open" and has_unit and held_with(self.actor, lanes, "moves") is not None

    def _state(self, element: Element, task: Task | None) -> str:
        if task is not None and task.status in ("open", "done"):
            return "berjalan" if task.status == "open" else "selesai"
        return "nanti" if element.id in self.ahead else "dilewati"

    def _who(self, task: Task | None) -> str:
        account = (task.finished_by or task.assignee_id) if task is not None else None
        return self._named(account) if account is not None else ""

    def _named(self, account: str) -> str:
        """Staff are named to staff; the reporter reads roles; the reporter's name stays hidden."""
        if account == self.actor.account_id:
            return "Anda"
        if account == self.seen.case.reporter_id:
            return self.names.get(account, "") if self.seen.identity else "Pelapor"
        return self.names.get(account, "") if self.seen.as_staff else ""

    def _recorded(self, element: Element, filled_in: StoredEvent) -> tuple[Recorded, ...]:
        if element.multi is None:
            return self._recorded_in(element, filled_in)
        told: list[Recorded] = []
        for event in latest_round(self.events, element.id):
            unit = self.labels["unit"].get(self.units.get(str(event.body["task"])) or "", "")
            by = f" ({unit or self._named(event.body['actor'])})"
            told += [replace(each, title=each.title + by) for each in self._recorded_in(element, event)]
        return tuple(told)

    def _recorded_in(self, element: Element, filled_in: StoredEvent) -> tuple[Recorded, ...]:
        values, erased = filled_in.values, filled_in.erased
        if not self.seen.contents:
            return ()
        form = self.seen.deployed.form_of(element.id)
        recorded = (name for name in form.properties if name in values or name in erased)
        names = [name for name in recorded if self._readable(form, name, element)]
        return tuple(
            shown_value(form, name, values[name], self.labels)
            if name in values
            else Recorded(name, str(form.properties[name].get("title", name)), ERASED)
            for name in names
        )

    def _readable(self, form: Form, name: str, element: Element) -> bool:
        diagram = self.seen.deployed.diagram
        reporter = diagram.reporter_lane
        own = self.actor.account_id == self.seen.case.reporter_id
        if own and reporter is not None:
            if diagram.lane_at(element.id) == reporter:
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
