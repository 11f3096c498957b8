"""A dry run of a draft goes on by some cases. Knows no page and no other work of the worker."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

import orjson
import zstandard
from sqlalchemy import CursorResult, Engine, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.commands.runs import DONE, FAILED, WAITING, packed_cases
from engine.dry_run import UNTOLD, Draft, Recorded, Sop, Tried, try_case
from engine.process import diagram as diagrams
from engine.process.diff.pairing import pair
from engine.process.diff.side import Side, Source, side_of
from engine.process.forms import Form
from engine.process.runtime import Program, compile_specs
from engine.queries.dry_runs import RecordedCase, recorded_cases
from engine.queries.scenarios import all_tables
from engine.store.calendars import current_calendar
from engine.store.database import transaction
from engine.store.deployments import Deployed
from engine.store.drafts import unpack
from engine.store.models import DryRun, DryRunPart
from engine.worker.jobs import Leased, Overtaken, go_on, run_id, succeed

log = logging.getLogger(__name__)
CHUNK = 50  # cases in one transaction
PATIENCE = 5.0  # seconds of processor time after which the rest of a chunk is left to the next
UNREADABLE = "riwayatnya tidak terbaca oleh uji ini"


def advance_dry_run(engine: Engine, job: Leased, now: datetime) -> None:
    """Try some more cases. Raises Overtaken when they were counted by someone else, or the run was called off."""
    try:
        with transaction(engine) as session:
            _chunk(session, job, now)
    except IntegrityError as error:
        raise Overtaken from error


def fail_dry_run(session: Session, job: Leased, now: datetime) -> None:
    """It has failed for good."""
    which = (DryRun.id == run_id(job), DryRun.state == WAITING)
    session.execute(update(DryRun).where(*which).values(state=FAILED, finished_at=now))


def _chunk(session: Session, job: Leased, now: datetime) -> None:
    run = session.get(DryRun, run_id(job))
    if run is None or run.state != WAITING:
        succeed(session, [job], now)
        return
    tried = list(_tried(session, run))
    place, done = run.done, run.done + len(tried)
    ended = {"state": DONE, "finished_at": now} if done >= run.total else {}
    which = (DryRun.id == run.id, DryRun.done == place, DryRun.state == WAITING)
    counted = session.execute(update(DryRun).where(*which).values(done=done, **ended))
    if cast("CursorResult[Any]", counted).rowcount != 1:
        raise Overtaken
    content = zstandard.compress(orjson.dumps([each.data() for each in tried]))
    session.execute(insert(DryRunPart), {"run_id": run.id, "place": place, "content": content})
    if ended:
        succeed(session, [job], now)
    else:
        go_on(session, job, now)


@dataclass(frozen=True)
class _Ready:
    """A draft made ready to run, with what it has in common with each version that cases ran on."""

    sop: Sop
    program: Program
    side: Side
    versions: dict[int, tuple[Sop, dict[str, str]]] = field(default_factory=dict)

    def version(self, deployed: Deployed) -> tuple[Sop, dict[str, str]]:
        """A version, and which of its elements the draft calls otherwise."""
        if deployed.id not in self.versions:
            pairs = pair(side_of(Source(deployed.xml)), self.side).elements
            renamed = {old: new for old, new in pairs.items() if old != new}
            self.versions[deployed.id] = Sop(deployed.diagram, deployed.forms), renamed
        return self.versions[deployed.id]


@lru_cache(maxsize=2)
def _ready(content: bytes) -> _Ready:
    xml, schemas = unpack(content)
    diagram = diagrams.read(xml)
    forms = {key: Form(key, schema) for key, schema in schemas.items()}
    program = Program(diagram, compile_specs(xml, diagram.process_id))
    return _Ready(Sop(diagram, forms), program, side_of(Source(xml, schemas)))


def _tried(session: Session, run: DryRun) -> Iterator[Tried]:
    ready, end = _ready(run.content), time.thread_time() + PATIENCE
    draft = Draft(ready.sop, ready.program, current_calendar(session).calendar, all_tables(session))
    wanted = packed_cases(run.cases, run.done, CHUNK)
    found = {case.id: case for case in recorded_cases(session, wanted)}
    for case_id in wanted:
        case = found.get(case_id)
        yield _try(ready, draft, case, run.created_at) if case is not None else Tried("", UNTOLD, UNREADABLE)
        if time.thread_time() > end:
            return


def _try(ready: _Ready, draft: Draft, case: RecordedCase, now: datetime) -> Tried:
    try:
        sop, renamed = ready.version(case.version)
        return try_case(draft, Recorded(case.id, case.number, case.bodies, case.values, sop, renamed), now)
    except Exception:  # one strange history must not keep the others from being told
        log.exception("case %s cannot be tried", case.id)
        return Tried(case.number, UNTOLD, UNREADABLE)
