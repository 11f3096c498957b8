"""Calls the rounds again and again until told to stop; knows nothing of what they do."""

from __future__ import annotations

import logging
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from engine.worker.rounds import one_round

log = logging.getLogger(__name__)
PAUSE = 5.0  # seconds between rounds


def run_worker(engine: Engine, files: Path, keys: Path) -> None:
    """Work until SIGTERM or SIGINT."""
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    while not stop.is_set():
        try:
            fired = one_round(engine, files, datetime.now(UTC), keys)
            if fired:
                log.info("fired %s timers", fired)
        except SQLAlchemyError:
            # The database may be away for a while: the work is still in it, so wait and look again.
            log.exception("a round of the worker failed")
        stop.wait(PAUSE)
