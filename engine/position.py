"""Where a case stands as history records it: canonical data and its digest. Knows no storage and no web."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.history.event import canonical, digest, moment_text
from engine.process.diagram import Diagram
from engine.process.runtime import OpenTask, Position, Step


def task_unit(diagram: Diagram, element: str, variables: Mapping[str, Any]) -> str | None:
    """The unit that owns a task: the value of the variable its lane's `pemilik` names, else None."""
    lane = diagram.lanes.get(diagram.elements[element].lane or "")
    if lane is None or lane.unit_variable is None:
        return None
    value = variables.get(lane.unit_variable)
    return str(value) if value is not None else ""


def task_facts(diagram: Diagram, task: OpenTask, variables: Mapping[str, Any]) -> dict[str, Any]:
    """An open task as it stands in an event's body: id, element, lane, unit."""
    lane = diagram.elements[task.element].lane
    return {"id": task.id, "element": task.element, "lane": lane, "unit": task_unit(diagram, task.element, variables)}


def position_facts(diagram: Diagram, position: Position, assignees: Mapping[str, str]) -> dict[str, Any]:
    """Everything that decides what happens next. `assignees` maps a task's id to the account that took it."""
    return {
        "completed": position.completed,
        "tasks": [
            task_facts(diagram, task, position.variables) | {"assignee": assignees.get(task.id)}
            for task in position.tasks
        ],
        "timers": [
            {"id": timer.id, "element": timer.element, "due": moment_text(timer.due)} for timer in position.timers
        ],
        "variables": position.variables,
    }


def position_digest(diagram: Diagram, position: Position, assignees: Mapping[str, str]) -> str:
    """SHA-256 of the canonical position."""
    return digest(canonical(position_facts(diagram, position, assignees)))


def assignees_after(diagram: Diagram, step: Step, assignees: Mapping[str, str]) -> dict[str, str]:
    """Who holds which open task after a step: closed tasks are held by nobody, nor are those whose unit changed."""
    before, after = step.before.variables, step.position.variables
    elements = {task.id: task.element for task in step.position.tasks}
    return {
        task: account
        for task, account in assignees.items()
        if task in elements and task_unit(diagram, elements[task], before) == task_unit(diagram, elements[task], after)
    }
