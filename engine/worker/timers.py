"""Fires the due timers of all cases in the order of their instants, and finds cases in which nothing waits."""

from __future__ import annotations

import heapq
import logging
import time
from datetime import datetime

from sqlalchemy import Engine, exists, or_, select
from sqlalchemy.exc import SQLAlchemyError

from engine.commands.fire_timers import fire_until
from engine.commands.incidents import IDLE, report_incident
from engine.errors import Conflict, Incident
from engine.store.database import transaction
from engine.store.models import Case, Task

log = logging.getLogger(__name__)
BATCH = 200  # cases
PATIENCE = 20.0  # seconds after which the rest is left to the next round: other work waits too


def fire_due_timers(engine: Engine, now: datetime, patience: float = PATIENCE) -> int:
    """Fire due timers of all cases in the order of their instants; returns how many fired.

    Each case's turn is a transaction of its own. One that cannot go on does not keep the others from it; the first
    unexpected error is raised when all had their turn.
    """
    end, fired, errors = time.monotonic() + patience, 0, list[Exception]()
    while batch := _due_cases(engine, now):
        before = fired
        fired += _fire_batch(engine, batch, now, end, errors)
        if fired == before or len(batch) < BATCH or time.monotonic() > end:
            break
    if errors:
        raise errors[0]
    return fired


def _due_cases(engine: Engine, now: datetime) -> list[tuple[datetime, str]]:
    due = select(Case.next_timer_at, Case.id).where(Case.next_timer_at < now, Case.incident.is_(None))
    with transaction(engine) as session:
        rows = session.execute(due.order_by(Case.next_timer_at, Case.id).limit(BATCH)).all()
    return [(at, case_id) for at, case_id in rows if at is not None]


def _fire_batch(
    engine: Engine, batch: list[tuple[datetime, str]], now: datetime, end: float, errors: list[Exception]
) -> int:
    fired, last = 0, batch[-1][0] if len(batch) == BATCH else now
    heap = list(batch)  # sorted, so a heap already
    while heap and time.monotonic() <= end:
        _, case_id = heapq.heappop(heap)
        until = min(last, heap[0][0]) if heap else last
        try:
            count, following = _fire(engine, case_id, now, until)
        except SQLAlchemyError:
            raise  # the database itself: the others would fare no better
        except Exception as error:
            log.exception("case %s keeps its timer", case_id)
            errors.append(error)
            continue
        fired += count
        if count and following is not None and following <= last and following < now:
            heapq.heappush(heap, (following, case_id))
    return fired


def _fire(engine: Engine, case_id: str, now: datetime, until: datetime) -> tuple[int, datetime | None]:
    try:
        with transaction(engine) as session:
            return fire_until(session, case_id, now, until)
    except Conflict:
        return 0, None  # somebody completed a task meanwhile; the next round looks again
    except Incident as incident:
        log.error("case %s cannot go on: %s", case_id, incident.message)
        with transaction(engine) as session:
            report_incident(session, incident, now=now, case_id=case_id)
        return 0, None


def find_idle_cases(engine: Engine, now: datetime) -> int:
    """Mark open cases in which nothing waits, which no step leaves behind; returns how many."""
    open_task = exists().where(Task.case_id == Case.id, Task.status == "open")
    waits = (Case.next_timer_at.is_not(None), Case.awaits, open_task)
    idle = (Case.closed_at.is_(None), Case.incident.is_(None), ~or_(*waits))
    with transaction(engine) as session:
        case_ids = list(session.scalars(select(Case.id).where(*idle).limit(BATCH)))
    for case_id in case_ids:
        log.error("case %s is open but nothing waits in it", case_id)
        with transaction(engine) as session:
            report_incident(session, Incident(IDLE, "idle"), now=now, case_id=case_id)
    return len(case_ids)
