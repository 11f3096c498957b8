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
        """Every variable that some form, script or multi-instance of the diagram gives."""
        return frozenset().union(*(self._gives(each) for each in self.diagram.elements.values()))

    @cached_property
    def assigned(self) -> frozenset[str]:
        """Variables that scripts and multi-instances give: their values are not known beforehand."""
        elements = self.diagram.elements.values()
        return frozenset().union(*(self._gives(each) for each in elements if each.multi or each.script is not None))

    @cached_property
    def reads(self) -> list[Read]:
        """Every place that reads, with broken expressions left out."""
        found = [self._condition(flow.id) for flow in self.diagram.flows.values() if flow.condition is not None]
        for element in self.diagram.elements.values():
            found += [
                Read(element.id, element.name, label, element.id, names) for label, names in _element_reads(element)
            ]
            lane = self.diagram.lanes.get(element.lane or "")
            if element.kind in ("userTask", "manualTask") and lane is not None and lane.unit_variable is not None:
                label = f"Pemilik lajur «{lane.name}»"
                found.append(Read(element.id, element.name, label, element.id, frozenset({lane.unit_variable})))
        return [each for each in found if each is not None]

    def _condition(self, flow_id: str) -> Read | None:
        flow = self.diagram.flows[flow_id]
        expression = _parsed(flow.condition)
        label = f"Syarat «{flow.name or flow.id}»"
        return None if expression is None else Read(flow.id, flow.name, label, flow.source, expression.names)

    def _gives(self, element: Element) -> frozenset[str]:
        if element.multi is not None:
            return frozenset(filter(None, (element.multi.item, element.multi.result)))
        if element.form_key in self.forms:
            return frozenset(self.forms[element.form_key or ""].properties)
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
        brought = [known[each] | self._left(each) for each in sources]
        joined = element is not None and element.kind in JOINS
        return frozenset.union(*brought) if joined else frozenset.intersection(*brought)

    def _left(self, node: str) -> frozenset[str]:
        element = self.diagram.elements.get(node)
        return self._gives(element) if element is not None else frozenset()

    @cached_property
    def maybe_before(self) -> dict[str, frozenset[str]]:
        """Variables that may be there when a node is reached: on some way to it an earlier step gave them."""
        found: dict[str, set[str]] = {node: set() for node in self.graph.successors}
        for element in self.diagram.elements.values():
            for node in self.graph.after(self.graph.successors[element.id]):
                found[node] |= self._gives(element)
        return {node: frozenset(names) for node, names in found.items()}


def _element_reads(element: Element) -> Iterator[tuple[str, frozenset[str]]]:
    if (timer := _parsed(element.timer)) is not None:
        yield f"Waktu pada «{element.label}»", timer.names
    if element.multi is not None:
        for text in (element.multi.cardinality, element.multi.until):
            if (bound := _parsed(text)) is not None:
                yield (
                    f"Perulangan «{element.label}»",
                    bound.names - {element.multi.answer or "", element.multi.item or ""},
                )
        if element.multi.source:
            yield f"Perulangan «{element.label}»", frozenset({element.multi.source})
    if element.script is not None:
        try:
            assignments = parse_script(element.script).assignments
        except ExpressionError:
            return
        own: set[str] = set()
        for name, expression in assignments:
            yield f"Skrip «{element.label}»", expression.names - own
            own.add(name)


def _parsed(text: str | None) -> Expression | None:
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
                yield error(f"{read.label} membaca «{name}», tetapi ada jalan ke sana yang belum mengisinya. "
                            "Pindahkan pengisiannya ke langkah yang selalu dilewati.", read.element, read.name)  # fmt: skip
            yield from _personal(reading, read, name)
    yield from _contested(reading)


def _personal(reading: Reading, read: Read, name: str) -> Iterator[Finding]:
    keys = [key for key, form in reading.forms.items() if form.properties.get(name, {}).get("x-pribadi")]
    if keys:
        yield error(f"{read.label} membaca «{name}», isian pribadi pada formulir «{keys[0]}». "
                    "Isian pribadi tidak boleh menentukan jalan.", read.element, read.name)  # fmt: skip


def _contested(reading: Reading) -> Iterator[Finding]:
    """A variable written in one branch that another already carries: the join would keep whichever ends last."""
    graph, used = reading.graph, frozenset().union(*(each.names for each in reading.reads))
    for join in reading.diagram.elements.values():
        inputs = graph.predecessors[join.id]
        if join.kind not in JOINS | {"inclusiveGateway"} or len(inputs) < 2:
            continue
        leading = {each: graph.before([each]) - graph.after([join.id]) for each in inputs}
        for element in reading.diagram.elements.values():
            branches = [each for each in inputs if element.id in leading[each]]
            others = [each for each in inputs if element.id not in leading[each]]
            if not branches:
                continue
            carried = frozenset().union(*(reading.maybe_before[each] | reading._left(each) for each in others))
            for name in sorted(reading._gives(element) & used & carried):
                yield error(f"«{name}» diisi «{element.label}» di satu cabang, padahal cabang lain menuju «{join.label}» "
                            "juga membawanya. Beri isian itu nama lain.", element.id, element.name)  # fmt: skip


def repeat_findings(diagram: Diagram, graph: Graph, forms: Mapping[str, Form]) -> Iterator[Finding]:
    """Multi-instance tasks the library cannot carry through, or that could repeat without bound."""
    for element in diagram.elements.values():
        multi = element.multi
        if multi is None:
            continue
        if element.kind != "userTask":
            yield _about(element, "hanya tugas pengguna yang dapat diulang untuk beberapa orang.")
        if (multi.cardinality is None) == (multi.source is None):
            yield _about(element, "isi salah satu: jumlah (loopCardinality) atau daftar (loopDataInputRef).")
        if (multi.result is None) != (multi.answer is None):
            yield _about(element, "loopDataOutputRef dan outputDataItem harus diisi berdua, atau tidak sama sekali.")
        if multi.result is not None and graph.in_loop(element.id):
            yield _about(element, "tugas berulang yang mengumpulkan hasil tidak boleh berada dalam putaran.")
        if multi.answer is not None and element.form_key in forms:
            fields = forms[element.form_key or ""].properties
            if multi.answer not in fields:
                yield _about(element, f"outputDataItem «{multi.answer}» bukan isian formulirnya.")
            elif multi.answer not in forms[element.form_key or ""].schema.get("required", []):
                yield _about(element, f"isian «{multi.answer}» yang dikumpulkan harus wajib diisi.")
        if multi.cardinality is not None:
            yield from _cardinality(element, multi.cardinality, forms)
        if multi.source is not None:
            yield from _source_list(element, multi.source, forms)
        bound = frozenset(filter(None, (multi.item, multi.answer)))
        if (lane := diagram.lanes.get(element.lane or "")) and lane.unit_variable in bound:
            yield _about(
                element, f"lajur «{lane.name}» tidak dapat dimiliki unit per ulangan («{lane.unit_variable}»)."
            )


MAX_REPEATS = 20


def _cardinality(element: Element, text: str, forms: Mapping[str, Form]) -> Iterator[Finding]:
    names = _parsed(text)
    if names is None:
        return
    if text.strip().isdecimal() and 1 <= int(text) <= MAX_REPEATS:
        return
    limits = [
        form.properties[text.strip()].get("maximum") for form in forms.values() if text.strip() in form.properties
    ]
    if not limits or any(not isinstance(each, int) or each > MAX_REPEATS for each in limits):
        yield _about(element, f"jumlahnya harus bilangan 1 sampai {MAX_REPEATS}, atau isian bilangan yang maximum-nya "
                     f"paling banyak {MAX_REPEATS}.")  # fmt: skip


def _source_list(element: Element, name: str, forms: Mapping[str, Form]) -> Iterator[Finding]:
    fields = [form.properties[name] for form in forms.values() if name in form.properties]
    if any(each.get("type") != "array" or each.get("maxItems", MAX_REPEATS + 1) > MAX_REPEATS for each in fields):
        yield _about(element, f"daftar «{name}» harus isian bertipe array dengan maxItems paling banyak {MAX_REPEATS}.")
    if fields and not any(name in form.schema.get("required", []) for form in forms.values()):
        yield _about(element, f"daftar «{name}» harus wajib diisi.")


def _about(element: Element, message: str) -> Finding:
    return error(f"«{element.label}»: {message}", element.id, element.name)
