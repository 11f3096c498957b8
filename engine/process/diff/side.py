"""One of the two versions, read for comparison: diagram, its raw XML by id, its forms. Compares nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree

from engine.process import diagram as diagrams
from engine.process.calls import drawn_out, own_processes
from engine.process.diagram import BPMN, Diagram, Element, Flow
from engine.process.diff.words import called

_SHAPE = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNShape"
_BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"


@dataclass(frozen=True)
class Source:
    """One version as it is stored: the diagram's file and its forms, form key -> schema. Other forms do no harm."""

    xml: bytes
    forms: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Side:
    """One version, read. Raises DiagramError when made from a file that cannot be read: see `side_of`."""

    diagram: Diagram
    root: etree._Element
    process: etree._Element
    all_forms: Mapping[str, Any]

    @cached_property
    def nodes(self) -> dict[str, etree._Element]:
        """BPMN elements of the process by id."""
        return {each.get("id", ""): each for each in self.process.iter(f"{BPMN}*") if each.get("id")}

    @cached_property
    def lane_nodes(self) -> dict[str, etree._Element]:
        """Swimlanes by name."""
        return {each.get("name", ""): each for each in self.process.iter(f"{BPMN}lane")}

    @cached_property
    def forms(self) -> dict[str, tuple[str, Any]]:
        """Key of each form that a task uses -> the first such task and the schema, None where it is missing."""
        found: dict[str, tuple[str, Any]] = {}
        for element in self.diagram.elements.values():
            if element.form_key:
                found.setdefault(element.form_key, (element.id, self.all_forms.get(element.form_key)))
        return found

    @cached_property
    def leaving(self) -> dict[str, list[Flow]]:
        """Flows out of each element, in the order in which their conditions are asked.

        The library asks from top to bottom of the drawing: by the upper edge of what the flow leads to.
        """
        found: dict[str, list[Flow]] = {}
        for flow in self.diagram.flows.values():
            found.setdefault(flow.source, []).append(flow)
        return {key: sorted(flows, key=lambda flow: self._tops.get(flow.target, 0.0)) for key, flows in found.items()}

    @cached_property
    def arriving(self) -> dict[str, list[Flow]]:
        """Flows into each element."""
        found: dict[str, list[Flow]] = {}
        for flow in self.diagram.flows.values():
            found.setdefault(flow.target, []).append(flow)
        return found

    @cached_property
    def _tops(self) -> dict[str, float]:
        return dict(self._drawn())

    def _drawn(self) -> Iterator[tuple[str, float]]:
        for shape in self.root.iter(_SHAPE):
            bounds = next(shape.iter(_BOUNDS), None)
            try:
                yield shape.get("bpmnElement", ""), float(bounds.get("y", "0")) if bounds is not None else 0.0
            except ValueError:
                continue

    def label(self, id_: str | None) -> str:
        """What people call an element; its id when it is none."""
        element = self.diagram.elements.get(id_ or "")
        return called(element) if element is not None else id_ or ""

    def flow_label(self, flow: Flow) -> str:
        """A flow in words: from -> to."""
        return f"{self.label(flow.source)} → {self.label(flow.target)}"

    def element(self, id_: str | None) -> Element | None:
        """The element with this id."""
        return self.diagram.elements.get(id_ or "")


def side_of(source: Source) -> Side:
    """Read one version. Raises DiagramError."""
    diagram = diagrams.read(source.xml)
    root = drawn_out(diagrams.parse_xml(source.xml))
    process = own_processes(root)[0]
    return Side(diagram, root, process, source.forms)
