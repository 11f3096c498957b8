"""Runs a deployed diagram: start, complete, fire timers, set a variable, dump, load. Knows no roles and no database.

A case's state is bytes. Every verb loads them, acts on the copy, and returns a new `Step`; nothing is changed in place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import orjson
import zstandard
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.process.decisions import Undecided
from engine.process.diagram import Diagram, Element
from engine.process.spiff import Moment, at_moment, expressions, parse_specs, serializers
from engine.process.targets import begun_anew, standing_places, token_targets
from engine.process.transplant import Misfit, check_place, place_of, transplant
from engine.process.tree import (
    all_tasks,
    awaited,
    depth_of,
    drop_past,
    due_of,
    find_task,
    live_tasks,
    places_of_tokens,
    put_token,
    set_due,
)

MAX_DEPTH = 800  # at 1000 the library hides tasks and calls an open case completed (facts.md)
_FLAT_KINDS = frozenset(
    {"userTask", "manualTask", "scriptTask", "exclusiveGateway", "startEvent", "endEvent", "boundaryEvent",
     "intermediateCatchEvent", "intermediateThrowEvent", "receiveTask", "serviceTask", "businessRuleTask"}
)  # fmt: skip


_REACHED = TaskState.READY | TaskState.WAITING | TaskState.STARTED | TaskState.COMPLETED | TaskState.ERROR


class RunError(Exception):
    """The diagram cannot go on from here; the state that was given is untouched. `code` says what kind it is."""

    def __init__(self, message: str, code: str = "failed") -> None:
        super().__init__(message)
        # failed, undecided, uncaught, idle, deep; of a case that cannot be adopted: many, gone, kind, within, kept
        self.code = code


class UnreadableState(RunError):
    """The bytes are no state of this deployment."""


@dataclass(frozen=True)
class OpenTask:
    """A task waiting for a person. `id` is 32 hex digits, kept for life; `variables` as this task sees them."""

    id: str
    element: str
    variables: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class WaitingTimer:
    """A timer that will fire strictly after `due` (UTC)."""

    id: str
    element: str
    due: datetime


@dataclass(frozen=True)
class Served:
    """A service task that was passed, with the variables as they stood there. What it does is the command's."""

    element: str
    variables: dict[str, Any] = field(hash=False)


@dataclass(frozen=True)
class WaitingMessage:
    """A message or signal that one element of the case waits for. `name` is the message's own."""

    id: str
    element: str
    name: str
    variables: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Position:
    """Where a case stands, in our own words, so that it outlives upgrades of the library."""

    completed: bool
    tasks: tuple[OpenTask, ...]  # by id
    timers: tuple[WaitingTimer, ...]  # by due, then id
    variables: dict[str, Any]  # where tokens differ, what came last
    messages: tuple[WaitingMessage, ...] = ()  # by element, then id

    @property
    def next_timer(self) -> datetime | None:
        """The earliest due instant, None without a timer."""
        return self.timers[0].due if self.timers else None


@dataclass
class Live:
    """A loaded state. The verb that is given it uses it up: for replay, which stores nothing between two events."""

    workflow: BpmnWorkflow
    position: Position
    spent: bool = False


State = bytes | Live


@dataclass(frozen=True)
class Step:
    """What one verb did."""

    live: Live
    before: Position  # where the loaded state stood, to be held against the last event's digest
    opened: tuple[OpenTask, ...]
    closed: tuple[str, ...]  # ids of tasks no longer open, the completed one among them
    elements: tuple[str, ...]  # elements passed, in order
    flows: tuple[str, ...]  # flows taken, in order
    served: tuple[Served, ...] = ()  # service tasks passed, in order

    @property
    def position(self) -> Position:
        """Where the case stands now."""
        return self.live.position

    @cached_property
    def state(self) -> bytes:
        """The state as it is stored. To be asked before `live` is used up."""
        if self.live.spent:
            raise RunError("the state has gone on")
        return zstandard.compress(orjson.dumps(serializers.state.to_dict(self.live.workflow)), 1)

    @property
    def ended(self) -> str | None:
        """The last element passed, when the case is completed."""
        return self.elements[-1] if self.position.completed and self.elements else None


def compile_specs(xml: bytes, process_id: str) -> bytes:
    """The executable form of a diagram, to be stored once per deployment. Raises RunError."""
    try:
        return orjson.dumps(parse_specs(xml, process_id))
    except Exception as error:  # the library's parser raises what it likes on a diagram it does not know
        raise RunError(str(error)) from error


class Program:
    """A deployment ready to run. Immutable and shared by threads."""

    def __init__(self, diagram: Diagram, specs: bytes) -> None:
        self.diagram = diagram
        stored = orjson.loads(specs)
        restore = serializers.state.from_dict
        # Always the restored spec: on a freshly parsed one multi-instance gets stuck (facts.md).
        self._spec = restore(stored["spec"])
        self._subprocess_specs = {name: restore(spec) for name, spec in stored["subprocess_specs"].items()}
        self._flat = all(each.kind in _FLAT_KINDS for each in diagram.elements.values())
        self._standing = standing_places(diagram)

    def start(self, moment: Moment) -> Step:
        """A new case up to its first open tasks. No variable is declared: at a join an empty one would erase the value
        that another branch brings. Expressions take an absent variable as None all the same."""
        with at_moment(moment):
            workflow = BpmnWorkflow(self._spec, self._subprocess_specs, script_engine=expressions)
            return self._go_on(Live(workflow, self._position(workflow)), lambda: None)

    def complete(self, state: State, task_id: str, values: Mapping[str, Any], moment: Moment) -> Step:
        """Complete an open task; of `values` only read variables enter. Raises RunError when it is not open."""
        with at_moment(moment):
            live = self._load(state)
            task = find_task(live.workflow, task_id)
            if task is None or task.state != TaskState.READY:
                raise RunError(f"task {task_id} is not open")
            return self._go_on(live, lambda: self._run(task, values), first=task)

    def fire(self, state: State, timer: WaitingTimer, moment: Moment, *, keep: bool = True) -> Step:
        """Fire one waiting timer; `moment.at` must be after its due instant. Raises RunError.

        What was set beside the diagram while it waited stands; without `keep` (older histories) it is lost on its way.
        """
        with at_moment(moment):
            live = self._load(state)
            task = find_task(live.workflow, timer.id)
            if task is None or task.state != TaskState.WAITING:
                raise RunError(f"timer {timer.id} is not waiting")
            return self._go_on(live, lambda: self._ring(task, keep))

    def deliver(self, state: State, message_id: str, values: Mapping[str, Any], moment: Moment) -> Step:
        """Let a waiting message arrive; of `values` only read variables enter. Raises RunError when it is not awaited.

        It reaches this element alone, even where others wait for a message of the same name.
        """
        with at_moment(moment):
            live = self._load(state)
            task = find_task(live.workflow, message_id)
            if task is None or awaited(task) is None:
                raise RunError(f"message {message_id} is not awaited")
            return self._go_on(live, lambda: self._arrive(task, values))

    def answerable(self, position: Position) -> tuple[OpenTask, ...]:
        """What people can fill in: open tasks, and messages that name a form."""
        forms = {each.id for each in self.diagram.messages}
        said = (OpenTask(each.id, each.element, each.variables) for each in position.messages if each.element in forms)
        return (*position.tasks, *said)

    def answer(self, state: State, task: OpenTask, values: Mapping[str, Any], moment: Moment) -> Step:
        """Fill in one of them: complete the task, or let the message arrive. Raises RunError."""
        act = self.deliver if self.diagram.elements[task.element].awaits_message else self.complete
        return act(state, task.id, values, moment)

    def assign(self, state: State, values: Mapping[str, Any], moment: Moment, task_id: str | None = None) -> Step:
        """Set read variables beside the diagram, for open tasks and waiting timers.

        With `task_id` only where a variable stands as it does for that task: repetitions each have their own.
        """
        with at_moment(moment):
            live = self._load(state)
            return self._go_on(live, lambda: self._assign(live.workflow, values, task_id))

    def move(self, state: State, element: str, moment: Moment) -> Step:
        """Put one token before `element` and take away all others, also in a closed case. Raises RunError."""
        if element not in {each.id for each in self.targets}:
            raise RunError(f"no token can be put before {element}")
        with at_moment(moment):
            before = self._load(state).position
            # A fresh tree: resetting the old one leaves its timers behind (facts.md).
            workflow = BpmnWorkflow(self._spec, self._subprocess_specs, script_engine=expressions)
            anew = begun_anew(self.diagram, element)
            known = {name: value for name, value in before.variables.items() if value is not None and name not in anew}
            return self._go_on(Live(workflow, before), lambda: put_token(workflow, element, known))

    def adopt(self, old: Program, state: State, values: Mapping[str, Any], moment: Moment) -> Step:
        """Take over a case of another version where it stands, with variables that this version reads besides.

        Open tasks and timers keep their ids and instants. Raises RunError; its code is that of a Misfit when the place
        has no counterpart here.
        """
        with at_moment(moment):
            left = old._load(state)
            place = self._place_for(old, left.position)
            known = left.position.variables | dict(values)
            workflow = BpmnWorkflow(self._spec, self._subprocess_specs, script_engine=expressions)
            drawn = old.diagram, self.diagram
            held = {name: value for name, value in self._readable(known).items() if value is not None}
            step = self._go_on(
                Live(workflow, left.position), lambda: transplant(left.workflow, workflow, drawn, place, held)
            )
        if step.opened or step.closed or step.position.completed:
            raise RunError(f"the open task at {place} cannot be kept", "kept")
        return step

    def _place_for(self, old: Program, position: Position) -> str:
        try:
            waiting = [each.element for each in position.tasks] + [each.element for each in position.timers]
            waiting += [each.element for each in position.messages]
            place = place_of(old.diagram, waiting)
            check_place(old.diagram, self.diagram, place)
        except Misfit as misfit:
            raise RunError(str(misfit), misfit.code) from misfit
        return place

    def reschedule(self, state: State, dues: Mapping[str, datetime], moment: Moment) -> Step:
        """Let waiting timers (id -> new instant) be due at another time. Raises RunError."""
        with at_moment(moment):
            live = self._load(state)
            return self._go_on(live, lambda: self._reschedule(live.workflow, dues))

    def drop_timer(self, state: State, timer_id: str, moment: Moment) -> Step:
        """Let a waiting timer never fire. Raises RunError, also when nothing else would go on without it."""
        with at_moment(moment):
            live = self._load(state)
            task = find_task(live.workflow, timer_id)
            if task is None or due_of(task) is None:
                raise RunError(f"timer {timer_id} is not waiting")
            return self._go_on(live, task.cancel)

    def cancel(self, state: State, moment: Moment, *, keep: bool = True) -> Step:
        """End the case beside the diagram: open tasks and waiting timers are dropped, no end event is reached.

        What was known stays known, should the case be reopened; without `keep` (histories before 0.2) it does not.
        """
        with at_moment(moment):
            live = self._load(state)
            return self._go_on(live, lambda: self._cancel(live.workflow, keep))

    @cached_property
    def targets(self) -> tuple[Element, ...]:
        """User tasks before which a token can be put by hand."""
        return token_targets(self.diagram)

    def position(self, state: State) -> Position:
        """Where the stored state stands."""
        with at_moment(Moment("read", datetime.now(UTC))):
            return self._load(state).position

    def _run(self, task: Task, values: Mapping[str, Any]) -> None:
        self._take(task, values)
        task.run()

    def _arrive(self, task: Task, values: Mapping[str, Any]) -> None:
        task._set_internal_data(event_fired=True)
        task.task_spec._update(task)
        # Only now: the update takes once more over what the step before knew.
        self._take(task, values)

    def _ring(self, task: Task, keep: bool) -> None:
        if keep and task.parent is not None:
            task.parent.data.update(task.data)  # an update takes once more over what the step before knew
        task.task_spec._update(task)

    def _take(self, task: Task, values: Mapping[str, Any]) -> None:
        for name, value in self._readable(values).items():
            # A field left empty takes its value back; it declares none, which at a join would erase another's.
            if value is not None or task.data.get(name) is not None:
                task.data[name] = value

    def _assign(self, workflow: BpmnWorkflow, values: Mapping[str, Any], task_id: str | None) -> None:
        chosen = find_task(workflow, task_id) if task_id is not None else None
        meant = dict(chosen.data) if chosen is not None else None
        for task in live_tasks(workflow):
            for name, value in self._readable(values).items():
                if meant is None or task.data.get(name) == meant.get(name):
                    task.data[name] = value

    def _reschedule(self, workflow: BpmnWorkflow, dues: Mapping[str, datetime]) -> None:
        for timer_id, due in dues.items():
            task = find_task(workflow, timer_id)
            if task is None or due_of(task) is None:
                raise RunError(f"timer {timer_id} is not waiting")
            set_due(task, due)

    def _cancel(self, workflow: BpmnWorkflow, keep: bool) -> None:
        known = self._variables(workflow, live_tasks(workflow)) if keep else {}
        workflow.data.update({name: value for name, value in known.items() if value is not None})
        workflow.cancel()

    def _readable(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: values[name] for name in sorted(self.diagram.read_variables & values.keys())}

    def _go_on(self, live: Live, act: Callable[[], object], first: Task | None = None) -> Step:
        passed: list[Task] = []
        workflow, before = live.workflow, live.position
        states = {task.id: task.state for task in all_tasks(workflow) if task.has_state(_REACHED)}
        try:
            act()
            # Not do_engine_steps(): it refreshes timers, and each due timer must be an event of its own.
            while workflow._do_engine_steps(did_complete_task=passed.append) > 0:
                pass
        except Exception as error:  # the library raises what it likes; the state that was given is untouched
            raise RunError(str(error), "undecided" if _undecided(error) else "failed") from error
        position = self._position(workflow)
        self._guard(workflow, position)
        reached = _in_order([task for task in all_tasks(workflow) if task.has_state(_REACHED)], first, passed)
        done = [each for each in reached if each.has_state(TaskState.COMPLETED)]
        fresh = [each for each in done if states.get(each.id) != TaskState.COMPLETED]
        elements = [self._element_of(each) for each in fresh]
        served = self._served(fresh)
        flows = self._flows_into([each for each in reached if each.id not in states])
        if not position.completed and (self._flat or self._stands_alone(workflow)):
            drop_past(workflow)
        open_before = {task.id for task in before.tasks}
        open_after = {task.id for task in position.tasks}
        return Step(
            live=Live(workflow, position),
            before=before,
            opened=tuple(task for task in position.tasks if task.id not in open_before),
            closed=tuple(sorted(open_before - open_after)),
            elements=tuple(filter(None, elements)),
            flows=flows,
            served=served,
        )

    def _served(self, tasks: list[Task]) -> tuple[Served, ...]:
        passed = ((self.diagram.elements[name], each) for each in tasks if (name := self._element_of(each)))
        return tuple(
            Served(element.id, self._read_of(each.data)) for element, each in passed if element.kind == "serviceTask"
        )

    def _stands_alone(self, workflow: BpmnWorkflow) -> bool:
        """Whether one token alone is left, outside any fork, subprocess or repetition: then nothing looks back."""
        drawn = self.diagram.elements
        waiting = [drawn[each] for each in places_of_tokens(workflow) if each in drawn]
        places = {each.attached_to or each.id for each in waiting}
        return len(places) == 1 and places <= self._standing

    def _guard(self, workflow: BpmnWorkflow, position: Position) -> None:
        if any(task.state == TaskState.ERROR for task in all_tasks(workflow)):
            raise RunError("a step of the diagram failed")
        if any(not isinstance(each.event_definition, TerminateEventDefinition) for each in workflow.bpmn_events):
            raise RunError("an error or escalation of the diagram was caught nowhere", "uncaught")
        if not (position.completed or position.tasks or position.timers or position.messages):
            raise RunError("the case is open but nothing waits in it", "idle")
        if len(workflow.tasks) > MAX_DEPTH and depth_of(workflow) > MAX_DEPTH:
            raise RunError(f"the case is deeper than {MAX_DEPTH} steps", "deep")

    def _flows_into(self, tasks: list[Task]) -> tuple[str, ...]:
        arrivals = ((self._source_of(task), self._element_of(task)) for task in tasks)
        found = (self.diagram.flow_between(source, target) for source, target in arrivals if source and target)
        return tuple(filter(None, found))

    def _element_of(self, task: Task) -> str | None:
        name = getattr(task.task_spec, "bpmn_id", None)
        return name if name in self.diagram.elements else None

    def _source_of(self, task: Task) -> str | None:
        # Splits and joins that the library inserts around boundary events are no elements of the diagram.
        parent = task.parent
        while parent is not None:
            name = self._element_of(parent)
            if name is not None:
                return name
            parent = parent.parent
        return None

    def _position(self, workflow: BpmnWorkflow) -> Position:
        live = live_tasks(workflow)
        ready = [task for task in live if task.state == TaskState.READY and task.task_spec.manual]
        tasks = [OpenTask(each.id.hex, each.task_spec.bpmn_id, self._read_of(each.data)) for each in ready]
        timers = [WaitingTimer(each.id.hex, each.task_spec.bpmn_id, due) for each in live if (due := due_of(each))]
        messages = [
            WaitingMessage(each.id.hex, each.task_spec.bpmn_id, name, self._read_of(each.data))
            for each in live
            if (name := awaited(each)) is not None
        ]
        return Position(
            completed=workflow.is_completed(),
            tasks=tuple(sorted(tasks, key=lambda task: task.id)),
            timers=tuple(sorted(timers, key=lambda timer: (timer.due, timer.id))),
            variables=self._variables(workflow, live),
            messages=tuple(sorted(messages, key=lambda message: (message.element, message.id))),
        )

    def _variables(self, workflow: BpmnWorkflow, live: list[Task]) -> dict[str, Any]:
        """What the tokens know together; of two that differ, the one that changed last."""
        if not live:
            return self._read_of(workflow.data)
        known: dict[str, Any] = {}
        for task in sorted(live, key=lambda task: (task.last_state_change, task.id)):
            known |= {name: value for name, value in task.data.items() if value is not None}
        return self._read_of(known)

    def _read_of(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {name: data.get(name) for name in sorted(self.diagram.read_variables)}

    def _load(self, state: State) -> Live:
        if isinstance(state, Live):
            if state.spent:
                raise RunError("the state has gone on")
            state.spent = True
            return state
        try:
            stored = orjson.loads(zstandard.decompress(state))
            # The registry passes the shared spec objects through and restores only what is a dictionary.
            stored |= {"spec": self._spec, "subprocess_specs": self._subprocess_specs}
            workflow: BpmnWorkflow = serializers.state.from_dict(stored)
            workflow.script_engine = expressions
        except Exception as error:  # the library fails in many ways on bytes it did not write
            raise UnreadableState(repr(error)) from error
        return Live(workflow, self._position(workflow))


def same_state(one: bytes, other: bytes) -> bool:
    """Whether two stored states are equal, whatever release of the compressor wrote them."""
    return one == other or _plain(one) == _plain(other)


def _plain(state: bytes) -> bytes:
    try:
        return zstandard.decompress(state)
    except zstandard.ZstdError:
        return b""


def after(timer: WaitingTimer) -> datetime:
    """The first instant at which the timer has passed: the library compares strictly."""
    return timer.due + timedelta(microseconds=1)


def _undecided(error: BaseException | None) -> bool:
    """Whether a decision table is the reason, however the library has wrapped it."""
    while error is not None and not isinstance(error, Undecided):
        error = error.__cause__ or error.__context__
    return error is not None


def _in_order(acted: list[Task], first: Task | None, passed: list[Task]) -> list[Task]:
    """Completed tasks in the order of completion: the person's own, then what only a timer touched, then the rest."""
    rank = {task.id: index for index, task in enumerate(passed)}
    last = len(passed)

    def order(task: Task) -> int:
        if task is first:
            return -2
        return rank.get(task.id, -1 if task.has_state(TaskState.COMPLETED) else last)

    return sorted(acted, key=order)
