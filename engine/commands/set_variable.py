"""Sets a variable that the diagram reads, beside the diagram: a wrong entry mended without going back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.access import Actor, held_with
from engine.commands.cases import load_by_number, record, run
from engine.commands.fire_timers import fire_first
from engine.commands.move_task import columns_of, follow_units
from engine.commands.reasons import as_value, check_reason
from engine.errors import Conflict, NotFound
from engine.store.deployments import Deployed


def variable_fields(version: Deployed) -> dict[str, str]:
    """Variable -> key of the form whose field explains it: read by the diagram and asked by a form.

    Not what each repetition of a task has for itself: set for all, no repetition could begin any more.
    """
    found: dict[str, str] = {}
    repeated = (each.multi for each in version.diagram.elements.values() if each.multi)
    own = {name for multi in repeated for name in (multi.item, multi.answer, multi.result)}
    for task in (*version.diagram.user_tasks, *version.diagram.messages):
        form = version.form_of(task.id)
        for name in form.properties:
            if name in version.diagram.read_variables and name not in own:
                found.setdefault(name, form.key)
    return found


def set_variable(
    session: Session, actor: Actor, number: str, name: str, value: Any, reason: str, *, now: datetime
) -> None:
    """Set it to a value that its form's field has cleaned; by who directs the work.

    Raises NotFound, Rejected, Conflict, Incident.
    """
    case = load_by_number(session, number)
    held = held_with(actor, case.deployed.diagram.lanes, "moves")
    if held is None:
        raise NotFound
    if case.closed_at is not None:
        raise Conflict("Aduan ini sudah ditutup.")
    check_reason(reason, isian=None if name in variable_fields(case.deployed) else "Pilih isian dari daftar.")
    fire_first(session, case, now)
    moment = case.moment(now)
    step = run(case, lambda: case.deployed.program.assign(case.state, {name: value}, moment))
    facts = {
        "actor": actor.account_id,
        "appointment": held.id,
        "channel": "web",
        "from": step.before.variables.get(name),
        "set": {name: value},
    }
    record(session, case, step, "variable_set", moment, facts, as_value(reason), columns_of(case, {name: value}))
    follow_units(session, case, step)
