"""Lets a running case go on in the version in force: an explicit step of the process owner, one case, one event.

Nothing begins again: what is open keeps its task, who took it, what was typed in a draft, when it is due, its timers.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from engine.access import PROCESS_OWNER, Actor, Held
from engine.commands.cases import MISMATCH, LoadedCase, load_by_number, record, run
from engine.commands.move_task import remember_unit
from engine.commands.move_token import open_proposal
from engine.commands.reasons import as_value, check_reason
from engine.errors import Conflict, Incident, NotFound
from engine.position import assignees_kept, task_facts
from engine.process.runtime import RunError, Step
from engine.process.spiff import Moment
from engine.recorded import FILLED_IN
from engine.store.deployments import Deployed, latest_deployed
from engine.store.models import Event, EventValue, Task

_ELSEWHERE = "Pindahkan setelah langkah itu selesai, atau biarkan aduan ini selesai menurut versinya."
REFUSED = {
    "many": f"Aduan ini sedang dikerjakan di beberapa tempat sekaligus. {_ELSEWHERE}",
    "gone": f"Langkah yang sedang berjalan tidak ada lagi pada versi baru. {_ELSEWHERE}",
    "kind": f"Langkah yang sedang berjalan sudah berganti jenis pada versi baru. {_ELSEWHERE}",
    "within": f"Pada versi baru, langkah yang sedang berjalan ada di dalam cabang atau perulangan. {_ELSEWHERE}",
    "kept": f"Tugas yang sedang terbuka tidak dapat dipertahankan pada versi baru. {_ELSEWHERE}",
}
ERASED = "Versi baru membaca isian yang sudah dihapus dari aduan ini, jadi aduan ini tidak dapat dipindahkan."


def migrate_case(session: Session, actor: Actor, number: str, reason: str, *, now: datetime) -> Deployed:
    """Move a running case to the version of its process in force; returns that version.

    Raises NotFound, Rejected (reason), Conflict (closed, already there, a move waits, no such place), Incident.
    """
    _owner(actor)
    check_reason(reason)
    case = load_by_number(session, number)
    new = latest_deployed(session, case.deployed.process_id)
    move_case(session, actor, case, new, reason, now=now)
    return new


def move_case(session: Session, actor: Actor, case: LoadedCase, new: Deployed, reason: str, *, now: datetime) -> None:
    """Move a loaded case to another version. Raises NotFound, Conflict, Incident."""
    held, moment = _owner(actor), case.moment(now)
    step, facts = adopted(session, case, new, moment)
    _record(session, case, new, step, {**_who(actor, held), **facts}, reason, moment)


def adopted(session: Session, case: LoadedCase, new: Deployed, moment: Moment) -> tuple[Step, dict[str, Any]]:
    """Where the case would stand in the new version, and what its event would say. Writes nothing.

    Raises Conflict with the reason why it cannot, Incident.
    """
    _check(session, case, new)
    values = _newly_read(session, case, new)
    try:
        step = run(case, lambda: new.program.adopt(case.deployed.program, case.state, values, moment))
    except Incident as incident:
        cause = incident.__cause__
        if isinstance(cause, RunError) and cause.code in REFUSED:
            raise Conflict(REFUSED[cause.code]) from cause
        raise
    if new.program.position(step.state) != step.position:  # proved before anything is saved
        raise Incident(MISMATCH, "digest")
    old = case.deployed
    facts = {"from": old.checksum, "deployment": new.checksum, "versions": [old.number, new.number], "set": values}
    return step, facts


def _check(session: Session, case: LoadedCase, new: Deployed) -> None:
    if case.closed_at is not None:
        raise Conflict("Aduan ini sudah ditutup; riwayatnya tetap pada versinya.")
    if case.deployed.id == new.id:
        raise Conflict("Aduan ini sudah berjalan menurut versi yang berlaku.")
    if open_proposal(session, case.id) is not None:
        raise Conflict("Masih ada usulan pemindahan langkah pada aduan ini. Putuskan dahulu usulan itu.")


def _newly_read(session: Session, case: LoadedCase, new: Deployed) -> dict[str, Any]:
    """Variables that only the new version reads, as people last typed them. Raises Conflict when one was erased."""
    names = new.diagram.read_variables - case.deployed.diagram.read_variables
    stream = f"kasus/{case.id}"
    typed = select(Event.body, EventValue.name, EventValue.value).join(
        EventValue, and_(EventValue.stream == Event.stream, EventValue.seq == Event.seq)
    )
    which = (Event.stream == stream, EventValue.name.in_(sorted(names)))
    found: dict[str, str | None] = {}
    for row in session.execute(typed.where(*which).order_by(Event.seq)) if names else ():
        if orjson.loads(row.body)["type"] in FILLED_IN:
            found[row.name] = row.value
    if None in found.values():
        raise Conflict(ERASED)
    return {name: orjson.loads(value or "null") for name, value in found.items()}


def _owner(actor: Actor) -> Held:
    held = next((each for each in actor.held if each.role == PROCESS_OWNER), None)
    if held is None:
        raise NotFound
    return held


def _who(actor: Actor, held: Held) -> dict[str, Any]:
    return {"actor": actor.account_id, "appointment": held.id, "channel": "web"}


def _record(
    session: Session, case: LoadedCase, new: Deployed, step: Step, facts: dict[str, Any], reason: str, moment: Moment
) -> None:
    old, units = case.deployed, dict(case.open_units)
    case.assignees = assignees_kept(old.diagram, new.diagram, step.position, case.assignees)
    case.deployed = new
    columns = {"deployment_id": new.id, "incident": None}
    record(session, case, step, "case_migrated", moment, facts, as_value(reason), columns)
    for task in step.position.tasks:
        said = task_facts(new.diagram, task)
        lane = new.diagram.lanes[said["lane"]]
        owner = case.reporter_id if lane.is_reporter else None
        values = {"lane": said["lane"], "unit": said["unit"], "owner_id": owner}
        session.execute(
            update(Task).where(Task.id == task.id).values(**values, assignee_id=case.assignees.get(task.id))
        )
        if units.get(task.id) != said["unit"]:
            remember_unit(session, task.id, units.get(task.id))
        case.open_units[task.id] = said["unit"]
