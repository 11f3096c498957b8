"""What a step of the engine means to people: which way was taken, what opened, what is due when. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from engine.process.diagram import Diagram
from engine.process.gate.graph import CHOICES
from engine.process.runtime import Step
from engine.simulation.situation import Deadline, Passed
from engine.simulation.words import length_of
from engine.simulation.world import World

_SHOWN = frozenset({"userTask", "manualTask", "boundaryEvent", "intermediateCatchEvent", "endEvent"})


def passed(diagram: Diagram, elements: tuple[str, ...]) -> tuple[Passed, ...]:
    """The tasks, timers and ends among elements: gateways and scripts only connect them."""
    known = diagram.elements
    return tuple(Passed(each, known[each].label) for each in elements if known[each].kind in _SHOWN)


def outcome(diagram: Diagram, step: Step) -> str:
    """How the case ended, empty while it is open."""
    if step.ended is None:
        return "selesai" if step.position.completed else ""
    end = diagram.elements[step.ended]
    return end.properties.get("hasil") or end.label


def notes(world: World, step: Step, done: str) -> Iterator[str]:
    """What followed: ways taken, tasks that closed without being done (`done` was), tasks that opened."""
    elements = world.diagram.elements
    for flow in (world.diagram.flows[each] for each in step.flows):
        source = elements.get(flow.source)
        if source is not None and source.kind in CHOICES and flow.name:
            yield f"{source.label}{'' if source.label.endswith('?') else ':'} {flow.name}"
    before = {task.id: elements[task.element].label for task in step.before.tasks}
    for task_id in step.closed:
        if task_id != done:
            yield f"«{before[task_id]}» ditutup tanpa diisi."
    for task in step.opened:
        element, unit = elements[task.element], world.unit_label(task)
        yield f"«{element.label}» terbuka untuk {element.lane or 'siapa saja'}{f', {unit}' if unit else ''}."


def deadlines(world: World, step: Step, at: datetime, first: bool) -> Iterator[Deadline]:
    """When the tasks that opened and the timers that were set are due. `first`: nothing was set before."""
    elements = world.diagram.elements
    for task in step.opened:
        standard = world.standard_of(task.element)
        if standard is not None:
            due = world.calendar.add(at, standard).at
            yield Deadline(task.element, elements[task.element].label, str(standard), due)
    known = () if first else {(timer.id, timer.due) for timer in step.before.timers}
    for timer in step.position.timers:
        if (timer.id, timer.due) not in known:
            element = elements[timer.element]
            yield Deadline(timer.element, element.label, length_of(element.timer or ""), timer.due)
