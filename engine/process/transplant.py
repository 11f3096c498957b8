"""Lets a case that stands at one place of one version stand at the same place of another. Knows no case and no clock.

Nothing is begun again: the open task and what waits at its boundary keep their ids and their instants.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from engine.process.diagram import Diagram
from engine.process.targets import begun_anew, standing_places
from engine.process.tree import give_id, live_tasks, put_token


class Misfit(Exception):
    """The place has no counterpart in the other version. `code` says why, `element` where."""

    def __init__(self, code: str, element: str = "") -> None:
        super().__init__(f"{code}: {element}")
        self.code = code  # many, gone, kind, within
        self.element = element


def place_of(diagram: Diagram, waiting: Sequence[str]) -> str:
    """The one element at which a case stands whose tasks and timers wait at these elements. Raises Misfit.

    A timer at the boundary of an activity stands where the activity stands.
    """
    elements = [diagram.elements[each] for each in waiting]
    places = {each.attached_to or each.id for each in elements}
    if len(places) != 1 or len({each.id for each in elements}) != len(elements):
        raise Misfit("many")
    return places.pop()


def check_place(old: Diagram, new: Diagram, place: str) -> None:
    """One token alone must be able to stand there in both versions, at the same kind of element. Raises Misfit."""
    if place not in standing_places(old):
        raise Misfit("many", place)
    if place not in new.elements:
        raise Misfit("gone", place)
    if _sort(new, place) != _sort(old, place):
        raise Misfit("kind", place)
    if place not in standing_places(new):
        raise Misfit("within", place)


def _sort(diagram: Diagram, element: str) -> tuple[str, str | None]:
    """What an element is, and what it waits for."""
    return diagram.elements[element].kind, diagram.elements[element].event


def transplant(
    old: BpmnWorkflow, fresh: BpmnWorkflow, drawn: tuple[Diagram, Diagram], place: str, known: Mapping[str, Any]
) -> None:
    """Let `fresh`, a workflow of the new version, stand at `place` as `old` does. `drawn` are both diagrams."""
    before = {task.task_spec.bpmn_id: task for task in live_tasks(old) if task.task_spec.bpmn_id in drawn[0].elements}
    anew = begun_anew(drawn[1], place)
    put_token(fresh, place, {name: value for name, value in known.items() if name not in anew})
    while fresh._do_engine_steps() > 0:
        pass
    for task in live_tasks(fresh):
        element = task.task_spec.bpmn_id
        kept = before.get(element)
        if not all(element in each.elements for each in drawn) or _sort(drawn[0], element) != _sort(drawn[1], element):
            continue  # it is new here, and begins
        if kept is not None and kept.state == task.state:
            task.internal_data = dict(kept.internal_data)
            task.last_state_change = kept.last_state_change
            give_id(task, kept.id)
        else:
            task.cancel()  # it has fired already, and fires once
