"""A run that moves cases to the version in force goes on by some cases, each in a transaction of its own.

The event of a case and what the run says of it are written together: a worker that is killed leaves neither half.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Engine, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.access import PROCESS_OWNER
from engine.commands.cases import LOST_RACE, load_by_id
from engine.commands.migrate_case import move_case
from engine.commands.migrations import HELD_UP
from engine.commands.runs import DONE, FAILED, WAITING, packed_cases
from engine.errors import Conflict, Incident
from engine.queries.actors import actor_of_account
from engine.store.database import transaction
from engine.store.deployments import latest_deployed
from engine.store.models import MigrationResult, MigrationRun
from engine.worker.jobs import Leased, Overtaken, go_on, run_id, succeed

PATIENCE = 5.0  # seconds after which the rest is left to the next part
SUPERSEDED = "Versi lain sudah berlaku sejak pemindahan ini diminta. Lihat daftarnya lagi, lalu mulai yang baru."
UNAPPOINTED = "Yang meminta pemindahan ini tidak lagi bertugas sebagai Pemilik Proses."
TROUBLE = "Pemindahan terhenti karena gangguan sistem. Mulai lagi; bila terulang, beri tahu Pengelola Sistem."


def advance_migration(engine: Engine, job: Leased, now: datetime) -> None:
    """Move some more cases. Raises Overtaken when another worker does them, or the run was called off."""
    end = time.monotonic() + PATIENCE
    while _one(engine, job, now):
        if time.monotonic() > end:
            with transaction(engine) as session:
                go_on(session, job, now)
            return
    with transaction(engine) as session:
        succeed(session, [job], now)


def fail_migration(session: Session, job: Leased, now: datetime) -> None:
    """It has failed for good."""
    _end(session, run_id(job), FAILED, now, TROUBLE)


def _one(engine: Engine, job: Leased, now: datetime) -> bool:
    """Move the next case, or say why it stays; returns whether the run goes on."""
    try:
        with transaction(engine) as session:
            return _moved(session, job, now)
    except Incident:
        refused = HELD_UP
    except Conflict as wrong:
        if wrong.message == LOST_RACE:  # somebody works on it right now: again
            return True
        refused = wrong.message
    except IntegrityError as error:
        raise Overtaken from error
    with transaction(engine) as session:  # what was begun above is undone
        run = session.get(MigrationRun, run_id(job))
        return run is not None and run.state == WAITING and _counted(session, run, now, refused)


def _moved(session: Session, job: Leased, now: datetime) -> bool:
    run = session.get(MigrationRun, run_id(job))
    if run is None or run.state != WAITING:
        return False
    actor, new = actor_of_account(session, run.started_by, now), latest_deployed(session, run.process_id)
    if new.id != run.deployment_id:
        return _end(session, run.id, FAILED, now, SUPERSEDED)
    if actor is None or not actor.holds(PROCESS_OWNER):
        return _end(session, run.id, FAILED, now, UNAPPOINTED)
    going_on = _counted(session, run, now, None)
    case = load_by_id(session, packed_cases(run.cases, run.done, 1)[0])
    move_case(session, actor, case, new, run.reason, now=now)
    return going_on


def _counted(session: Session, run: MigrationRun, now: datetime, refused: str | None) -> bool:
    """Write what came of the case at the run's place. Raises Overtaken when that stands there already."""
    place, done = run.done, run.done + 1
    ended = {"state": DONE, "finished_at": now} if done >= run.total else {}
    which = (MigrationRun.id == run.id, MigrationRun.done == place, MigrationRun.state == WAITING)
    changed = session.execute(
        update(MigrationRun).where(*which).values(done=done, **ended), execution_options={"synchronize_session": False}
    )
    if cast("CursorResult[Any]", changed).rowcount != 1:
        raise Overtaken
    case_id = packed_cases(run.cases, place, 1)[0]
    session.execute(insert(MigrationResult), {"run_id": run.id, "place": place, "case_id": case_id, "refused": refused})
    return not ended


def _end(session: Session, which: int, state: str, now: datetime, sentence: str) -> bool:
    """The run is over; returns False."""
    mine = (MigrationRun.id == which, MigrationRun.state == WAITING)
    session.execute(update(MigrationRun).where(*mine).values(state=state, finished_at=now, ended_by=sentence))
    return False
