"""Takes a task from the unit's list, or lays it back. A courtesy to colleagues: completing never requires it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.access import Actor, ownership
from engine.commands.cases import load_by_task, record, run
from engine.commands.fire_timers import fire_first
from engine.errors import Conflict, NotFound
from engine.store.models import Task


def claim_task(session: Session, actor: Actor, task_id: str, *, now: datetime, release: bool = False) -> None:
    """Assign an open task to the actor, or to nobody. Raises NotFound, Conflict, Incident."""
    case, task = load_by_task(session, task_id)
    owned = ownership(actor, case.deployed.diagram.lanes, lane=task.lane, unit=task.unit, owner_id=task.owner_id)
    if owned is None or owned.for_account is not None:
        raise NotFound  # what a clerk does on behalf of a reporter is on nobody's list
    if task.status != "open":
        raise Conflict("Tugas ini sudah selesai.")
    holder = case.assignees.get(task_id)
    if holder is not None and holder != actor.account_id:
        raise Conflict("Tugas ini sudah diambil orang lain.")
    if (holder is None) == release:
        return  # it is so already: a second press changes nothing and is no event
    fire_first(session, case, now, task_id)
    moment = case.moment(now)
    step = run(case, lambda: case.deployed.program.assign(case.state, {}, moment))
    if release:
        case.assignees.pop(task_id, None)
    else:
        case.assignees[task_id] = actor.account_id
    facts = {
        "actor": actor.account_id,
        "appointment": owned.appointment,
        "channel": "web",
        "task": task_id,
        "element": task.element,
    }
    record(session, case, step, "task_released" if release else "task_claimed", moment, facts)
    assignee = None if release else actor.account_id
    session.execute(update(Task).where(Task.id == task_id).values(assignee_id=assignee))
