"""Lets running cases follow the calendar in force: due times of tasks and cases, and timers that had asked it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from engine.commands.cases import LoadedCase, load_by_id, record, run
from engine.commands.incidents import report_incident
from engine.errors import Conflict, Incident
from engine.history.event import moment_text
from engine.store.calendars import current_calendar
from engine.store.database import transaction
from engine.store.deadlines import Change, Deadlines, changed_deadlines
from engine.store.models import Task

log = logging.getLogger(__name__)
BATCH = 200


def follow_calendar(engine: Engine, now: datetime, batch: int = BATCH) -> int:
    """Let at most `batch` cases follow, each in its own transaction; returns how many did, so call it until 0.

    What is left to do is seen by comparing, so it may stop anywhere, run twice, and run beside people at work.
    """
    with transaction(engine) as session:
        waiting = changed_deadlines(session, current_calendar(session).calendar, now)
        case_ids = [each.case_id for each in islice(waiting, batch)]
    return sum(_follow(engine, case_id, now) for case_id in case_ids)


def follow_case(session: Session, case_id: str, now: datetime) -> bool:
    """Let one case follow; returns whether anything changed. Raises NotFound, Conflict, Incident."""
    case = load_by_id(session, case_id)
    found = next(changed_deadlines(session, case.calendar.calendar, now, case_id), None)
    if found is None:
        return False
    moment = case.moment(now)
    timers = {name: change.new for name, change in found.timers.items() if change.new is not None}
    step = run(case, lambda: case.deployed.program.reschedule(case.state, timers, moment))
    case.dues |= _new(found.dues)  # so that the position states them
    columns = {"due_at": found.case_due.new}
    record(session, case, step, "calendar_followed", moment, _facts(case, found), columns=columns)
    for task_id, due in _new(found.dues).items():
        session.execute(update(Task).where(Task.id == task_id).values(due_at=due))
    return True


def _follow(engine: Engine, case_id: str, now: datetime) -> bool:
    try:
        with transaction(engine) as session:
            return follow_case(session, case_id, now)
    except Conflict:
        return False  # somebody worked on it meanwhile; the next call looks again
    except Incident as incident:
        log.error("case %s cannot follow the calendar: %s", case_id, incident.message)
        with transaction(engine) as session:
            report_incident(session, incident, now=now, case_id=case_id)
        return False


def _facts(case: LoadedCase, found: Deadlines) -> dict[str, Any]:
    return {
        "actor": None,
        "channel": "sistem",
        "why": "calendar",
        "calendar": case.calendar.number,
        "calendar_checksum": case.calendar.checksum,
        "timers": _texts(_new(found.timers)),
        "dues": _texts(_new(found.dues)),
        "case_due": _text(found.case_due.new),
        "old": {
            "timers": _texts(_old(found.timers)),
            "dues": _texts(_old(found.dues)),
            "case_due": _text(found.case_due.old),
        },
    }


def _new(changes: Mapping[str, Change]) -> dict[str, datetime | None]:
    return {name: change.new for name, change in changes.items()}


def _old(changes: Mapping[str, Change]) -> dict[str, datetime | None]:
    return {name: change.old for name, change in changes.items()}


def _texts(instants: Mapping[str, datetime | None]) -> dict[str, str | None]:
    return {name: _text(at) for name, at in instants.items()}


def _text(at: datetime | None) -> str | None:
    return moment_text(at) if at is not None else None
