"""Cases that cannot go on: written down as events, retried or skipped by Pengelola Sistem."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.access import ADMINISTRATOR, Actor
from engine.commands.cases import LoadedCase, close_tasks, load_by_id, load_by_number, position_of, record, record_fact
from engine.commands.cases import run as run_step
from engine.commands.fire_timers import fire_due
from engine.commands.reasons import as_value, check_reason
from engine.commands.rebuild import rebuild_case
from engine.errors import Conflict, Incident, NotFound
from engine.position import task_unit
from engine.store.models import Case, Event, Task

IDLE = "Aduan ini belum selesai, tetapi tidak ada tugas atau batas waktu yang menunggu di dalamnya."


def report_incident(
    session: Session, incident: Incident, *, now: datetime, case_id: str | None = None, task_id: str | None = None
) -> None:
    """Mark the case, which may be named by one of its tasks, and say so in its history; said once is enough."""
    if case_id is None:
        case_id = session.scalar(select(Task.case_id).where(Task.id == task_id))
    known = session.execute(select(Case.incident).where(Case.id == case_id)).first()
    if case_id is None or known is None or known.incident == incident.message:
        return
    case = load_by_id(session, case_id)
    if not _at_its_end(session, case):
        # Where history and case have parted, no event can follow: the mark alone stays until someone retries.
        session.execute(update(Case).where(Case.id == case_id).values(incident=incident.message))
        return
    facts = {"actor": None, "channel": "sistem", "reason": incident.code, "message": incident.message}
    record_fact(session, case, "incident_raised", now, facts, columns={"incident": incident.message})


def _at_its_end(session: Session, case: LoadedCase) -> bool:
    """Whether the row stands at the last event of its stream and states that event's position."""
    which = select(Event.seq, Event.hash, Event.body).where(Event.stream == f"kasus/{case.id}")
    last = session.execute(which.order_by(Event.seq.desc()).limit(1)).one()
    stated = orjson.loads(last.body).get("position")
    return (last.seq, last.hash, stated) == (case.rev, case.head, case.position)


def retry_incident(session: Session, actor: Actor, number: str, reason: str, *, now: datetime) -> bool:
    """Let a case that is held up go on; returns whether it had to be rebuilt from its history.

    Raises NotFound, Rejected, Conflict (not held up), Incident (it still cannot go on; nothing was changed).
    """
    case = _held_up(session, actor, number, reason)
    rebuilt = not _sound(session, case)
    if rebuilt:
        rebuild_case(session, case)
    facts = _facts(actor) | {"rebuilt": rebuilt}
    record_fact(session, case, "incident_retried", now, facts, as_value(reason), {"incident": None})
    fire_due(session, case, now)
    _check_waiting(case)
    return rebuilt


def skip_incident(session: Session, actor: Actor, number: str, reason: str, *, now: datetime) -> None:
    """Put the incident aside: a due timer that cannot fire never will; else people go on with the open task.

    Raises NotFound, Rejected, Conflict, Incident (nothing can be skipped here).
    """
    case = _held_up(session, actor, number, reason)
    position = position_of(case)
    due = [timer for timer in position.timers if timer.due < now]
    if not due:
        _check_waiting(case)
        record_fact(session, case, "incident_skipped", now, _facts(actor), as_value(reason), {"incident": None})
        return
    moment = case.moment(now)
    step = run_step(case, lambda: case.deployed.program.drop_timer(case.state, due[0].id, moment))
    facts = _facts(actor) | {"timer": due[0].id, "element": due[0].element}
    event = record(session, case, step, "incident_skipped", moment, facts, as_value(reason), {"incident": None})
    close_tasks(session, step.closed, "cancelled", event.at)


def _held_up(session: Session, actor: Actor, number: str, reason: str) -> LoadedCase:
    if not actor.holds(ADMINISTRATOR):
        raise NotFound
    case = load_by_number(session, number)
    check_reason(reason)
    if session.scalar(select(Case.incident).where(Case.id == case.id)) is None:
        raise Conflict("Aduan ini tidak tertahan lagi.")
    return case


def _facts(actor: Actor) -> dict[str, Any]:
    held = next(each.id for each in actor.held if each.role == ADMINISTRATOR)
    return {"actor": actor.account_id, "appointment": held, "channel": "web"}


def _sound(session: Session, case: LoadedCase) -> bool:
    if not _at_its_end(session, case):
        return False
    try:
        position = position_of(case)
    except Incident:
        return False
    units = {task.id: task_unit(case.deployed.diagram, task) for task in position.tasks}
    return units == case.open_units and (position.next_timer, position.completed) == (
        case.next_timer_at,
        case.closed_at is not None,
    )


def _check_waiting(case: LoadedCase) -> None:
    if case.closed_at is None and not case.open_units and case.next_timer_at is None and not position_of(case).messages:
        raise Incident(IDLE, "idle")
