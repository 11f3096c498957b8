"""What changed between two versions of a procedure, in the words of the SOP. Pure; knows no storage and no page.

Nothing that the engine acts on may differ unseen: what has no words of its own is a change of kind `technical`. Nothing
is told of what the engine does not read: the drawing, ids of flows, another tool's spelling. One part of the drawing it
does read: a gateway asks its conditions from top to bottom of the picture, so their order can change by moving a step.
"""

from __future__ import annotations

from engine.process.diff.change import Change, Mark
from engine.process.diff.fields import form_changes
from engine.process.diff.flows import flow_changes
from engine.process.diff.lanes import lane_changes, whole_changes
from engine.process.diff.pairing import pair
from engine.process.diff.side import Source, side_of
from engine.process.diff.steps import step_changes

__all__ = ["Change", "Mark", "Source", "changes"]


def changes(old: Source, new: Source) -> list[Change]:
    """Every change from `old` to `new`: the whole, roles, steps, flows, forms. Raises DiagramError.

    `kind` is one of: process_id, process_name, header; lane, lane_name, right; step, code, name, type, role,
    subprocess, attachment, event, timer, interrupting, trigger, script, decision, repeat, standard (Mutu
    Baku), form_key, property; flow, condition, flow_name, default, order; form, field, field_rule, choice, rule; note,
    technical.
    """
    before, now = side_of(old), side_of(new)
    pairs = pair(before, now)
    return [
        *whole_changes(before, now),
        *lane_changes(before, now, pairs),
        *step_changes(before, now, pairs),
        *flow_changes(before, now, pairs),
        *form_changes(before, now, pairs),
    ]
