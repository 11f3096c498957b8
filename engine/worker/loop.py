"""Leases what is due and has it done, again and again until told to stop; knows nothing of what the work does."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from engine.settings import Settings, load_settings
from engine.store.database import transaction
from engine.worker.desk import Desk
from engine.worker.jobs import Leased, fail, lease, succeed
from engine.worker.post import send_due_mail
from engine.worker.rounds import DUTIES, beat, prepare

log = logging.getLogger(__name__)
PAUSE = 2.0  # seconds between rounds that left nothing waiting
HOLD = timedelta(seconds=30)  # a killed worker's recurring work rests so long
BEAT = timedelta(seconds=10)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Worker:
    """One worker; any number of them may run side by side. `clock` gives the time of everything it does."""

    engine: Engine
    desk: Desk
    clock: Callable[[], datetime] = _now
    name: str = field(default_factory=lambda: f"{os.getpid()}-{uuid4().hex[:8]}")
    _beaten: datetime | None = None

    def start(self) -> None:
        """Before the first round."""
        prepare(self.engine, self.clock())

    def round(self) -> bool:
        """What is due now; returns whether more waits already."""
        jobs = lease(self.engine, self.name, self.clock(), list(DUTIES), limit=len(DUTIES), hold=HOLD)
        again, well = set[str](), list[Leased]()
        for job in sorted(jobs, key=lambda job: list(DUTIES).index(job.kind)):
            if self._do(job, again):
                well.append(job)
        if well:
            with transaction(self.engine) as session:
                succeed(session, well, self.clock(), again=again)
        sent = send_due_mail(self.engine, self.desk, self.clock, self.name)
        self._beat()
        return bool(again or sent)

    def _do(self, job: Leased, again: set[str]) -> bool:
        """Do one piece of recurring work; returns whether it went well."""
        try:
            if DUTIES[job.kind].run(self.engine, self.desk, self.clock()):
                again.add(job.kind)
        except SQLAlchemyError:
            raise  # the database itself: the round ends here
        except Exception as error:
            log.exception("the work %s failed", job.kind)
            with transaction(self.engine) as session:
                fail(session, job, self.clock(), f"{type(error).__name__}")
            return False
        return True

    def _beat(self) -> None:
        now = self.clock()
        if self._beaten is None or not timedelta(0) <= now - self._beaten < BEAT:
            beat(self.engine, now)
            self._beaten = now


def run_worker(engine: Engine, files: Path, keys: Path, settings: Settings | None = None) -> None:
    """Work until SIGTERM or SIGINT. Without settings those of the environment are read."""
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    worker = Worker(engine, _desk(files, keys, settings or load_settings()))
    started = False
    while not stop.is_set():
        more = False
        try:
            if not started:
                worker.start()
                started = True
            more = worker.round()
        except SQLAlchemyError:
            # The database may be away for a while: the work is still in it, so wait and look again.
            log.exception("a round of the worker failed")
        stop.wait(0 if more else PAUSE)


def _desk(files: Path, keys: Path, settings: Settings) -> Desk:
    found = Desk.of(settings)
    return Desk(files, keys, found.address, found.office, found.server)
