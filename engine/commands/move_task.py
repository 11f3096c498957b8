"""Moves an open task to another unit, with a reason: sets the variable that the lane's `pemilik` names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine.access import Actor, held_with
from engine.commands.cases import LoadedCase, load_by_task, record, run
from engine.commands.fire_timers import fire_first
from engine.commands.reasons import as_value, check_reason
from engine.errors import Conflict, NotFound
from engine.position import task_unit
from engine.process.runtime import Step
from engine.store.models import FormerUnit, Task, Unit


def move_task(session: Session, actor: Actor, task_id: str, unit: str, reason: str, *, now: datetime) -> None:
    """Hand the work to another unit. Raises NotFound (not the actor's to move), Conflict, Rejected, Incident."""
    case, task = load_by_task(session, task_id)
    diagram = case.deployed.diagram
    mover = held_with(actor, diagram.lanes, "moves")
    variable = diagram.lanes[task.lane].unit_variable
    if mover is None or variable is None:
        raise NotFound
    if task.status != "open":
        raise Conflict("Tugas ini sudah selesai, jadi tidak dapat dialihkan lagi.")
    _check(session, unit, task.unit, reason)
    fire_first(session, case, now, task_id)
    moment = case.moment(now)
    step = run(case, lambda: case.deployed.program.assign(case.state, {variable: unit}, moment, task_id))
    facts = {
        "actor": actor.account_id,
        "appointment": mover.id,
        "channel": "web",
        "task": task_id,
        "element": task.element,
        "from": task.unit,
        "set": {variable: unit},
    }
    columns = columns_of(case, {variable: unit})
    record(session, case, step, "task_moved", moment, facts, as_value(reason), columns)
    follow_units(session, case, step)


def follow_units(session: Session, case: LoadedCase, step: Step) -> None:
    """Hand open tasks over whose unit changed with a variable; nobody has taken them yet."""
    for task_id, unit in _moved(case, step).items():
        session.execute(update(Task).where(Task.id == task_id).values(unit=unit, assignee_id=None))
        remember_unit(session, task_id, case.open_units[task_id])
        case.open_units[task_id] = unit


def columns_of(case: LoadedCase, values: Mapping[str, Any]) -> dict[str, Any]:
    """Case columns that these variables fill, by whichever form (`x-kasus`)."""
    found: dict[str, Any] = {}
    for form in case.deployed.forms.values():
        found |= form.only(values.keys()).case_columns(values)
    return found


def remember_unit(session: Session, task_id: str, unit: str | None) -> None:
    """The unit goes on seeing the case, also when the task comes back to it and leaves again."""
    if unit and session.get(FormerUnit, (task_id, unit)) is None:
        session.execute(insert(FormerUnit), {"task_id": task_id, "unit": unit})


def _check(session: Session, unit: str, current: str | None, reason: str) -> None:
    wrong = None
    if session.scalar(select(Unit.code).where(Unit.code == unit, Unit.active)) is None:
        wrong = "Pilih Bidang/unit kerja dari daftar."
    elif unit == current:
        wrong = "Tugas ini sudah ada di Bidang/unit kerja itu."
    check_reason(reason, bidang=wrong)


def _moved(case: LoadedCase, step: Step) -> dict[str, str | None]:
    """Open tasks whose unit changes with the variable: task id -> new unit."""
    units = {each.id: task_unit(case.deployed.diagram, each) for each in step.position.tasks}
    return {task_id: unit for task_id, unit in units.items() if case.open_units.get(task_id) != unit}
