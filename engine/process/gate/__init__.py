"""The gate: what must hold before a diagram with its forms may be deployed, as findings. Knows no database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from engine.process import diagram as diagrams
from engine.process.calls import own_processes, processes_of
from engine.process.diagram import BPMN, DiagramError
from engine.process.gate.bounds import bound_findings
from engine.process.gate.calls import call_findings
from engine.process.gate.decisions import decision_findings, table_findings
from engine.process.gate.events import event_findings
from engine.process.gate.findings import Finding, error, holds
from engine.process.gate.graph import graph_of
from engine.process.gate.people import (
    first_task_findings,
    lane_findings,
    role_findings,
    task_findings,
    unit_findings,
)
from engine.process.gate.reading import Reading, expression_findings, variable_findings
from engine.process.gate.rehearsal import rehearse
from engine.process.gate.repeats import repeat_findings
from engine.process.gate.schemas import read_forms
from engine.process.gate.services import service_findings, service_reading_findings
from engine.process.gate.source import schema_findings, size_findings
from engine.process.gate.structure import gateway_findings, join_findings, reference_findings, way_findings
from engine.process.gate.support import support_findings
from engine.process.gate.timers import timer_findings
from engine.process.gate.timing import timing_findings
from engine.process.gate.values import condition_findings

__all__ = ["Finding", "check", "holds"]


def check(xml: bytes, forms: Mapping[str, Any], held_roles: frozenset[str] | None = None) -> list[Finding]:
    """Everything to mend in a diagram and its forms, in the order in which it should be mended.

    `forms` maps a form key to its parsed JSON, or to an error text when its file was no JSON. `held_roles` are the
    roles that somebody holds; None when unknown. A stage runs only when what it stands on held. Never raises.
    """
    findings: list[Finding] = []
    try:
        for stage in _stages(xml, forms, held_roles):
            findings += [each for each in stage if each not in findings]
            if not holds(findings):
                break
    except DiagramError as wrong:
        findings.append(error(wrong.message, wrong.element))
    except Exception as wrong:
        # The file comes from outside and the answer must be findings; what we failed to foresee is told, not raised.
        findings.append(error(f"Pemeriksaan terhenti karena keadaan yang tidak terduga ({type(wrong).__name__}). "
                              "Kirim berkas ini kepada pengelola sistem."))  # fmt: skip
    return findings


def _stages(xml: bytes, forms: Mapping[str, Any], held_roles: frozenset[str] | None) -> Iterator[list[Finding]]:
    root = diagrams.parse_xml(xml)
    yield schema_findings(root) + size_findings(root)
    drawn = support_findings(root) + list(call_findings(root))
    try:
        diagram = diagrams.read(xml)
    except DiagramError as wrong:
        yield [*drawn, error(wrong.message, wrong.element)]
        return
    drawn += reference_findings(root, diagram)
    graph = graph_of(diagram)
    readable, form_findings = read_forms(diagram, forms)
    reading = Reading(diagram, graph, readable)
    people = [*lane_findings(diagram, _lanes(root)), *task_findings(diagram, forms), *form_findings]
    ways = [*way_findings(diagram, graph), *gateway_findings(diagram), *join_findings(diagram, graph)]
    times = [*first_task_findings(diagram, graph), *timer_findings(diagram), *expression_findings(diagram)]
    times += [*service_findings(diagram), *table_findings(root, diagram)]
    times += event_findings(diagram, graph)
    yield [*drawn, *people, *role_findings(diagram, held_roles), *ways, *times]
    assigned = reading.assigned
    yield [*variable_findings(reading), *repeat_findings(diagram, readable), *unit_findings(diagram, readable),
           *condition_findings(diagram, readable, assigned), *service_reading_findings(reading, readable),
           *decision_findings(diagram, readable, assigned), *bound_findings(graph)]  # fmt: skip
    yield list(timing_findings(diagram, graph))
    yield rehearse(xml, {key: form.schema for key, form in readable.items()})


def _lanes(root: etree._Element) -> list[tuple[str, str, dict[str, str]]]:
    """As they are drawn. Of a lane that a called process has too only the first: that they agree is asked elsewhere."""
    drawn: dict[str, str] = {}  # name -> id of the process that draws it first
    found = []
    for process in sorted(processes_of(root).values(), key=lambda each: each not in own_processes(root)):
        for each in process.iter(f"{BPMN}lane"):
            name = each.get("name", "")
            if drawn.setdefault(name, process.get("id", "")) == process.get("id", ""):
                found.append((each.get("id", ""), name, diagrams.properties_of(each)))
    return found
