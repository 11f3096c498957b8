"""A trail as the records that a page shows: open tasks with their clocks, timers and variables in words."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from engine.process.diagram import Diagram, Element
from engine.process.runtime import OpenTask, WaitingTimer
from engine.simulation.case import Trail, ordered
from engine.simulation.situation import OpenStep, Situation, Variable, Waiting
from engine.simulation.words import when
from engine.simulation.world import Stopped, World, duration
from engine.worktime import State, explain, remaining

_KINDS = {State.ON_TIME: "aman", State.NEARLY_DUE: "dekat", State.LATE: "lewat"}  # as the pages' clock is drawn


def situation_of(world: World, trail: Trail, applied: int, stopped: Stopped | None) -> Situation:
    """Where a case stands after `applied` actions, and why the next one was not taken."""
    position = trail.position
    total = duration(world.diagram.properties.get("waktu_total", ""))
    form = world.form_of(stopped.element) if stopped and stopped.errors else None
    schemas = form.properties if form else {}
    return Situation(
        started=trail.started,
        now=trail.clock,
        applied=applied,
        tasks=_steps(world, trail),
        timers=tuple(_waiting(world, each) for each in position.timers),
        variables=tuple(_variable(world, name, value) for name, value in sorted(position.variables.items())),
        elements=trail.elements,
        flows=trail.flows,
        path=trail.path,
        deadlines=trail.deadlines,
        journal=trail.journal,
        ended=position.completed,
        outcome=trail.outcome,
        total_due=world.calendar.add(trail.started, total).at if total else None,
        problem=stopped.message if stopped else "",
        element=stopped.element if stopped else "",
        errors=stopped.errors if stopped else {},
        fields={
            name: str(schemas[name].get("title", name))
            for name in (stopped.errors if stopped else ())
            if name in schemas
        },
    )


def _steps(world: World, trail: Trail) -> tuple[OpenStep, ...]:
    tasks = ordered(world, trail)
    many, seen, steps = Counter(each.element for each in tasks), Counter[str](), []
    for task in tasks:
        steps.append(_step(world, trail, task, seen[task.element], many[task.element]))
        seen[task.element] += 1
    return tuple(steps)


def _step(world: World, trail: Trail, task: OpenTask, index: int, many: int) -> OpenStep:
    element, form = world.diagram.elements[task.element], world.form_of(task.element)
    unit, lane = world.unit_label(task), world.diagram.lane_at(task.element)
    return OpenStep(
        element=element.id,
        index=index,
        name=element.label,
        which=_which(element, task, index, many),
        lane=lane.name if lane is not None else "",
        unit=unit,
        form=form.key if form else None,
        start=form.prefill(trail.recorded) if form else {},
        status=element.properties.get("status", element.label).replace("{unit}", unit or "Bidang/unit kerja terkait"),
        opened=trail.opened[task.id],
        **_clock(world, element.id, trail.opened[task.id], trail.clock),
    )


def _which(element: Element, task: OpenTask, index: int, many: int) -> str:
    if element.multi is None:
        return ""
    item = task.variables.get(element.multi.item or "")
    return str(item) if item is not None else f"{index + 1} dari {many} yang terbuka"


def _clock(world: World, element: str, opened: datetime, now: datetime) -> dict[str, Any]:
    standard = world.standard_of(element)
    if standard is None:
        return {"due": None}
    due = world.calendar.add(opened, standard)
    left, why = remaining(world.calendar, now, due.at), explain(due)
    kind = _KINDS[world.calendar.state(opened, due.at, now)]
    return {"due": due.at, "why": why[:1].upper() + why[1:], "left": left[:1].upper() + left[1:], "kind": kind}


def _waiting(world: World, timer: WaitingTimer) -> Waiting:
    element = world.diagram.elements[timer.element]
    return Waiting(element.id, element.label, timer.due, f"{_then(world.diagram, element)} sesudah {when(timer.due)}")


def _then(diagram: Diagram, element: Element) -> str:
    """What a timer does to the task it stands at."""
    host = diagram.elements.get(element.attached_to or "")
    if host is None:
        return "Aduan berjalan terus"
    return f"«{host.label}» ditutup" if element.interrupting else f"«{host.label}» tetap terbuka dan jalan lain dimulai"


def _variable(world: World, name: str, value: Any) -> Variable:
    form = next((each for each in world.forms.values() if name in each.properties), None)
    text = _text(value)
    if form is None:
        return Variable(name, name, text)
    title, worded = form.worded(name, text, world.tables)
    return Variable(name, title, worded)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return "" if value is None else str(value)
