"""Long work that was asked for, done in parts: other work of the worker goes on in between."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from engine.commands import dry_runs, migrations
from engine.store.database import transaction
from engine.worker.desk import Desk
from engine.worker.dry_run import advance_dry_run, fail_dry_run
from engine.worker.jobs import Leased, Overtaken, fail, lease
from engine.worker.migration import advance_migration, fail_migration

log = logging.getLogger(__name__)
HOLD = timedelta(minutes=5)  # longer than any part: a killed worker's run rests so long
MOST_FAILURES = 3


@dataclass(frozen=True)
class _Work:
    advance: Callable[[Engine, Leased, datetime], None]  # one part, in transactions of its own
    fail: Callable[[Session, Leased, datetime], None]


_WORK = {
    dry_runs.KIND: _Work(advance_dry_run, fail_dry_run),
    migrations.KIND: _Work(advance_migration, fail_migration),
}


def advance_runs(engine: Engine, _: Desk, now: datetime) -> bool:
    """Do one part of the run that waits longest; returns whether any waited."""
    jobs = lease(engine, f"runs-{uuid4().hex[:8]}", now, list(_WORK), limit=1, hold=HOLD)
    for job in jobs:
        work = _WORK[job.kind]
        try:
            work.advance(engine, job, now)
        except Overtaken:
            log.info("another worker was first with %s", job.key)
        except SQLAlchemyError:
            raise  # the database itself
        except Exception as error:
            log.exception("%s failed", job.key)
            with transaction(engine) as session:
                for_good = job.attempts + 1 >= MOST_FAILURES
                fail(session, job, now, type(error).__name__, for_good=for_good)
                if for_good:
                    work.fail(session, job, now)
            return False
    return bool(jobs)
