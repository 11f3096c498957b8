"""Whether the drawing holds together: ids, references, ways through, gateways, joins. Knows no forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.process.calls import drawn_out
from engine.process.diagram import BPMN, Diagram, Element
from engine.process.expressions import RESERVED
from engine.process.gate.findings import Finding, error, warning
from engine.process.gate.graph import CHOICES, JOINS, Graph, exit_of

_RESERVED_IDS = frozenset({"Start", "End", "Root", "StartEventSplit", "StartEventJoin"})  # the library's own (facts.md)
_RESERVED_ENDINGS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin")
_CONTAINERS = frozenset({"process", "subProcess"})


def reference_findings(root: etree._Element, diagram: Diagram) -> Iterator[Finding]:
    """Ids that are taken, repeated or missing, and references that lead nowhere."""
    ids = Counter(node.get("id") for node in root.iter(f"{BPMN}*") if node.get("id"))
    for id_, count in ids.items():
        if count > 1:
            yield error(f"Id «{id_}» dipakai {count} kali. Beri setiap elemen id sendiri.", str(id_))
    for id_ in [diagram.process_id, *diagram.elements, *diagram.flows]:
        if id_ in _RESERVED_IDS or id_ in RESERVED or id_.endswith(_RESERVED_ENDINGS):
            yield error(f"Id «{id_}» dipakai sistem. Beri elemen ini id lain.", id_)
    if not diagram.process_id:
        yield error("Proses belum diberi id.")
    yield from _loose_ends(root, diagram)


def _loose_ends(root: etree._Element, diagram: Diagram) -> Iterator[Finding]:
    for flow in diagram.flows.values():
        for end, what in ((flow.source, "asal"), (flow.target, "tujuan")):
            if end not in diagram.elements:
                yield error(
                    f"Alur «{flow.name or flow.id}» tidak tersambung: {what} «{end}» tidak ada.", flow.id, flow.name
                )
        ends = [diagram.elements[end] for end in (flow.source, flow.target) if end in diagram.elements]
        if len({each.parent for each in ends}) > 1:
            yield error("Alur tidak boleh menembus batas subproses.", flow.id, flow.name)
    for element in diagram.elements.values():
        if element.default is not None and diagram.flows.get(element.default) not in diagram.outgoing(element.id):
            yield _about(element, f"Alur bawaan «{element.label}» bukan alur yang keluar darinya. Pilih lagi.")
        host = diagram.elements.get(element.attached_to or "")
        if element.kind == "boundaryEvent" and (
            host is None or host.kind not in ("userTask", "manualTask", "receiveTask", "subProcess")
        ):
            message = f"Peristiwa batas «{element.label}» harus menempel pada tugas pengguna, tugas terima pesan, atau "
            yield _about(element, message + "subproses.")
    for node in drawn_out(root).iter(f"{BPMN}flowNodeRef"):
        if (node.text or "").strip() not in diagram.elements:
            yield error(f"Lajur menyebut elemen «{(node.text or '').strip()[:80]}» yang tidak ada.", "", "")


def way_findings(diagram: Diagram, graph: Graph) -> Iterator[Finding]:
    """Starts, ends, what is never reached, what never ends, and loops without a person or a wait in them."""
    if len(graph.starts) != 1:
        yield error(f"Proses harus memuat tepat satu peristiwa mulai; ditemukan {len(graph.starts)}.")
    if not graph.ends:
        yield error("Proses tidak memuat peristiwa selesai. Tambahkan di ujung setiap jalan.")
    yield from _subprocess_findings(diagram)
    reached = graph.after(graph.starts)
    ending = graph.before(
        [*graph.ends, *(exit_of(each.id) for each in diagram.elements.values() if each.triggered_by_event)]
    )
    for element in diagram.elements.values():
        if element.id not in reached:
            yield _about(element, f"«{element.label}» tidak pernah tercapai dari mulai. Sambungkan atau hapus.")
        elif element.id not in ending:
            yield _about(element, f"Dari «{element.label}» tidak ada jalan ke peristiwa selesai. Sambungkan.")
        yield from _flow_count(diagram, element)


def _subprocess_findings(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.elements.values():
        if element.kind != "subProcess":
            continue
        kinds = Counter(each.kind for each in diagram.elements.values() if each.parent == element.id)
        if kinds["startEvent"] != 1 or not kinds["endEvent"]:
            yield _about(
                element, f"Subproses «{element.label}» harus memuat satu mulai dan paling sedikit satu selesai."
            )
        if element.multi:
            yield _about(element, f"Subproses «{element.label}» belum dapat diulang; ulangi tugasnya.")
        if element.triggered_by_event and element.parent:
            yield _about(element, f"Subproses kejadian «{element.label}» hanya didukung pada proses utama.")
        if element.triggered_by_event and diagram.outgoing(element.id):
            yield _about(element, f"Subproses kejadian «{element.label}» tidak boleh dimasuki atau ditinggalkan alur.")


def _flow_count(diagram: Diagram, element: Element) -> Iterator[Finding]:
    outgoing = diagram.outgoing(element.id)
    incoming = [flow for flow in diagram.flows.values() if flow.target == element.id]
    if len(outgoing) > 1 and not element.kind.endswith("Gateway"):
        yield _about(element, f"Dari «{element.label}» keluar {len(outgoing)} alur. Pakai gerbang untuk bercabang.")
    if element.kind == "endEvent" and outgoing:
        yield _about(element, f"Peristiwa selesai «{element.label}» tidak boleh ditinggalkan alur.")
    if element.kind in ("startEvent", "boundaryEvent") and incoming:
        yield _about(element, f"«{element.label}» tidak boleh dimasuki alur.")
    for target, count in Counter(flow.target for flow in outgoing).items():
        if count > 1:
            name = diagram.elements[target].label if target in diagram.elements else target
            yield _about(
                element, f"Ada {count} alur dari «{element.label}» ke «{name}». Gabungkan menjadi satu syarat."
            )


def gateway_findings(diagram: Diagram) -> Iterator[Finding]:
    """Gateways that could be left without a way on, and conditions where none is read."""
    for element in diagram.elements.values():
        outgoing = diagram.outgoing(element.id)
        choice = element.kind in CHOICES and len(outgoing) > 1
        if choice and element.default is None:
            yield _about(
                element,
                f"Gerbang «{element.label}» belum punya alur bawaan. Tandai satu alur sebagai bawaan (default).",
            )
        for flow in outgoing:
            name = flow.name or flow.id
            if choice and flow.condition is None and flow.id != element.default:
                yield error(f"Alur «{name}» keluar dari gerbang tanpa syarat. Tulis syaratnya.", flow.id, flow.name)
            elif flow.condition is not None and not choice:
                yield error(
                    f"Syarat pada alur «{name}» tidak akan dibaca. Pindahkan ke alur keluar gerbang.",
                    flow.id,
                    flow.name,
                )
            elif flow.condition is not None and flow.id == element.default:
                yield warning(
                    f"Alur bawaan «{name}» punya syarat yang tidak dibaca. Hapus syaratnya.", flow.id, flow.name
                )


def join_findings(diagram: Diagram, graph: Graph) -> Iterator[Finding]:
    """Ways out of a parallel branch that miss its join: the join would wait for ever."""
    for join in diagram.elements.values():
        inputs = graph.predecessors[join.id]
        if join.kind not in JOINS or len(inputs) < 2:
            continue
        leading = {each: graph.before([each], without=join.id) for each in inputs}
        for element in diagram.elements.values():
            leaves = element.kind in CHOICES or (element.kind == "boundaryEvent" and element.interrupting)
            origin = element.attached_to if element.kind == "boundaryEvent" else element.id
            # Inside a branch: it leads to some inputs of the join, but not to all.
            inside = 0 < sum(origin in each for each in leading.values()) < len(inputs)
            if leaves and inside and _misses(graph, diagram, element.id, join.id):
                yield _about(element, f"Jalan dari «{element.label}» melewati gerbang gabung «{join.label}»; "
                             "gabungan itu akan menunggu selamanya. Arahkan jalan ini ke gabungan.")  # fmt: skip


def _misses(graph: Graph, diagram: Diagram, start: str, join: str) -> bool:
    around = graph.after([start], without=join)
    ends = [end for end in graph.ends if end in around]
    return any(diagram.elements[end].event != "terminateEventDefinition" for end in ends)


def _about(element: Element, message: str) -> Finding:
    return error(message, element.id, element.name)
