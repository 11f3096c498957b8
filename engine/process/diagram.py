"""BPMN XML read as the SOP sees it: lanes, tasks, Mutu Baku, flows, expressions. Knows nothing of running it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree

from engine.process.calls import VERSION, TooLarge, drawn_out, own_processes
from engine.process.decisions import DecisionTable, TableError, read_table
from engine.process.expressions import ExpressionError, parse, parse_script
from engine.process.templates import Template

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
MAX_BYTES = 1_000_000  # facts: a larger diagram is none that a person drew
OPERATION = "operasi"  # property of a service task: what it does (operations.py)
NOTIFY = "kirim_pemberitahuan"
REPORTER = "pelapor"

MESSAGES = frozenset({"messageEventDefinition", "signalEventDefinition"})
ERRORS = frozenset({"errorEventDefinition", "escalationEventDefinition"})
_CATCHING = ("intermediateCatchEvent", "boundaryEvent")
_TIMERS = ("timeDuration", "timeDate", "timeCycle")
# Event definition -> the attribute that refers to a root element, and the attribute there that tells it apart.
_REFERENCES = {
    "messageEventDefinition": ("messageRef", "name"),
    "signalEventDefinition": ("signalRef", "name"),
    "errorEventDefinition": ("errorRef", "errorCode"),
    "escalationEventDefinition": ("escalationRef", "escalationCode"),
}


class DiagramError(ValueError):
    """The file is no diagram that can be read. `element` is the id it concerns, when there is one."""

    def __init__(self, message: str, element: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.element = element


@dataclass(frozen=True)
class Lane:
    """A swimlane: a role, whose its tasks are and what it may see and do (design: Roles and appointments)."""

    id: str
    name: str
    owner: str = ""  # property `pemilik`: "pelapor", "unit:<variable>" or "" (everyone with the role)
    sees: str = ""  # property `melihat`: "semua", "unit", "milik" or ""
    identity: bool = False  # property `identitas`
    on_behalf: bool = False  # property `atas_nama`
    moves: bool = False  # property `memindah`
    no_deadline: bool = False  # property `tanpa_tenggat`

    @property
    def rights(self) -> tuple[object, ...]:
        """What its role is and may, to be compared with another lane's."""
        return (self.owner, self.sees, self.identity, self.on_behalf, self.moves, self.no_deadline)

    @property
    def unit_variable(self) -> str | None:
        """The variable that names the owning unit, or None."""
        return self.owner.removeprefix("unit:") if self.owner.startswith("unit:") else None

    @property
    def is_reporter(self) -> bool:
        """The tasks belong to the reporter of the case."""
        return self.owner == "pelapor"


@dataclass(frozen=True)
class MultiInstance:
    """How often a task is repeated: `cardinality` times, or once for each item of the list `source`."""

    sequential: bool
    cardinality: str | None = None  # expression
    source: str | None = None  # variable that holds the list
    item: str | None = None  # variable of each repetition's own item
    result: str | None = None  # variable that collects `answer` of every repetition
    answer: str | None = None
    until: str | None = None  # expression that ends the repetitions early

    @property
    def names(self) -> frozenset[str]:
        """Variables it names, apart from those in its expressions."""
        return frozenset(filter(None, (self.source, self.item, self.result, self.answer)))


@dataclass(frozen=True)
class Element:
    """A flow node. `kind` is the BPMN tag (userTask, exclusiveGateway ...)."""

    id: str
    name: str
    kind: str
    lane: str | None = None
    properties: dict[str, str] = field(default_factory=dict)
    default: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    timer: str | None = None  # expression of timeDuration, timeDate or timeCycle
    script: str | None = None
    parent: str | None = None  # id of the embedded subprocess it stands in
    event: str | None = None  # tag of its event definition
    timer_kind: str | None = None  # timeDuration, timeDate or timeCycle
    multi: MultiInstance | None = None
    triggered_by_event: bool = False  # an event subprocess
    decision: DecisionTable | None = None  # of a business rule task; None also when it cannot be read
    called: str | None = None  # of a call: id of the process, which stands drawn out within it
    called_version: str | None = None  # of a pinned one: its number
    event_name: str | None = None  # name of its message or signal, code of its error or escalation

    @property
    def awaits_message(self) -> bool:
        """Waits for a message or a signal that reaches this very element of this case."""
        return self.event in MESSAGES and (self.kind in _CATCHING or self.kind == "receiveTask")

    @property
    def catches_error(self) -> bool:
        """Catches an error or escalation that was raised within what it is attached to."""
        return self.kind == "boundaryEvent" and self.event in ERRORS

    @property
    def throws(self) -> bool:
        """Sends a message, signal, error or escalation to elements of the same case."""
        return self.kind in ("intermediateThrowEvent", "endEvent") and self.event in MESSAGES | ERRORS

    @property
    def label(self) -> str:
        """What a person calls it."""
        return self.name or self.id

    @property
    def form_key(self) -> str | None:
        """Key of its form, None when it has none."""
        return self.properties.get("formKey") or None

    @property
    def message_names(self) -> frozenset[str]:
        """Variables that the message of a service task tells; what its document tells comes from the case's record."""
        if self.kind != "serviceTask" or self.properties.get(OPERATION, "").strip() != NOTIFY:
            return frozenset()
        return Template(self.properties.get("pesan", "")).names - {"nomor", "tanggal"}


@dataclass(frozen=True)
class Flow:
    """A sequence flow."""

    id: str
    name: str
    source: str
    target: str
    condition: str | None = None


@dataclass(frozen=True)
class Diagram:
    """One executable process with its lanes, in document order."""

    process_id: str
    name: str
    properties: dict[str, str]
    lanes: dict[str, Lane]  # by name
    elements: dict[str, Element]  # by id
    flows: dict[str, Flow]  # by id

    def outgoing(self, element: str) -> list[Flow]:
        """Flows that leave `element`, in document order."""
        return [flow for flow in self.flows.values() if flow.source == element]

    @cached_property
    def user_tasks(self) -> list[Element]:
        """User tasks in the order in which the flow reaches them from the start."""
        return [element for element in self._by_reach if element.kind == "userTask"]

    def catcher_of(self, thrower: Element) -> Element | None:
        """The boundary that hears an error or escalation: of the nearest activity around it, rather by its code."""
        around = self.elements.get(thrower.parent or "")
        while around is not None:
            here = [
                each for each in self.elements.values()
                if each.catches_error and each.attached_to == around.id and each.event == thrower.event
                and each.event_name in (None, thrower.event_name)
            ]  # fmt: skip
            if here:
                return min(here, key=lambda each: each.event_name is None)
            around = self.elements.get(around.parent or "")
        return None

    @cached_property
    def messages(self) -> list[Element]:
        """What waits for a message or signal that people record: it names a form. In document order."""
        return [element for element in self.elements.values() if element.awaits_message and element.form_key]

    @cached_property
    def first_task(self) -> Element | None:
        """The first user task after the start event: the form that opens a case."""
        return next(iter(self.user_tasks), None)

    def lane_at(self, element: str) -> Lane | None:
        """The lane in which an element stands; what is attached to an activity stands where that does."""
        found = self.elements[element]
        host = self.elements.get(found.attached_to or "")
        return self.lanes.get(found.lane or (host.lane if host is not None else None) or "")

    @cached_property
    def reporter_lane(self) -> Lane | None:
        """The lane whose tasks belong to the reporter."""
        return next((lane for lane in self.lanes.values() if lane.is_reporter), None)

    @cached_property
    def _by_reach(self) -> list[Element]:
        """Elements by longest way from the start (loops cut), so that a step comes after all that lead to it."""
        order: list[str] = []
        seen: set[str] = set()

        def visit(node: str) -> None:
            stack: list[tuple[str, Iterator[str]]] = [(node, iter(self._next(node)))]
            seen.add(node)
            while stack:
                current, targets = stack[-1]
                target = next((each for each in targets if each not in seen), None)
                if target is None:
                    order.append(current)
                    stack.pop()
                elif target in self.elements:
                    seen.add(target)
                    stack.append((target, iter(self._next(target))))

        ordered: list[str] = []
        starts = [each for each in self.elements.values() if each.kind == "startEvent"]
        # The process's own start first: what an event subprocess does comes after it.
        for element in sorted(starts, key=lambda each: each.parent is not None):
            if element.id not in seen:
                visit(element.id)
                ordered += reversed(order)
                order.clear()
        return [self.elements[each] for each in ordered]

    def _next(self, element: str) -> list[str]:
        boundaries = [each.id for each in self.elements.values() if each.attached_to == element]
        inside = [each.id for each in self.elements.values() if each.parent == element and each.kind == "startEvent"]
        return inside + boundaries + [flow.target for flow in self.outgoing(element)]

    @cached_property
    def read_variables(self) -> frozenset[str]:
        """The only names that enter the workflow's data (design: Read variables). Broken expressions read nothing."""
        names: set[str] = set()
        for text in self.expressions.values():
            try:
                names |= parse(text).names
            except ExpressionError:
                continue
        for element in self.elements.values():
            if element.script is not None:
                try:
                    names |= parse_script(element.script).names
                except ExpressionError:
                    continue
        names |= {lane.unit_variable for lane in self.lanes.values() if lane.unit_variable}
        for element in self.elements.values():
            names |= element.message_names
            if element.decision is not None:
                names |= element.decision.asked | element.decision.given
        return frozenset(names).union(*(each.multi.names for each in self.elements.values() if each.multi))

    @cached_property
    def expressions(self) -> dict[str, str]:
        """Text of each condition (by flow id), timer (by element id) and repetition (by id and what it is)."""
        texts = {flow.id: flow.condition for flow in self.flows.values() if flow.condition is not None}
        texts |= {each.id: each.timer for each in self.elements.values() if each.timer is not None}
        repeated = [(each.id, each.multi) for each in self.elements.values() if each.multi]
        texts |= {f"{key} jumlah": multi.cardinality for key, multi in repeated if multi.cardinality is not None}
        return texts | {f"{key} cukup": multi.until for key, multi in repeated if multi.until is not None}

    def flow_between(self, source: str, target: str) -> str | None:
        """Id of the flow from `source` to `target`, None when there is none."""
        return next((f.id for f in self.flows.values() if f.source == source and f.target == target), None)


def parse_xml(xml: bytes) -> etree._Element:
    """Root of a hardened parse: no DOCTYPE, no entities, no network, at most MAX_BYTES. Raises DiagramError."""
    if len(xml) > MAX_BYTES:
        raise DiagramError("Berkas diagram lebih besar dari 1 MB.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line, column = getattr(error, "position", (0, 0))
        where = f" (baris {line}, huruf ke-{column})" if line else ""
        raise DiagramError(f"Berkas ini bukan XML yang dapat dibaca{where}.") from error
    docinfo: Any = root.getroottree().docinfo  # some releases of the stubs leave `doctype` out
    if docinfo.doctype:
        raise DiagramError("Berkas memuat DOCTYPE; ini tidak diizinkan.")
    return root


def read(xml: bytes) -> Diagram:
    """Read the executable process of a BPMN file. Raises DiagramError when there is not exactly one."""
    try:
        root = drawn_out(parse_xml(xml))
    except TooLarge as wrong:
        raise DiagramError("Proses yang dipanggil terlalu banyak atau terlalu dalam. Kurangi panggilannya.") from wrong
    drawn = root.findall(f"{BPMN}process")
    processes = own_processes(root)
    if len(drawn) == 1 and not processes:
        raise DiagramError(
            "Proses belum ditandai dapat dijalankan: isi isExecutable dengan «true».", drawn[0].get("id", "")
        )
    if len(processes) != 1:
        raise DiagramError(f"Diagram harus memuat tepat satu proses yang dijalankan; ditemukan {len(processes)}.")
    process = processes[0]
    lanes, lane_of = _lanes(process)
    return Diagram(
        process_id=process.get("id", ""),
        name=process.get("name") or _pool_name(root, process) or process.get("id") or "",
        properties=properties_of(process),
        lanes=lanes,
        elements={each.id: each for each in _elements(process, lane_of)},
        flows={each.id: each for each in _flows(process)},
    )


def _pool_name(root: etree._Element, process: etree._Element) -> str | None:
    pools = root.findall(f"{BPMN}collaboration/{BPMN}participant")
    own = [each for each in pools if each.get("processRef") == process.get("id")]
    participant = next(iter(own or pools), None)
    return participant.get("name") if participant is not None else None


def properties_of(node: etree._Element) -> dict[str, str]:
    """The spiffworkflow properties of a node, by name."""
    found = node.findall(f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property")
    return {each.get("name", ""): each.get("value", "") for each in found}


def _lanes(process: etree._Element) -> tuple[dict[str, Lane], dict[str, str]]:
    lanes: dict[str, Lane] = {}
    lane_of: dict[str, str] = {}
    for node in process.iter(f"{BPMN}lane"):
        lane = _lane(node)
        lanes.setdefault(lane.name, lane)
        lane_of |= {(each.text or "").strip(): lane.name for each in node.findall(f"{BPMN}flowNodeRef")}
    return lanes, lane_of


def lanes_of(process: etree._Element) -> list[Lane]:
    """Every lane of a process as it is drawn, those within lanes too."""
    return [_lane(node) for node in process.iter(f"{BPMN}lane")]


def _lane(node: etree._Element) -> Lane:
    rights = properties_of(node)
    return Lane(
        id=node.get("id", ""),
        name=node.get("name", ""),
        owner=rights.get("pemilik", ""),
        sees=rights.get("melihat", ""),
        identity=rights.get("identitas") == "ya",
        on_behalf=rights.get("atas_nama") == "ya",
        moves=rights.get("memindah") == "ya",
        no_deadline=rights.get("tanpa_tenggat") == "ya",
    )


def _elements(process: etree._Element, lane_of: dict[str, str], parent: str | None = None) -> Iterator[Element]:
    for node in process:
        # Comments have a function for a tag, which the stubs leave out.
        tag = str(node.tag).rpartition("}")[2]
        if not tag or node.get("id") is None or not _is_flow_node(tag):
            continue
        lane = lane_of.get(node.get("id", "")) or (lane_of.get(parent) if parent else None)
        yield _element(node, tag, lane, parent)
        if tag in ("subProcess", "transaction", "adHocSubProcess"):
            inner = {each.get("id", ""): lane for each in node if lane}
            yield from _elements(node, lane_of | inner, node.get("id"))


def _is_flow_node(tag: str) -> bool:
    return tag.endswith(("Task", "Event", "Gateway", "Activity", "ubProcess")) or tag in ("task", "transaction")


def _element(node: etree._Element, tag: str, lane: str | None, parent: str | None) -> Element:
    definition = next((each for each in node if str(each.tag).endswith("EventDefinition")), None)
    parts = [definition.find(f"{BPMN}{each}") for each in _TIMERS] if definition is not None else []
    timer = next((part for part in parts if part is not None), None)
    script = node.find(f"{BPMN}script")
    event = etree.QName(definition).localname if definition is not None else None
    if tag == "receiveTask":
        event, definition = "messageEventDefinition", node
    return Element(
        id=node.get("id", ""),
        name=" ".join((node.get("name") or "").split()),
        kind=tag,
        lane=lane,
        properties=properties_of(node),
        default=node.get("default"),
        attached_to=node.get("attachedToRef"),
        interrupting=node.get("cancelActivity", node.get("isInterrupting", "true")) != "false",
        timer=(timer.text or "").strip() if timer is not None else None,
        script=(script.text or "") if script is not None else None,
        parent=parent,
        event=event,
        timer_kind=etree.QName(timer).localname if timer is not None else None,
        multi=_multi_instance(node),
        triggered_by_event=node.get("triggeredByEvent") == "true",
        decision=_decision(node) if tag == "businessRuleTask" else None,
        called=node.get("calledElement") or None,
        called_version=node.get(VERSION) or None,
        event_name=_event_name(definition, event),
    )


def _decision(node: etree._Element) -> DecisionTable | None:
    try:
        return read_table(node)
    except TableError:
        return None  # the gate says why


def _event_name(definition: etree._Element | None, event: str | None) -> str | None:
    """What tells a message, signal, error or escalation from others of its kind; None when the file does not say."""
    if definition is None or event not in _REFERENCES:
        return None
    reference, attribute = _REFERENCES[event]
    tag = event.removesuffix("EventDefinition")
    roots = definition.getroottree().getroot().findall(f"{BPMN}{tag}")
    found = next((each for each in roots if each.get("id") == definition.get(reference)), None)
    return found.get(attribute) or None if found is not None else None


def _multi_instance(node: etree._Element) -> MultiInstance | None:
    found = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if found is None:
        return None

    def text(tag: str) -> str | None:
        part = found.find(f"{BPMN}{tag}")
        return None if part is None else (part.text or "").strip()

    def identifier(tag: str) -> str | None:
        # The library names the variable by the item's id, not by its name.
        part = found.find(f"{BPMN}{tag}")
        return None if part is None else part.get("id")

    return MultiInstance(
        sequential=found.get("isSequential") == "true",
        cardinality=text("loopCardinality"),
        source=text("loopDataInputRef"),
        item=identifier("inputDataItem"),
        result=text("loopDataOutputRef"),
        answer=identifier("outputDataItem"),
        until=text("completionCondition"),
    )


def _flows(process: etree._Element) -> Iterator[Flow]:
    for node in process.iter(f"{BPMN}sequenceFlow"):
        condition = node.find(f"{BPMN}conditionExpression")
        yield Flow(
            id=node.get("id", ""),
            name=node.get("name") or "",
            source=node.get("sourceRef", ""),
            target=node.get("targetRef", ""),
            condition=(condition.text or "").strip() if condition is not None else None,
        )
