"""A warm process that forks workers of an office: `python -m tests.worker.child`. It opens no database itself.

A plan comes in as a line of JSON, the wait status of the worker goes out. A worker kills itself at one of its
statements, before it is sent or after it was answered; or it works until nothing is left.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import Engine, event

from engine.store.database import open_database
from engine.worker.desk import Desk, MailServer
from engine.worker.loop import Worker
from tests.worker.bureau import ADDRESS

LIMIT_S = 60  # a worker that hangs dies of SIGALRM, which is not the death that was planned


@dataclass(frozen=True)
class Plan:
    """How a worker lives and dies."""

    url: str
    folder: str  # its keys, its files, and what it says
    port: int  # of the mail server
    now: float  # seconds of the clock, which stands still
    statements: int  # it dies at this one; odd: before it is sent, even: after it was answered
    of: str = ""  # only those with this text count


def serve() -> None:
    """One worker after the other, until there are no more plans."""
    for line in sys.stdin:
        sys.stdout.write(f"{_fork(Plan(**json.loads(line)))}\n")
        sys.stdout.flush()


def _fork(plan: Plan) -> int:
    pid = os.fork()
    if pid == 0:
        _live(plan)
    return os.waitpid(pid, 0)[1]


def _live(plan: Plan) -> NoReturn:
    signal.alarm(LIMIT_S)
    folder = Path(plan.folder)
    out = os.open(folder / "child.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    try:
        database = open_database(plan.url)
        _die_at(database, plan.statements, plan.of)
        server = MailServer("127.0.0.1", plan.port, "aduan@kantor.test", timeout=5)
        desk = Desk(folder / "lampiran", folder / "keys", ADDRESS, "Dinas Uji", server)
        worker = Worker(database, desk, lambda: datetime.fromtimestamp(plan.now, UTC))
        worker.start()
        while worker.round():
            pass
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def _die_at(database: Engine, statements: int, of: str) -> None:
    count = itertools.count(1)

    def look(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if of in statement and next(count) == statements:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database, "before_cursor_execute" if statements % 2 else "after_cursor_execute", look)


if __name__ == "__main__":
    serve()
