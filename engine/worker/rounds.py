"""The recurring work by name, and one round in which all of it is done in order. Knows no loop and no lease."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from engine.commands.attachments import drop_stale_files, orphan_files, remove_files
from engine.commands.erase_case import finish_erasures
from engine.commands.follow_calendar import follow_calendar
from engine.commands.proposals import due_proposals, put_due_in_force
from engine.history.keys import load_signer
from engine.store.calendars import newest_number
from engine.store.database import transaction
from engine.store.models import Cursor, Heartbeat
from engine.worker.desk import Desk
from engine.worker.digest import begin_digests, digest
from engine.worker.jobs import ensure_jobs, forget_done
from engine.worker.log import extend_log
from engine.worker.news import BATCH, begin, notify
from engine.worker.outsiders import tell_outsiders
from engine.worker.post import send_due_mail
from engine.worker.remind import remind
from engine.worker.runs import advance_runs
from engine.worker.timers import find_idle_cases, fire_due_timers
from engine.worker.trace import follow
from engine.worker.writing import ensure_cursor

__all__ = ["DUTIES", "beat", "find_idle_cases", "fire_due_timers", "log_events", "one_round", "prepare"]


@dataclass(frozen=True)
class Duty:
    """Recurring work. `run` returns whether more of it waits already."""

    every: int  # seconds
    run: Callable[[Engine, Desk, datetime], bool]


def _calendar(engine: Engine, _: Desk, now: datetime) -> bool:
    """Cases follow a calendar that is newer than the one they last followed."""
    with transaction(engine) as session:
        newest, followed = newest_number(session), session.get(Cursor, "calendar")
    if newest == (followed.place if followed is not None else 0):
        return False
    if follow_calendar(engine, now):
        return True
    with transaction(engine) as session:
        ensure_cursor(session, "calendar", newest)
        session.execute(update(Cursor).where(Cursor.name == "calendar").values(place=newest))
    return False


def _calendar_again(engine: Engine, _: Desk, now: datetime) -> bool:
    """Cases that could not follow before, such as those that were held up."""
    return follow_calendar(engine, now) > 0


def _timers(engine: Engine, _: Desk, now: datetime) -> bool:
    return fire_due_timers(engine, now) > 0


def _log(engine: Engine, desk: Desk, now: datetime) -> bool:
    if desk.keys is not None:
        log_events(engine, desk.keys, now)
    return False


def _notify(engine: Engine, desk: Desk, now: datetime) -> bool:
    return notify(engine, desk, now) == BATCH


def _trace(engine: Engine, _: Desk, now: datetime) -> bool:
    return follow(engine, now)


def _remind(engine: Engine, desk: Desk, now: datetime) -> bool:
    remind(engine, desk, now)
    return False


def _digest(engine: Engine, desk: Desk, now: datetime) -> bool:
    digest(engine, desk, now)
    return False


def _outsiders(engine: Engine, desk: Desk, now: datetime) -> bool:
    tell_outsiders(engine, desk, now)
    return False


def _tidy(engine: Engine, desk: Desk, now: datetime) -> bool:
    find_idle_cases(engine, now)
    with transaction(engine) as session:
        dropped = drop_stale_files(session, now)
        forget_done(session, now)
    remove_files(desk.files, dropped)
    return False


def _sweep(engine: Engine, desk: Desk, now: datetime) -> bool:
    """What crashes left behind: files without a row, and erased text that an interrupted erasure did not wipe."""
    with transaction(engine) as session:
        orphans = orphan_files(session, desk.files, now)
    remove_files(desk.files, orphans)
    finish_erasures(engine, desk.files)
    return False


def _deploy(engine: Engine, _: Desk, now: datetime) -> bool:
    """Approved proposals come into force on their day; one that no longer passes goes back to its draft."""
    with transaction(engine) as session:
        due = due_proposals(session, now)
    for proposal in due:
        with transaction(engine) as session:
            put_due_in_force(session, proposal, now=now)
    return False


# In the order of a round: a timer is due by the calendar in force, what it does is logged, and what is logged is told.
DUTIES = {
    "calendar": Duty(10, _calendar),
    "calendar_again": Duty(3600, _calendar_again),
    "timers": Duty(2, _timers),
    "deploy": Duty(30, _deploy),
    "tidy": Duty(60, _tidy),
    "sweep": Duty(3600, _sweep),
    "log": Duty(2, _log),
    "notify": Duty(2, _notify),
    "trace": Duty(5, _trace),
    "remind": Duty(60, _remind),
    "digest": Duty(60, _digest),
    "outsiders": Duty(60, _outsiders),
    "runs": Duty(3, advance_runs),
}


def prepare(engine: Engine, now: datetime) -> None:
    """What a worker needs before its first round: the rows of the recurring work, and where followers begin."""
    ensure_jobs(engine, {kind: duty.every for kind, duty in DUTIES.items()}, now)
    with transaction(engine) as session:
        begin(session)
        begin_digests(session, now)


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


def one_round(engine: Engine, files: Path, now: datetime, keys: Path | None = None, desk: Desk | None = None) -> int:
    """Everything that is due now, once, in order; returns how many timers fired.

    Without a folder of keys nothing is logged, and so nobody is told of events. `desk` stands for both folders.
    """
    desk = desk or Desk(files, keys)
    prepare(engine, now)
    fired = 0
    for kind, duty in DUTIES.items():
        if kind == "timers":
            fired = fire_due_timers(engine, now)
        else:
            while duty.run(engine, desk, now):
                pass
    while send_due_mail(engine, desk, lambda: now, "round"):
        pass
    beat(engine, now)
    return fired
