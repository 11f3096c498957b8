"""Where a case stands as history records it: canonical data and its digest. Knows no storage and no web."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.history.event import canonical, digest, moment_text
from engine.process.diagram import Diagram
from engine.process.runtime import OpenTask, Position, Step, WaitingMessage


def task_unit(diagram: Diagram, task: OpenTask | WaitingMessage) -> str | None:
    """The unit that owns a task or records a message: what the variable holds that its lane's `pemilik` names."""
    lane = diagram.lane_at(task.element)
    if lane is None or lane.unit_variable is None:
        return None
    value = task.variables.get(lane.unit_variable)
    return str(value) if value is not None else ""


def task_facts(diagram: Diagram, task: OpenTask) -> dict[str, Any]:
    """An open task as it stands in an event's body: id, element, lane, unit."""
    lane = diagram.elements[task.element].lane
    return {"id": task.id, "element": task.element, "lane": lane, "unit": task_unit(diagram, task)}


def message_facts(diagram: Diagram, position: Position) -> dict[str, Any]:
    """Messages that a case waits for, as they stand in a body; nothing for a case that waits for none."""
    found = [
        {"id": each.id, "element": each.element, "name": each.name, "unit": task_unit(diagram, each)}
        for each in position.messages
    ]
    return {"messages": found} if found else {}


def position_facts(
    diagram: Diagram, position: Position, assignees: Mapping[str, str], dues: Mapping[str, datetime | None]
) -> dict[str, Any]:
    """Everything that decides what happens next. A task's id leads to the account that took it, and when it is due."""
    return {
        "completed": position.completed,
        "tasks": [
            task_facts(diagram, task)
            | {"assignee": assignees.get(task.id)}
            | due_facts(dues.get(task.id))
            | _own(task, position)
            for task in position.tasks
        ],
        "timers": [
            {"id": timer.id, "element": timer.element, "due": moment_text(timer.due)} for timer in position.timers
        ],
        "variables": position.variables,
    } | message_facts(diagram, position)


def _own(task: OpenTask, position: Position) -> dict[str, Any]:
    """Variables that this task sees otherwise than the case as a whole."""
    own = {name: value for name, value in task.variables.items() if value != position.variables[name]}
    return {"own": own} if own else {}


def due_facts(due: datetime | None) -> dict[str, str]:
    """When a task is due, as it stands in a body; nothing for one without a deadline."""
    return {"due": moment_text(due)} if due is not None else {}


def position_digest(
    diagram: Diagram, position: Position, assignees: Mapping[str, str], dues: Mapping[str, datetime | None]
) -> str:
    """SHA-256 of the canonical position."""
    return digest(canonical(position_facts(diagram, position, assignees, dues)))


def assignees_after(diagram: Diagram, step: Step, assignees: Mapping[str, str]) -> dict[str, str]:
    """Who holds which open task after a step: closed tasks are held by nobody, nor are those whose unit changed."""
    before = {task.id: task_unit(diagram, task) for task in step.before.tasks}
    after = {task.id: task_unit(diagram, task) for task in step.position.tasks}
    return {task: account for task, account in assignees.items() if task in after and before.get(task) == after[task]}


def assignees_kept(old: Diagram, new: Diagram, position: Position, assignees: Mapping[str, str]) -> dict[str, str]:
    """Who holds which open task after the case moved to another version: whose role and unit stay the same."""
    found = {}
    for task in position.tasks:
        facts = [task_facts(each, task) for each in (old, new)]
        if task.id in assignees and facts[0] == facts[1]:
            found[task.id] = assignees[task.id]
    return found
