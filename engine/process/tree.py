"""The library's tree of tasks: what is in it, dropping its past, putting a token somewhere. Knows no diagram."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import SignalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

_HELD = (TaskState.READY, TaskState.WAITING, TaskState.STARTED)
_UNTOUCHED = TaskState.PREDICTED_MASK | TaskState.FUTURE


def all_tasks(workflow: BpmnWorkflow) -> list[Task]:
    """Every task, those of subprocesses too."""
    # Plain dictionaries: get_tasks() walks the tree, slower and cut off at depth 1000 (facts.md).
    return [task for each in (workflow, *workflow.subprocesses.values()) for task in each.tasks.values()]


def live_tasks(workflow: BpmnWorkflow) -> list[Task]:
    """Tasks that are ready for a person or wait for something."""
    return [task for task in all_tasks(workflow) if task.state in (TaskState.READY, TaskState.WAITING)]


def places_of_tokens(workflow: BpmnWorkflow) -> set[str]:
    """Elements at which something waits or is repeated, in subprocesses too; the library's own splits have none."""
    held = [task for task in all_tasks(workflow) if task.state in _HELD]
    return {name for task in held if (name := getattr(task.task_spec, "bpmn_id", None)) is not None}


def find_task(workflow: BpmnWorkflow, task_id: str) -> Task | None:
    """The task with this id (32 hex digits)."""
    wanted = UUID(task_id)
    return next((task for task in all_tasks(workflow) if task.id == wanted), None)


def due_of(task: Task) -> datetime | None:
    """When a waiting timer is due, None for any other task."""
    value = task.internal_data.get("event_value") if task.state == TaskState.WAITING else None
    if isinstance(value, dict):
        value = value["next"] if value["cycles"] else None
    if value is None:
        return None
    due = datetime.fromisoformat(value)
    return due if due.tzinfo else due.replace(tzinfo=UTC)


def awaited(task: Task) -> str | None:
    """Name of the message or signal that a task waits for, None for any other task."""
    definition = getattr(task.task_spec, "event_definition", None)
    waits = task.state == TaskState.WAITING and isinstance(definition, MessageEventDefinition | SignalEventDefinition)
    return str(definition.name) if waits and definition is not None else None


def set_due(task: Task, due: datetime) -> None:
    """Let a waiting timer be due at another instant; of a cycle, its next time."""
    value = task.internal_data["event_value"]
    text = due.astimezone(UTC).isoformat()
    task.internal_data["event_value"] = {**value, "next": text} if isinstance(value, dict) else text


def give_id(task: Task, id: UUID) -> None:
    """Let a task be known by another id. It keeps its place: a state is read parents first, or loses their data."""
    parent, children, former = task.parent, task.children, task.id
    task.id = id
    task.workflow.tasks = {id if key == former else key: each for key, each in task.workflow.tasks.items()}
    if parent is not None:
        parent._children = [id if each == former else each for each in parent._children]
    for child in children:
        child._parent = id


def depth_of(workflow: BpmnWorkflow) -> int:
    """Length of the longest path through the tree."""
    deepest = 0
    stack = [(workflow.task_tree, 1)]
    while stack:
        task, depth = stack.pop()
        deepest = max(deepest, depth)
        stack.extend((child, depth + 1) for child in task.children)
    return deepest


def put_token(workflow: BpmnWorkflow, element: str, data: Mapping[str, Any]) -> None:
    """Let a fresh workflow stand before `element` and nowhere else. Timers at its boundary are armed anew."""
    root = workflow.task_tree
    root._drop_children(force=True)
    root.data = dict(data)
    root._set_state(TaskState.COMPLETED)
    specs = workflow.spec.task_specs
    # A task with boundary events is entered through the split that the library puts before it.
    entry = specs.get(f"{element}.BoundaryEventSplit") or specs[element]
    task = root._add_child(entry, TaskState.FUTURE)
    entry._predict(task, mask=_UNTOUCHED)
    entry._update(task)


def drop_past(workflow: BpmnWorkflow) -> None:
    """Drop finished history above the lowest task that still has open ones below it: events already hold it."""
    unfinished = _with_unfinished(workflow)
    root = workflow.task_tree
    while root.has_state(TaskState.FINISHED_MASK):
        alive = [child for child in root.children if child.id in unfinished]
        if len(alive) != 1 or not alive[0].has_state(TaskState.FINISHED_MASK):
            break
        root = alive[0]
    keep: set[UUID] = set()
    stack = [root]
    while stack:
        task = stack.pop()
        keep.add(task.id)
        stack.extend(task.children)
    workflow.tasks = {key: task for key, task in workflow.tasks.items() if key in keep}
    # Subprocesses that are over go with the tasks that began them.
    while gone := [key for key in workflow.subprocesses if not _within(workflow, key)]:
        for key in gone:
            del workflow.subprocesses[key]
    workflow.task_tree = root
    root._parent = None
    if workflow.last_task is not None and workflow.last_task.id not in keep:
        workflow.last_task = None


def _within(workflow: BpmnWorkflow, task_id: UUID) -> bool:
    return task_id in workflow.tasks or any(task_id in each.tasks for each in workflow.subprocesses.values())


def _with_unfinished(workflow: BpmnWorkflow) -> set[UUID]:
    marked: set[UUID] = set()
    for task in workflow.tasks.values():
        current = task if task.has_state(TaskState.NOT_FINISHED_MASK) else None
        while current is not None and current.id not in marked:
            marked.add(current.id)
            current = current.parent
    return marked
