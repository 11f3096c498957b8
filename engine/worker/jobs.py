"""The table of jobs: which work is due, who has it, when it is tried again. Knows nothing of what the work is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from engine.store.database import transaction
from engine.store.models import Job

FIRST_WAIT = timedelta(seconds=30)  # after the first failure; twice as long after each further one
LONGEST_WAIT = timedelta(hours=6)
LONGEST_PAUSE = timedelta(minutes=5)  # of recurring work: it must not sleep long after the trouble is over
MOST_ATTEMPTS = 16  # the last one 38.5 hours after the first: a day and a half of a broken mail server
KEPT = timedelta(days=30)  # finished jobs


@dataclass(frozen=True)
class Leased:
    """A job that a worker has for a while."""

    id: int
    kind: str
    key: str
    every: int | None
    attempts: int  # failures so far
    worker: str


class Overtaken(Exception):
    """Someone else did this part meanwhile, or it is not to be done any more."""


def ensure_jobs(engine: Engine, periods: Mapping[str, int], now: datetime) -> None:
    """One row for each recurring work (kind -> seconds between runs)."""
    with transaction(engine) as session:
        recurring = select(Job.kind, Job.every).where(Job.every.is_not(None))
        known: dict[str, int | None] = dict(session.execute(recurring).all())
        if known == dict(periods):
            return
        make = sqlite_insert if engine.dialect.name == "sqlite" else postgresql_insert
        rows = [{"kind": kind, "key": kind, "every": every, "due_at": now} for kind, every in periods.items()]
        statement = make(Job).values(attempts=0)
        changed = {"every": statement.excluded.every}
        session.connection().execute(statement.on_conflict_do_update(index_elements=["key"], set_=changed), rows)


def add_job(session: Session, kind: str, key: str, due: datetime) -> None:
    """Work to be done once."""
    session.execute(insert(Job), {"kind": kind, "key": key, "every": None, "due_at": due, "attempts": 0})


def lease(
    engine: Engine, worker: str, now: datetime, kinds: Sequence[str], *, limit: int, hold: timedelta
) -> list[Leased]:
    """Take due jobs, the longest due first; nobody else gets them for so long. Nothing due: one statement."""
    due = (Job.kind.in_(kinds), Job.due_at <= now, *_free(now))
    oldest = select(Job.id).where(*due).order_by(Job.due_at, Job.id).limit(limit)
    with transaction(engine) as session:
        found = list(session.scalars(oldest))
        if not found:
            return []
        mine: tuple[ColumnElement[bool], ...] = (Job.id.in_(found), *due)  # a compare-and-set
        if engine.dialect.name == "postgresql":
            unlocked = oldest.with_for_update(skip_locked=True).cte("unlocked")
            mine = (Job.id.in_(select(unlocked.c.id)),)
        columns = (Job.id, Job.kind, Job.key, Job.every, Job.attempts, Job.due_at)
        taken = update(Job).where(*mine).values(leased_until=now + hold, leased_by=worker).returning(*columns)
        rows = sorted(session.execute(taken).all(), key=lambda row: (row.due_at, row.id))
    return [Leased(row.id, row.kind, row.key, row.every, row.attempts, worker) for row in rows]


def _free(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Job.dead_at.is_(None), Job.done_at.is_(None), or_(Job.leased_until.is_(None), Job.leased_until <= now)


def succeed(session: Session, jobs: Iterable[Leased], now: datetime, *, again: Iterable[str] = ()) -> None:
    """It went well: recurring work waits for its next time (kinds in `again` do not wait), the rest is done."""
    at_once = set(again)
    for job in jobs:
        changed: dict[str, Any] = {"leased_until": None, "attempts": 0, "last_error": None}
        if job.every is None:
            changed["done_at"] = now
        else:
            changed["due_at"] = now if job.kind in at_once else now + timedelta(seconds=job.every)
        _settle(session, job, changed)


def fail(session: Session, job: Leased, now: datetime, error: str, *, for_good: bool = False) -> None:
    """It went wrong: try again later; work done once ends as a dead letter some day, or at once (`for_good`)."""
    attempts = job.attempts + 1
    changed: dict[str, Any] = {"leased_until": None, "attempts": attempts, "last_error": error}
    if job.every is None and (for_good or attempts >= MOST_ATTEMPTS):
        changed["dead_at"] = now
    else:
        changed["due_at"] = now + (wait_after(attempts) if job.every is None else _pause_after(attempts))
    _settle(session, job, changed)


def go_on(session: Session, job: Leased, now: datetime) -> None:
    """A part of it went well; the next may follow at once."""
    mine = update(Job).where(Job.id == job.id, Job.leased_by == job.worker)
    session.execute(mine.values(leased_until=None, due_at=now, attempts=0))


def run_id(job: Leased) -> int:
    """Of the run that the job is for: its key is "<kind>/<id>"."""
    return int(job.key.removeprefix(f"{job.kind}/"))


def give_back(session: Session, job: Leased, now: datetime) -> None:
    """It was not tried after all: that is no failure."""
    _settle(session, job, {"leased_until": None, "due_at": now + FIRST_WAIT})


def wait_after(attempts: int) -> timedelta:
    """How long work waits after so many failures in a row."""
    return LONGEST_WAIT if attempts > 20 else min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempts - 1))


def _pause_after(attempts: int) -> timedelta:
    return min(LONGEST_PAUSE, wait_after(attempts))


def _settle(session: Session, job: Leased, changed: Mapping[str, Any]) -> None:
    # Whoever lost the lease meanwhile says nothing any more about the job.
    session.execute(update(Job).where(Job.id == job.id, Job.leased_by == job.worker).values(**changed))


def forget_done(session: Session, now: datetime) -> None:
    """Jobs that were done long ago."""
    session.execute(delete(Job).where(Job.done_at < now - KEPT))
