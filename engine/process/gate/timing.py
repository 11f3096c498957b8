"""The Mutu Baku as a whole: step times against the total, Kelengkapan against earlier Output. Warnings only."""

from __future__ import annotations

from collections.abc import Iterator

from engine.process.diagram import Diagram, Element
from engine.process.gate.findings import Finding, warning
from engine.process.gate.graph import Graph
from engine.process.gate.people import standard_hours


def timing_findings(diagram: Diagram, graph: Graph) -> Iterator[Finding]:
    """What does not add up in the SOP's own terms."""
    yield from _total(diagram, graph)
    yield from _inputs(diagram, graph)


def _total(diagram: Diagram, graph: Graph) -> Iterator[Finding]:
    text = diagram.properties.get("waktu_total", "")
    total = standard_hours(text)
    if not text.strip():
        yield warning("Proses belum memuat waktu keseluruhan. Isi properti waktu_total, misalnya 5 hari kerja.")
        return
    if total is None:
        yield warning(f"Waktu keseluruhan «{text}» tidak terbaca. Tulis seperti 5 hari kerja.")
        return
    longest = _longest(diagram, graph)
    if longest > total + 1e-9:
        yield warning(f"Waktu baku langkah-langkah pada jalan terpanjang berjumlah {_days(longest)}, lebih lama dari "
                      f"waktu keseluruhan {text}.")  # fmt: skip


def _longest(diagram: Diagram, graph: Graph) -> float:
    """Working hours along the longest way, loops walked once. Lanes without deadline cost nothing (design)."""
    best: dict[str, float] = {}
    order = _finish_order(graph)
    for node in order:
        ahead = [best[each] for each in graph.successors[node] if each in best]
        element = diagram.elements.get(node)
        best[node] = (_cost(diagram, element) if element else 0.0) + max(ahead, default=0.0)
    return max(best.values(), default=0.0)


def _cost(diagram: Diagram, element: Element) -> float:
    lane = diagram.lanes.get(element.lane or "")
    hours = standard_hours(element.properties.get("waktu", ""))
    return 0.0 if hours is None or (lane is not None and lane.no_deadline) else hours


def _finish_order(graph: Graph) -> list[str]:
    """Depth-first finishing order: what comes later in the flow stands first, loops cut."""
    order: list[str] = []
    seen: set[str] = set()
    for start in graph.starts:
        stack = [(start, iter(graph.successors[start]))]
        seen.add(start)
        while stack:
            node, targets = stack[-1]
            target = next((each for each in targets if each not in seen), None)
            if target is None:
                order.append(node)
                stack.pop()
            else:
                seen.add(target)
                stack.append((target, iter(graph.successors[target])))
    return order


def _days(hours: float) -> str:
    days, rest = divmod(round(hours * 60), 450)
    parts = [f"{days} hari kerja" if days else "", f"{rest} menit" if rest else ""]
    return " ".join(filter(None, parts))


def _inputs(diagram: Diagram, graph: Graph) -> Iterator[Finding]:
    first = diagram.first_task
    for task in diagram.user_tasks:
        wanted = _plain(task.properties.get("kelengkapan", ""))
        if task is first or not wanted:
            continue
        earlier = [diagram.elements[each] for each in graph.before([task.id]) - {task.id} if each in diagram.elements]
        if all(_plain(each.properties.get("output", "")) != wanted for each in earlier):
            text = task.properties["kelengkapan"]
            message = f"Kelengkapan «{text}» pada «{task.label}» bukan output langkah sebelumnya."
            yield warning(message, task.id, task.name)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
