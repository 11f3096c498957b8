"""Messages and signals that a case waits for and that this person may record. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from engine.access import Actor, may_deliver
from engine.position import task_unit
from engine.process.diagram import Element
from engine.process.forms import Form
from engine.process.runtime import RunError
from engine.queries.cases import Sight


@dataclass(frozen=True)
class Awaited:
    """A message that may arrive: `id` for its address, the element that waits, the form of what it says."""

    id: str
    element: Element
    form: Form
    role: str  # whose it is to record
    on_behalf: bool  # a clerk records it for the reporter


def waiting_messages(actor: Actor, seen: Sight) -> list[Awaited]:
    """Those that this actor may record, in the order of the diagram; none of a state that cannot be read."""
    diagram = seen.deployed.diagram
    order = [each.id for each in diagram.messages]
    if seen.case.closed_at is not None or not order:
        return []
    try:
        waiting = seen.deployed.program.position(seen.case.state).messages
    except RunError:
        return []
    found = []
    for each in sorted((each for each in waiting if each.element in order), key=lambda each: order.index(each.element)):
        owned = may_deliver(actor, diagram, seen.case.reporter_id, each.element, task_unit(diagram, each))
        lane = diagram.lane_at(each.element)
        if owned is not None and lane is not None:
            form = seen.deployed.form_of(each.element)
            element = diagram.elements[each.element]
            found.append(Awaited(each.id, element, form, lane.name, owned.for_account is not None))
    return found
