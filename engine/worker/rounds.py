"""One round of background work: due timers, stale files, the log of events, the heartbeat."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, exists, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from engine.commands.attachments import drop_stale_files, remove_files
from engine.commands.fire_timers import fire_timers
from engine.commands.incidents import IDLE, report_incident
from engine.errors import Conflict, Incident
from engine.history.keys import load_signer
from engine.store.database import transaction
from engine.store.models import Case, Heartbeat, Task
from engine.worker.log import extend_log

log = logging.getLogger(__name__)
BATCH = 200


def fire_due_timers(engine: Engine, now: datetime) -> int:
    """Fire due timers of all cases, each case in its own transaction, oldest first; returns how many fired."""
    with transaction(engine) as session:
        due = select(Case.id).where(Case.next_timer_at < now, Case.incident.is_(None)).order_by(Case.next_timer_at)
        case_ids = list(session.scalars(due.limit(BATCH)))
    return sum(_fire(engine, case_id, now) for case_id in case_ids)


def _fire(engine: Engine, case_id: str, now: datetime) -> int:
    try:
        with transaction(engine) as session:
            return fire_timers(session, case_id, now)
    except Conflict:
        return 0  # somebody completed a task meanwhile; the next round looks again
    except Incident as incident:
        log.error("case %s cannot go on: %s", case_id, incident.message)
        with transaction(engine) as session:
            report_incident(session, incident, now=now, case_id=case_id)
        return 0


def find_idle_cases(engine: Engine, now: datetime) -> int:
    """Mark open cases in which nothing waits, which no step leaves behind; returns how many."""
    open_task = exists().where(Task.case_id == Case.id, Task.status == "open")
    idle = (Case.closed_at.is_(None), Case.next_timer_at.is_(None), Case.incident.is_(None), ~open_task)
    with transaction(engine) as session:
        case_ids = list(session.scalars(select(Case.id).where(*idle).limit(BATCH)))
    for case_id in case_ids:
        log.error("case %s is open but nothing waits in it", case_id)
        with transaction(engine) as session:
            report_incident(session, Incident(IDLE, "idle"), now=now, case_id=case_id)
    return len(case_ids)


def beat(engine: Engine, now: datetime, name: str = "worker") -> None:
    """Say that the worker lives."""
    make = sqlite_insert if engine.dialect.name == "sqlite" else postgresql_insert
    statement = make(Heartbeat).values(name=name, at=now)
    with transaction(engine) as session:
        session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"at": now}))


def log_events(engine: Engine, keys: Path, now: datetime) -> int:
    """Take all new events into the signed log, batch by batch; returns how many."""
    signer = load_signer(keys)
    taken = 0
    while batch := extend_log(engine, signer, now):
        taken += batch
    return taken


def one_round(engine: Engine, files: Path, now: datetime, keys: Path | None = None) -> int:
    """Everything that is due now; returns how many timers fired. Without a folder of keys nothing is logged."""
    fired = fire_due_timers(engine, now)
    find_idle_cases(engine, now)
    with transaction(engine) as session:
        dropped = drop_stale_files(session, now)
    remove_files(files, dropped)
    if keys is not None:
        log_events(engine, keys, now)
    beat(engine, now)
    return fired
