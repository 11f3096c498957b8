"""Moves an open task to another unit, with a reason: sets the variable that the lane's `pemilik` names."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine.access import Actor, held_with
from engine.commands.cases import LoadedCase, load_by_task, record, run
from engine.errors import Conflict, NotFound, Rejected
from engine.position import task_facts
from engine.process.runtime import Step
from engine.store.models import FormerUnit, Task, Unit

MIN_REASON, MAX_REASON = 10, 1000  # characters


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
    moment = case.moment(now)
    step = run(case, lambda: case.deployed.program.assign(case.state, {variable: unit}, moment))
    moved = _moved(case, step)
    units = dict(case.open_units)
    facts = {
        "actor": actor.account_id,
        "appointment": mover.id,
        "channel": "web",
        "task": task_id,
        "element": task.element,
        "from": task.unit,
        "set": {variable: unit},
    }
    columns = {"bidang": unit} if _fills_bidang(case, variable) else {}
    record(session, case, step, "task_moved", moment, facts, {"alasan": reason}, columns)
    for each, to_unit in moved.items():
        session.execute(update(Task).where(Task.id == each).values(unit=to_unit, assignee_id=None))
        _remember(session, each, units[each])


def _remember(session: Session, task_id: str, unit: str | None) -> None:
    """The unit goes on seeing the case, also when the task comes back to it and leaves again."""
    if unit and session.get(FormerUnit, (task_id, unit)) is None:
        session.execute(insert(FormerUnit), {"task_id": task_id, "unit": unit})


def _check(session: Session, unit: str, current: str | None, reason: str) -> None:
    errors: dict[str, str] = {}
    known = session.scalar(select(Unit.code).where(Unit.code == unit, Unit.active))
    if known is None:
        errors["bidang"] = "Pilih Bidang/unit kerja dari daftar."
    elif unit == current:
        errors["bidang"] = "Tugas ini sudah ada di Bidang/unit kerja itu."
    if len(reason.strip()) < MIN_REASON:
        errors["alasan"] = f"Tulis alasan paling sedikit {MIN_REASON} huruf."
    if len(reason) > MAX_REASON:
        errors["alasan"] = f"Alasan paling banyak {MAX_REASON} huruf."
    if errors:
        raise Rejected(errors)


def _fills_bidang(case: LoadedCase, variable: str) -> bool:
    schemas = (form.properties.get(variable, {}) for form in case.deployed.forms.values())
    return any(schema.get("x-kasus") == "bidang" for schema in schemas)


def _moved(case: LoadedCase, step: Step) -> dict[str, str | None]:
    """Open tasks whose unit changes with the variable: task id -> new unit."""
    diagram, variables = case.deployed.diagram, step.position.variables
    units = {each.id: task_facts(diagram, each, variables)["unit"] for each in step.position.tasks}
    return {task_id: unit for task_id, unit in units.items() if case.open_units.get(task_id) != unit}
