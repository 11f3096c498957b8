"""Makes SpiffWorkflow 3.2.0 safe and repeatable: own expressions, injected clock and ids, a spec stored once.

Knows SpiffWorkflow's internals and nothing of cases. Only this module and runtime.py import the library.
"""

from __future__ import annotations

import datetime as real
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from io import BytesIO
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import SpiffWorkflow.bpmn.specs.event_definitions.timer as spiff_timer
import SpiffWorkflow.bpmn.workflow as spiff_workflow
import SpiffWorkflow.spiff.specs.event_definitions as spiff_events
import SpiffWorkflow.task as spiff_task
from lxml import etree
from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.default.workflow import BpmnWorkflowConverter, WorkflowConverter
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import CodeEventDefinition, SignalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.bpmn.util.event import BpmnEvent, EventManager
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.version import __version__ as spiff_version

from engine.process.calls import drawn_out
from engine.process.decisions import MARK, carried_table, read_table
from engine.process.diagram import BPMN
from engine.process.expressions import ExpressionError, parse, parse_script, working_time

PINNED_VERSION = "3.2.0"  # replay leans on its internals (facts.md); another version must be proved first


@dataclass
class Moment:
    """What an event gives the engine instead of the machine: a seed for ids, the clock, the office's calendar.

    `at` carries a zone. `calendar` tells when an amount of a unit from an instant ends; in a replay it is not asked,
    but `given`, what it answered then. `answers` collects what it answered now.
    """

    seed: str
    at: real.datetime
    calendar: Callable[[real.datetime, int, str], real.datetime] | None = field(default=None, compare=False)
    given: Sequence[Mapping[str, Any]] | None = field(default=None, compare=False)
    made: int = field(default=0, compare=False)
    answers: list[dict[str, Any]] = field(default_factory=list, compare=False)

    def next_id(self) -> UUID:
        """The n-th id of this event: the same whenever the event is replayed."""
        self.made += 1
        return UUID(bytes=hashlib.sha256(f"{self.seed}:{self.made}".encode()).digest()[:16], version=4)

    def working_time(self, amount: int, unit: str) -> str:
        """How long an amount of working time lasts from now, as an ISO duration. Raises ExpressionError."""
        due = self._answer(amount, unit)
        self.answers.append({"amount": amount, "unit": unit, "due": due.astimezone(real.UTC).strftime(_INSTANT)})
        length = due - self.at
        return f"PT{length.days * 86400 + length.seconds}.{length.microseconds:06d}S"

    def _answer(self, amount: int, unit: str) -> real.datetime:
        if self.given is not None:
            recorded = self.given[len(self.answers)] if len(self.answers) < len(self.given) else {}
            if (recorded.get("amount"), recorded.get("unit")) != (amount, unit):
                raise ExpressionError(f"Riwayat tidak memuat jawaban kalender untuk {amount} {unit}.")
            return real.datetime.strptime(recorded["due"], _INSTANT).replace(tzinfo=real.UTC)
        if self.calendar is None:
            raise ExpressionError("Tidak ada kalender kerja untuk menghitung waktu ini.")
        return self.calendar(self.at, amount, unit)


_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
_moment: ContextVar[Moment] = ContextVar("moment")


@contextmanager
def at_moment(moment: Moment) -> Iterator[None]:
    """Inside, the library draws ids and time from `moment`; outside, asking for either is a LookupError."""
    token, asked = _moment.set(moment), working_time.set(moment.working_time)
    try:
        yield
    finally:
        working_time.reset(asked)
        _moment.reset(token)


class _EventClock(real.datetime):
    @classmethod
    def now(cls, tz: real.tzinfo | None = None) -> _EventClock:
        return cast("_EventClock", _moment.get().at.astimezone(tz))


def _event_time() -> float:
    return _moment.get().at.timestamp()


def _inject() -> None:
    spiff_task.uuid4 = lambda: _moment.get().next_id()
    spiff_task.time = SimpleNamespace(time=_event_time)
    spiff_timer.datetime = _EventClock
    MultiInstanceTask._update_hook = _begin_repeats_anew  # both kinds of repetition ask their base class first
    spiff_workflow.EventManager = _Events
    spiff_events.ErrorEventDefinition.throw = spiff_events.EscalationEventDefinition.throw = _throw_from


def _begin_repeats_anew(spec: MultiInstanceTask, task: spiff_task.Task) -> None:
    """What an earlier round left must not be there when a repetition begins again: the library raises on it."""
    BpmnTaskSpec._update_hook(spec, task)
    for each in (spec.input_item, spec.output_item, spec.data_output):
        if each is not None and (spec.data_input is None or each.bpmn_id != spec.data_input.bpmn_id):
            task.data.pop(each.bpmn_id, None)


def check_injection() -> None:
    """Prove at start-up that the pinned version runs on our clock and ids. Raises RuntimeError."""
    if spiff_version != PINNED_VERSION:
        raise RuntimeError(f"SpiffWorkflow {spiff_version} found; this release replays only with {PINNED_VERSION}")
    moment = Moment("check", real.datetime(2020, 1, 2, tzinfo=real.UTC))
    with at_moment(moment):
        same_id = spiff_task.uuid4() == Moment("check", moment.at).next_id()
        same_time = spiff_task.time.time() == moment.at.timestamp() and spiff_timer.datetime.now(real.UTC) == moment.at
    if not (same_id and same_time):
        raise RuntimeError("SpiffWorkflow does not draw its ids and clock from the event")


class _CheckedEnvironment(BasePythonScriptEngineEnvironment):
    """Where the library asks the environment itself, without a task: the same language on the data that it hands in."""

    def evaluate(self, expression: str, context: Any, external_context: Any = None) -> Any:
        """Value of an expression on plain data. Raises ExpressionError."""
        return parse(str(expression)).value(context)

    def execute(self, script: str, context: Any, external_context: Any = None) -> bool:
        """Run a script of plain assignments, or decide by a table, on plain data. Raises ExpressionError."""
        _apply(script, context)
        return True


def _apply(script: str, variables: dict[str, Any]) -> None:
    if script.startswith(MARK):
        variables |= carried_table(script).decide(variables)
    else:
        parse_script(script).apply(variables)


class CheckedExpressions(PythonScriptEngine):
    """The script engine in which every text goes through our own expression language and none through eval."""

    def __init__(self) -> None:
        super().__init__(environment=_CheckedEnvironment())

    def validate(self, expression: str) -> None:
        """Raise ExpressionError when the text is no expression."""
        parse(expression)

    def evaluate(self, task: Any, expression: str, external_context: Mapping[str, Any] | None = None) -> Any:
        """Value of a condition or timer on the task's data."""
        try:
            return parse(str(expression)).value(task.data)
        except ExpressionError as error:
            raise WorkflowTaskException(error.message, task=task, exception=error) from error

    def execute(self, task: Any, script: str, external_context: Mapping[str, Any] | None = None) -> bool:
        """Run a script of plain assignments, or decide by a table, on the task's data."""
        try:
            _apply(script, task.data)
        except ExpressionError as error:
            raise WorkflowTaskException(error.message, task=task, exception=error) from error
        return True

    def call_service(self, task: Any, **kwargs: Any) -> Any:
        """Never asked: to the library a service task is an empty script, what it does is up to the command."""
        raise WorkflowTaskException("Tugas layanan tidak didukung.", task=task)


class _Events(EventManager):
    """Who hears an event that the diagram itself throws. As of 3.2.0 the library gets two of these wrong.

    An error or escalation is heard by the boundary of the activities that it was raised within, the nearest first; the
    library asks every boundary of the case. A message or signal that nobody awaits is lost, as in BPMN; the library
    keeps it among what happened to the whole case. Hearers wake in an order that is the same after a restore.
    """

    def catch(self, event: Any, internal: bool = True) -> int:
        """Wake the tasks that hear an event; how many they were."""
        definition = event.event_definition
        if isinstance(definition, CodeEventDefinition):
            heard = self._around(event)
        elif isinstance(definition, MessageEventDefinition | SignalEventDefinition):
            waiting = sorted(self.tasks.values(), key=lambda task: (str(task.task_spec.bpmn_id), task.id))
            heard = [task for task in waiting if task.task_spec.catches(task, event)]
        else:
            return int(super().catch(event, internal))
        for task in heard:
            task.task_spec.catch(task, event)
            task.task_spec._update(task)
        return len(heard)

    def _around(self, event: Any) -> list[Any]:
        inside = event.target
        while inside.parent_task_id is not None:
            host = self.workflow.get_task_from_id(inside.parent_task_id)
            beside = host.parent.children if isinstance(host.parent.task_spec, BoundaryEventSplit) else []
            hearing = [each for each in beside if each.id in self.tasks and each.task_spec.catches(each, event)]
            if hearing:  # one that names the code goes before one that takes any
                return sorted(hearing, key=lambda each: each.task_spec.event_definition.code is None)[:1]
            inside = host.workflow
        self.workflow.bpmn_events.append(event)
        return []


def _throw_from(definition: Any, task: Any) -> None:
    """Raise an error or escalation with where it was raised, which the library leaves out."""
    task.workflow.top_workflow.catch(BpmnEvent(definition, target=task.workflow))


class _StateOnly(BpmnWorkflowConverter):
    """Writes a workflow without its specs: they are stored once per deployment and handed back in on restore."""

    def to_dict(self, workflow: BpmnWorkflow) -> dict[str, Any]:
        state: dict[str, Any] = WorkflowConverter.to_dict(self, workflow)
        state["subprocesses"] = self.mapping_to_dict(workflow.subprocesses)
        state["bpmn_events"] = self.registry.convert(workflow.bpmn_events)
        return state


class _Serializers(threading.local):
    """One serializer a thread: the library's registry carries a flag that threads must not share."""

    def __init__(self) -> None:
        config = dict(SPIFF_CONFIG)
        self.whole = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(config))
        self.state = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(config | {BpmnWorkflow: _StateOnly}))


serializers = _Serializers()
expressions = CheckedExpressions()
_inject()


def parse_specs(xml: bytes, process_id: str) -> dict[str, Any]:
    """The library's own specs of a diagram as plain JSON data. Raises the library's exceptions."""
    parser = SpiffBpmnParser()
    root = etree.parse(BytesIO(xml), etree.XMLParser(resolve_entities=False, no_network=True))
    _as_scripts(root)
    whole_file = root.getroot()
    drawn = drawn_out(whole_file)
    parser.add_bpmn_xml(root if drawn is whole_file else drawn.getroottree())
    whole = serializers.whole
    return {
        "spec": whole.to_dict(parser.get_spec(process_id)),
        "subprocess_specs": {
            name: whole.to_dict(spec) for name, spec in parser.get_subprocess_specs(process_id).items()
        },
    }


def _as_scripts(root: etree._ElementTree) -> None:
    """Let the library take service and business rule tasks for scripts: nothing of its own engines for them is used.

    A service task does nothing within the engine, so that a replay repeats no effect. A business rule task carries its
    table as the text of its script. Raises TableError.
    """
    for task in [*root.iter(f"{BPMN}serviceTask"), *root.iter(f"{BPMN}businessRuleTask")]:
        text = read_table(task).carried if task.tag == f"{BPMN}businessRuleTask" else ""
        for extension in task.findall(f"{BPMN}extensionElements"):
            task.remove(extension)
        task.tag = f"{BPMN}scriptTask"
        etree.strip_attributes(task, "implementation", "operationRef")
        etree.SubElement(task, f"{BPMN}script").text = text
