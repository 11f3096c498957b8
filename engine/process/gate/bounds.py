"""How large a running case could grow: loops that nothing stops, and the library's prediction. Knows no forms."""

from __future__ import annotations

from collections.abc import Iterator

from engine.process.gate.findings import Finding, error
from engine.process.gate.graph import CHOICES, WAITS, Graph

MAX_PREDICTED = 2_000  # tasks; n fork-joins in a row predict 2^n of them (facts.md)
MAX_SUBPROCESS_DEPTH = 5


def bound_findings(graph: Graph) -> Iterator[Finding]:
    """Loops without a task or a wait, subprocesses too deep, and more predicted tasks than the engine should carry."""
    elements = graph.diagram.elements
    quick = {
        node
        for node in graph.successors
        if node not in elements or elements[node].kind not in WAITS or elements[node].catches_error
    }
    endless = [node for node in quick if node in elements and _returns(graph, node, quick)]
    if endless:
        first = elements[min(endless)]
        yield error(f"Putaran melalui «{first.label}» tidak memuat tugas atau pengatur waktu; proses akan berputar "
                    "tanpa henti. Sisipkan tugas di dalamnya.", first.id, first.name)  # fmt: skip
        return
    for element in elements.values():
        if _nesting(graph, element.id) > MAX_SUBPROCESS_DEPTH:
            yield error(f"Subproses bersarang lebih dari {MAX_SUBPROCESS_DEPTH} tingkat.", element.id, element.name)
            return
    worst = max(graph.successors, key=lambda node: _predicted(graph, node), default=None)
    if worst is not None and _predicted(graph, worst) > MAX_PREDICTED:
        place = elements.get(worst.split(" ")[0])
        yield error(f"Cabang sejajar terlalu banyak: mesin menyiapkan lebih dari {MAX_PREDICTED} langkah di muka. "
                    "Kurangi gerbang sejajar berturut-turut, atau sisipkan gerbang pilihan.",
                    place.id if place else "", place.name if place else "")  # fmt: skip


def _returns(graph: Graph, node: str, within: set[str]) -> bool:
    seen: set[str] = set()
    stack = [each for each in graph.successors[node] if each in within]
    while stack:
        current = stack.pop()
        if current == node:
            return True
        if current not in seen:
            seen.add(current)
            stack.extend(each for each in graph.successors[current] if each in within)
    return False


def _nesting(graph: Graph, node: str) -> int:
    depth, seen = 0, set()
    current = graph.diagram.elements.get(node)
    while current is not None and current.parent is not None and current.id not in seen:
        seen.add(current.id)
        depth += 1
        current = graph.diagram.elements.get(current.parent)
    return depth


def _predicted(graph: Graph, node: str) -> int:
    """Tasks in the tree that the library draws ahead from `node`, counted up to just over the limit.

    Every path is drawn on its own, through joins as well; at a choice the drawing stops.
    """
    count, stack = 0, [node]
    while stack and count <= MAX_PREDICTED:
        current = stack.pop()
        count += 1
        element = graph.diagram.elements.get(current)
        if element is None or element.kind not in CHOICES:
            stack.extend(graph.successors[current])
    return count
