"""The diagram as a graph of what can follow what, subprocesses included. Knows no BPMN XML and no forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.process.diagram import ERRORS, Diagram

JOINS = frozenset({"parallelGateway"})
CHOICES = frozenset({"exclusiveGateway", "inclusiveGateway"})
WAITS = frozenset({"userTask", "manualTask", "receiveTask", "intermediateCatchEvent", "boundaryEvent"})


def exit_of(subprocess: str) -> str:
    """Node that stands for 'the subprocess is done'; a space keeps it apart from every id."""
    return f"{subprocess} selesai"


@dataclass(frozen=True)
class Graph:
    """Nodes are element ids, and for each subprocess its exit as well."""

    diagram: Diagram
    successors: Mapping[str, tuple[str, ...]]

    @cached_property
    def predecessors(self) -> dict[str, list[str]]:
        """What can come directly before each node."""
        found: dict[str, list[str]] = {node: [] for node in self.successors}
        for node, targets in self.successors.items():
            for target in targets:
                found[target].append(node)
        return found

    @cached_property
    def starts(self) -> list[str]:
        """Start events of the process itself."""
        return [each.id for each in self.diagram.elements.values() if each.kind == "startEvent" and not each.parent]

    @cached_property
    def ends(self) -> list[str]:
        """End events of the process itself."""
        return [each.id for each in self.diagram.elements.values() if each.kind == "endEvent" and not each.parent]

    def after(self, nodes: Iterable[str], without: str | None = None) -> set[str]:
        """Everything reachable from `nodes`, themselves included, never passing `without`."""
        return _closure(nodes, lambda node: self.successors[node], without)

    def before(self, nodes: Iterable[str], without: str | None = None) -> set[str]:
        """Everything from which one of `nodes` can be reached, themselves included, never passing `without`."""
        return _closure(nodes, lambda node: self.predecessors[node], without)

    def in_loop(self, node: str) -> bool:
        """Whether the flow can come back to `node`."""
        return node in self.after(self.successors[node])


def _closure(nodes: Iterable[str], step: Callable[[str], Iterable[str]], without: str | None) -> set[str]:
    seen = {node for node in nodes if node != without}
    stack = list(seen)
    while stack:
        fresh = [each for each in step(stack.pop()) if each not in seen and each != without]
        seen.update(fresh)
        stack.extend(fresh)
    return seen


def graph_of(diagram: Diagram) -> Graph:
    """Build the graph; flows to or from what is no element of the diagram are left out."""
    elements = diagram.elements
    subprocesses = {each.id for each in elements.values() if each.kind == "subProcess"}
    targets: dict[str, list[str]] = {key: [] for key in [*elements, *map(exit_of, subprocesses)]}
    for flow in diagram.flows.values():
        if flow.source in elements and flow.target in elements:
            targets[exit_of(flow.source) if flow.source in subprocesses else flow.source].append(flow.target)
    top = [each.id for each in elements.values() if each.kind == "startEvent" and each.parent is None]
    for each in elements.values():
        if each.attached_to in elements and not each.catches_error:
            targets[each.attached_to].append(each.id)
        if each.kind == "startEvent" and each.parent in subprocesses:
            targets[each.parent].append(each.id)
        caught = diagram.catcher_of(each) if each.throws and each.event in ERRORS else None
        if caught is not None:
            targets[each.id].append(caught.id)
        leaves = caught is not None and caught.interrupting
        if each.kind == "endEvent" and each.parent in subprocesses and not leaves:
            targets[each.id].append(exit_of(each.parent))
        if each.triggered_by_event:
            for start in top:
                targets[start].append(each.id)
    return Graph(diagram, {node: tuple(found) for node, found in targets.items()})
