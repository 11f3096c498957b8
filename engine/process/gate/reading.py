"""What expressions read and whether an earlier form provides it on every way there. Knows no values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.process.diagram import Diagram, Element
from engine.process.expressions import Expression, ExpressionError, parse, parse_script, unknown_name
from engine.process.forms import Form
from engine.process.gate.findings import Finding, error
from engine.process.gate.graph import JOINS, Graph


@dataclass(frozen=True)
class Read:
    """One place that reads variables: `node` is where, `label` what people call the place."""

    element: str
    name: str
    label: str
    node: str
    names: frozenset[str]


@dataclass(frozen=True)
class Reading:
    """Expressions of a diagram over its forms."""

    diagram: Diagram
    graph: Graph
    forms: Mapping[str, Form]

    @cached_property
    def provided_anywhere(self) -> frozenset[str]:
        """Every variable that some form, script, decision or multi-instance of the diagram gives."""
        return frozenset().union(*(self.gives(each) for each in self.diagram.elements.values()))

    @cached_property
    def assigned(self) -> frozenset[str]:
        """Variables that scripts, decisions and multi-instances give: their values are not known beforehand."""
        elements = self.diagram.elements.values()
        return frozenset().union(
            *(self.gives(each) for each in elements if each.multi or each.script is not None or each.decision)
        )

    @cached_property
    def reads(self) -> list[Read]:
        """Every place that reads, with broken expressions left out."""
        found = [self._condition(flow.id) for flow in self.diagram.flows.values() if flow.condition is not None]
        for element in self.diagram.elements.values():
            found += [
                Read(element.id, element.name, label, element.id, names) for label, names in _element_reads(element)
            ]
            lane = self.diagram.lane_at(element.id)
            for_people = element.kind in ("userTask", "manualTask") or (element.awaits_message and element.form_key)
            if for_people and lane is not None and lane.unit_variable is not None:
                label = f"Pemilik lajur «{lane.name}»"
                found.append(Read(element.id, element.name, label, element.id, frozenset({lane.unit_variable})))
        return [each for each in found if each is not None]

    def _condition(self, flow_id: str) -> Read | None:
        flow = self.diagram.flows[flow_id]
        expression = parsed(flow.condition)
        label = f"Syarat «{flow.name or flow.id}»"
        return None if expression is None else Read(flow.id, flow.name, label, flow.source, expression.names)

    def gives(self, element: Element) -> frozenset[str]:
        """Variables that an element gives to what follows it."""
        if element.multi is not None:
            return frozenset(filter(None, (element.multi.item, element.multi.result)))
        if element.form_key in self.forms:
            return frozenset(self.forms[element.form_key or ""].properties)
        if element.decision is not None:
            return element.decision.given
        return _assigned(element)

    @cached_property
    def before(self) -> dict[str, frozenset[str]]:
        """Variables that are there whenever a node is reached: on every way to it an earlier step gave them."""
        everything = self.provided_anywhere
        known = dict.fromkeys(self.graph.successors, everything)
        for start in self.graph.starts:
            known[start] = frozenset()
        changed = True
        while changed:
            changed = False
            for node, sources in self.graph.predecessors.items():
                fresh = self._meet(node, sources, known) if sources else known[node]
                changed = changed or fresh != known[node]
                known[node] = fresh
        return known

    def _meet(self, node: str, sources: list[str], known: Mapping[str, frozenset[str]]) -> frozenset[str]:
        element = self.diagram.elements.get(node)
        if element is not None and element.attached_to in known:
            return known[element.attached_to or ""]  # the task it interrupts has given nothing yet
        brought = [known[each] | self.left(each) for each in sources]
        joined = element is not None and element.kind in JOINS
        return frozenset.union(*brought) if joined else frozenset.intersection(*brought)

    def left(self, node: str) -> frozenset[str]:
        """The same for a node of the graph."""
        element = self.diagram.elements.get(node)
        return self.gives(element) if element is not None else frozenset()

    @cached_property
    def maybe_before(self) -> dict[str, frozenset[str]]:
        """Variables that may be there when a node is reached: on some way to it an earlier step gave them."""
        found: dict[str, set[str]] = {node: set() for node in self.graph.successors}
        for element in self.diagram.elements.values():
            for node in self.graph.after(self.graph.successors[element.id]):
                found[node] |= self.gives(element)
        return {node: frozenset(names) for node, names in found.items()}


def _element_reads(element: Element) -> Iterator[tuple[str, frozenset[str]]]:
    if (timer := parsed(element.timer)) is not None:
        yield f"Waktu pada «{element.label}»", timer.names
    if element.message_names:
        yield f"Pesan «{element.label}»", element.message_names
    if element.decision is not None:
        yield f"Tabel keputusan «{element.label}»", element.decision.asked
    yield from _repeat_reads(element)
    yield from _script_reads(element)


def _repeat_reads(element: Element) -> Iterator[tuple[str, frozenset[str]]]:
    label = f"Perulangan «{element.label}»"
    if element.multi is None:
        return
    for text in (element.multi.cardinality, element.multi.until):
        if (bound := parsed(text)) is not None:
            yield label, bound.names - {element.multi.answer or "", element.multi.item or ""}
    if element.multi.source:
        yield label, frozenset({element.multi.source})


def _script_reads(element: Element) -> Iterator[tuple[str, frozenset[str]]]:
    try:
        assignments = parse_script(element.script or "").assignments
    except ExpressionError:
        return
    own: set[str] = set()
    for name, expression in assignments:
        yield f"Skrip «{element.label}»", expression.names - own
        own.add(name)


def parsed(text: str | None) -> Expression | None:
    """The expression, or None when there is none or it is broken: that is told elsewhere."""
    try:
        return parse(text) if text is not None else None
    except ExpressionError:
        return None


def _assigned(element: Element) -> frozenset[str]:
    try:
        script = parse_script(element.script) if element.script else None
    except ExpressionError:
        return frozenset()
    return frozenset(name for name, _ in script.assignments) if script else frozenset()


def expression_findings(diagram: Diagram) -> Iterator[Finding]:
    """Conditions, timers, bounds and scripts that are no expressions of the language."""
    for key, text in diagram.expressions.items():
        id_ = key.split(" ")[0]
        flow, element = diagram.flows.get(id_), diagram.elements.get(id_)
        label = (flow.name or flow.id) if flow else element.label if element else id_
        what = "Syarat" if flow else "Waktu" if key == id_ else "Perulangan"
        try:
            parse(text)
        except ExpressionError as wrong:
            yield error(
                f"{what} «{label}»: {_told(wrong)}", id_, flow.name if flow else element.name if element else ""
            )
    for element in diagram.elements.values():
        if element.kind == "scriptTask":
            try:
                if not parse_script(element.script or "").assignments:
                    raise ExpressionError("skrip kosong. Tulis `nama = ungkapan`.")
            except ExpressionError as wrong:
                yield error(f"Skrip «{element.label}»: {_told(wrong)}", element.id, element.name)


def _told(wrong: ExpressionError) -> str:
    return wrong.message if wrong.column is None else f"{wrong.message} (kolom {wrong.column})"


def variable_findings(reading: Reading) -> Iterator[Finding]:
    """Variables that no form gives, or not on every way, or that are personal, or that two branches contest."""
    for read in reading.reads:
        for name in sorted(read.names):
            if name not in reading.provided_anywhere:
                message = unknown_name(name, reading.provided_anywhere)
                yield error(f"{read.label}: {message}", read.element, read.name)
            elif name not in reading.before[read.node]:
                message = f"{read.label} membaca «{name}», tetapi ada jalan yang belum mengisinya. "
                yield error(message + "Isi di langkah yang selalu dilewati.", read.element, read.name)
            yield from _personal(reading, read, name)
    yield from _contested(reading)


def _personal(reading: Reading, read: Read, name: str) -> Iterator[Finding]:
    keys = [key for key, form in reading.forms.items() if form.properties.get(name, {}).get("x-pribadi")]
    if keys:
        yield error(f"{read.label} membaca «{name}», isian pribadi pada formulir «{keys[0]}». "
                    "Isian pribadi tidak boleh menentukan jalan.", read.element, read.name)  # fmt: skip


def _contested(reading: Reading) -> Iterator[Finding]:
    """A variable written in one branch that another already carries: the join would keep whichever ends last."""
    graph, elements = reading.graph, reading.diagram.elements
    used = frozenset().union(*(each.names for each in reading.reads))
    for join in elements.values():
        inputs = graph.predecessors[join.id]
        if join.kind not in JOINS | {"inclusiveGateway"} or len(inputs) < 2:
            continue
        leading = {each: graph.before([each], without=join.id) for each in inputs}
        for element in elements.values():
            others = [each for each in inputs if element.id not in leading[each]]
            if not 0 < len(others) < len(inputs) or not _beside(reading, join, element, others):
                continue
            carried = frozenset().union(*(reading.maybe_before[each] | reading.left(each) for each in others))
            for name in sorted(reading.gives(element) & used & carried):
                message = f"«{name}» diisi «{element.label}» di satu cabang, padahal cabang lain ke «{join.label}» "
                yield error(message + "juga membawanya. Beri isian itu nama lain.", element.id, element.name)


def _beside(reading: Reading, join: Element, element: Element, others: list[str]) -> bool:
    """Whether `element` can run beside one of `others`; at an inclusive gateway only after something split the flow."""
    if join.kind in JOINS:
        return True
    splits = [each.id for each in reading.diagram.elements.values() if each.kind in JOINS | {"inclusiveGateway"}]
    ways = (reading.graph.after([each], without=join.id) for each in splits if each != join.id)
    return any(element.id in way and not way.isdisjoint(others) for way in ways)
