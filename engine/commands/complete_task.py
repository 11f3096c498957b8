"""Completes a task for the person whose it is: permission, due timers, diagram, compare-and-set, event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.access import Actor, Ownership, ownership
from engine.commands.attachments import bind_files, describe_files
from engine.commands.cases import LoadedCase, TaskRow, close_tasks, load_by_task, outcome_of, record, run
from engine.commands.fire_timers import fire_first
from engine.errors import Conflict, NotFound, Rejected, TooLate
from engine.process.runtime import Step
from engine.store.models import Account, Task


@dataclass(frozen=True)
class Completed:
    """What a completion led to."""

    case_id: str
    number: str
    next_lanes: tuple[str, ...]  # roles that hold the case now
    outcome: str | None = None  # set when the case ended
    repeated: bool = False  # the same `_kunci` came again: nothing was done twice


def complete_task(
    session: Session,
    actor: Actor,
    task_id: str,
    values: Mapping[str, Any],
    *,
    now: datetime,
    key: str | None = None,
    channel: str = "web",
) -> Completed:
    """Complete an open task with values that its form has cleaned.

    Raises NotFound (unknown, or not the actor's), Conflict (finished by someone else meanwhile), Incident.
    """
    case, task = load_by_task(session, task_id)
    lanes = case.deployed.diagram.lanes
    owned = ownership(actor, lanes, lane=task.lane, unit=task.unit, owner_id=task.owner_id)
    if owned is None:
        raise NotFound
    if task.status != "open":
        return finished_before(session, case, task, actor, key)
    try:
        fire_first(session, case, now, task_id)
        step = finish(session, case, task, actor, owned, values, now=now, key=key, channel=channel)
    except TooLate:
        raise
    except Conflict:
        return finished_before(session, case, reread(session, task), actor, key)
    except Rejected:
        # The same post may have come twice at once: then its files are bound by the first.
        task = reread(session, task)
        if task.status != "open":
            return finished_before(session, case, task, actor, key)
        raise
    return Completed(case.id, case.number, lanes_of(case, step), outcome_of(case, step))


def finish(
    session: Session,
    case: LoadedCase,
    task: TaskRow,
    actor: Actor,
    owned: Ownership,
    values: Mapping[str, Any],
    *,
    now: datetime,
    key: str | None,
    channel: str,
) -> Step:
    """Run the completion and write it. Raises Conflict when the case moved on meanwhile."""
    form = case.deployed.form_of(task.element)
    moment = case.moment(now)
    read = case.deployed.diagram.read_variables
    # A field of this form that was left empty is empty now, whatever an earlier round said.
    given = {name: values.get(name) for name in sorted(read & (form.properties.keys() | values.keys()))}
    step = run(case, lambda: case.deployed.program.complete(case.state, task.id, given, moment))
    facts = {
        "actor": actor.account_id,
        "for": owned.for_account,
        "appointment": owned.appointment,
        "channel": channel,
        "task": task.id,
        "element": task.element,
        "set": given,
    }
    recorded = describe_files(session, form, values, actor.account_id)
    columns = form.case_columns(values)
    event = record(session, case, step, "task_completed", moment, facts, recorded, columns)
    bind_files(session, case.id, form, recorded)
    close_tasks(session, [task.id], "done", event.at, actor.account_id, key)
    close_tasks(session, [each for each in step.closed if each != task.id], "cancelled", event.at)
    for closed in step.closed:
        case.open_units.pop(closed, None)
    return step


def reread(session: Session, task: TaskRow) -> TaskRow:
    """The task as the winner of a race left it."""
    row = session.execute(
        select(Task.status, Task.finished_at, Task.finished_by, Task.key).where(Task.id == task.id)
    ).one()
    return TaskRow(
        task.id,
        task.element,
        task.lane,
        task.unit,
        task.owner_id,
        row.status,
        row.finished_at,
        row.finished_by,
        row.key,
    )


def finished_before(session: Session, case: LoadedCase, task: TaskRow, actor: Actor, key: str | None) -> Completed:
    """The first result for the same `_kunci`; for anyone else a Conflict that names who finished it."""
    if key and task.key == key and task.finished_by == actor.account_id:
        open_lanes = select(Task.lane).where(Task.case_id == case.id, Task.status == "open").order_by(Task.lane)
        return Completed(case.id, case.number, tuple(session.scalars(open_lanes)), repeated=True)
    if task.status == "open":
        raise Conflict("Aduan ini baru saja diubah orang lain. Tulisan Anda belum terkirim; salinannya ada di bawah.")
    if task.status == "cancelled":
        raise Conflict("Tugas ini sudah ditutup dan tidak perlu dikerjakan lagi.", at=task.finished_at)
    name = session.scalar(select(Account.name).where(Account.id == task.finished_by))
    if task.finished_by == case.reporter_id != actor.account_id:
        name = "pelapor"
    elif task.owner_id == actor.account_id:
        name = "petugas"  # staff are named to staff; the reporter reads roles
    mine = task.finished_by == actor.account_id
    by = "Anda" if mine else name
    done = "sudah Anda selesaikan" if mine else f"sudah diselesaikan {by}"
    raise Conflict(
        f"Tugas ini {done}. Tulisan Anda belum terkirim; salinannya ada di bawah.",
        by=by,
        at=task.finished_at,
    )


def lanes_of(case: LoadedCase, step: Step) -> tuple[str, ...]:
    """Roles that hold the case after a step."""
    elements = case.deployed.diagram.elements
    return tuple(sorted({elements[task.element].lane or "" for task in step.position.tasks}))
