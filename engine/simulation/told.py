"""What a step of the engine means to people: which way was taken, what opened, what is due when. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.process.diagram import Diagram
from engine.process.gate.graph import CHOICES
from engine.process.operations import (
    DOCUMENT,
    OperationFailed,
    Paper,
    carried_out,
    field_words,
    operation_of,
    variable_words,
)
from engine.process.runtime import Served, Step
from engine.simulation.situation import Deadline, Passed
from engine.simulation.words import length_of
from engine.simulation.world import World
from engine.worktime import date_text

NUMBER = "ADU-0000-000000"  # stands for the number of a case that does not exist
_SHOWN_LETTERS = 300
_SHOWN = frozenset({"userTask", "manualTask", "serviceTask", "boundaryEvent", "intermediateCatchEvent", "endEvent"})


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


def notes(
    world: World, step: Step, done: str, recorded: Mapping[str, Mapping[str, Any]], at: datetime
) -> Iterator[str]:
    """What followed: ways taken, tasks that closed without being done (`done` was), service tasks, tasks that opened.

    `recorded` are the values of each form so far.
    """
    elements = world.diagram.elements
    for flow in (world.diagram.flows[each] for each in step.flows):
        source = elements.get(flow.source)
        if source is not None and source.kind in CHOICES and flow.name:
            yield f"{source.label}{'' if source.label.endswith('?') else ':'} {flow.name}"
    before = {task.id: elements[task.element].label for task in step.before.tasks}
    for task_id in step.closed:
        if task_id != done:
            yield f"«{before[task_id]}» ditutup tanpa diisi."
    for each in step.served:
        yield _would_do(world, each, recorded, at)
    for task in step.opened:
        element, unit = elements[task.element], world.unit_label(task)
        yield f"«{element.label}» terbuka untuk {element.lane or 'siapa saja'}{f', {unit}' if unit else ''}."


def _would_do(world: World, at: Served, recorded: Mapping[str, Mapping[str, Any]], now: datetime) -> str:
    """What a service task would do; nothing is sent and nothing is kept."""
    element = world.diagram.elements[at.element]
    names = {table: {each.value: each.label for each in listed} for table, listed in world.tables.items()}
    words = {"nomor": NUMBER, "tanggal": date_text(now), **variable_words(element, world.forms, at.variables, names)}
    if operation_of(element) == DOCUMENT:
        for key, values in recorded.items():
            words |= field_words(world.forms[key], values, names)
    try:
        effect = carried_out(world.diagram, element, words, at.variables)
    except OperationFailed as failed:
        return f"Langkah otomatis «{element.label}» akan gagal: {failed}."
    if isinstance(effect, Paper):
        return f"Akan dibuat dokumen «{effect.title}»: {' '.join(filter(None, effect.paragraphs))[:_SHOWN_LETTERS]}"
    unit = names.get("unit", {}).get(effect.unit, effect.unit)
    to = " ".join(filter(None, (effect.lane or "pelapor", unit)))
    return f"Akan dikirim kepada {to}: «{effect.text}»"


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
