"""Whether a drawing can be tried: what the gate says about its structure, and which of its forms can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.process import diagram as diagrams
from engine.process.diagram import Diagram, DiagramError
from engine.process.forms import Form
from engine.process.gate.bounds import bound_findings
from engine.process.gate.findings import Finding, error, holds
from engine.process.gate.graph import graph_of
from engine.process.gate.people import first_task_findings, task_findings, unit_findings
from engine.process.gate.reading import Reading, expression_findings, variable_findings
from engine.process.gate.repeats import repeat_findings
from engine.process.gate.schemas import read_forms
from engine.process.gate.source import schema_findings, size_findings
from engine.process.gate.structure import gateway_findings, join_findings, reference_findings, way_findings
from engine.process.gate.support import support_findings
from engine.process.gate.timers import timer_findings
from engine.process.runtime import Program, compile_specs

MAX_TOLD = 8  # findings; the editor lists all of them


@dataclass(frozen=True)
class Fit:
    """A drawing that can be tried, or the errors that keep it from it."""

    program: Program | None
    forms: dict[str, Form]  # the readable ones
    findings: tuple[str, ...] = ()
    harmless: bool = False  # the gate's own bounds hold, so that it may run beside other work

    @property
    def diagram(self) -> Diagram:
        """The diagram of one that can be tried."""
        assert self.program is not None
        return self.program.diagram


def fit_of(xml: bytes, forms: Mapping[str, Any]) -> Fit:
    """What the gate's static stages say about a diagram with its forms. Never raises; remembered by content."""
    try:
        return _fit(xml, json.dumps(forms, sort_keys=True))
    except (TypeError, ValueError, RecursionError):
        return Fit(None, {}, ("Formulir draf ini tidak dapat dibaca.",))


@lru_cache(maxsize=32)
def _fit(xml: bytes, forms_text: str) -> Fit:
    try:
        return _look(xml, json.loads(forms_text))
    except DiagramError as wrong:
        return Fit(None, {}, (wrong.message,))
    except Exception as wrong:  # the file comes from outside; what we failed to foresee is told, not raised
        return Fit(None, {}, (f"Mesin proses tidak dapat membaca diagram ini ({type(wrong).__name__}).",))


def _look(xml: bytes, schemas: Mapping[str, Any]) -> Fit:
    for stage in _structure(xml):
        if not holds(stage):
            told = [each.message for each in stage if not holds([each])]
            return Fit(None, {}, tuple(dict.fromkeys(told))[:MAX_TOLD])
    diagram = diagrams.read(xml)
    readable, _ = read_forms(diagram, schemas)
    program = Program(diagram, compile_specs(xml, diagram.process_id))
    return Fit(program, readable, harmless=holds(_bounds(diagram, schemas)))


def _structure(xml: bytes) -> Iterator[list[Finding]]:
    """Without these there is no picture to walk through; a stage runs only when the one before it held."""
    root = diagrams.parse_xml(xml)
    yield schema_findings(root) + size_findings(root)
    yield support_findings(root)
    diagram = diagrams.read(xml)
    yield list(reference_findings(root, diagram))
    if diagram.first_task is None:
        yield [error("Diagram belum memuat tugas yang dapat dikerjakan sesudah peristiwa mulai.")]
    graph = graph_of(diagram)
    yield [*way_findings(diagram, graph), *gateway_findings(diagram), *join_findings(diagram, graph)]
    yield list(bound_findings(graph))


def _bounds(diagram: Diagram, schemas: Mapping[str, Any]) -> list[Finding]:
    """All other static findings: with an error among them the drawing is run in a process that can be killed."""
    graph = graph_of(diagram)
    readable, found = read_forms(diagram, schemas)
    found = [*found, *task_findings(diagram, schemas), *first_task_findings(diagram, graph), *timer_findings(diagram)]
    found += [*expression_findings(diagram), *unit_findings(diagram, readable)]
    reading = Reading(diagram, graph, readable)
    return [*found, *variable_findings(reading), *repeat_findings(diagram, readable)]
