"""A warm process that forks workers and waits for their end: `python -m tests.faults.child`. Opens no database itself.

A plan comes in as a line of JSON, the wait status of the worker goes out. A worker ends itself at a named point, or
after so many statements, or is killed from here so many seconds after it said that it got there.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import event
from sqlalchemy.pool import Pool

from tests.engine.office import Office
from tests.faults.clerk import Clerk
from tests.faults.journal import Journal
from tests.faults.points import POINTS, arm, rehearse
from tests.history.ledger import Ledger

LIMIT_S = 60  # a worker that hangs dies of SIGALRM, which is not the death that was planned
ALIVE = 20_260_105  # advisory lock that a worker's connections share; the server lets go when all is over


def serve() -> None:
    """One worker after the other, until there are no more plans."""
    for line in sys.stdin:
        print(_end_of(json.loads(line)), flush=True)  # noqa: T201  # the answer to whoever asked


def _end_of(plan: dict[str, Any]) -> int:
    told, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(told)
        _live(plan, tell)
    os.close(tell)
    if os.read(told, 1):
        time.sleep(plan["pause"])
        os.kill(pid, signal.SIGKILL)
    os.close(told)
    return os.waitpid(pid, 0)[1]


def _live(plan: dict[str, Any], tell: int) -> NoReturn:
    """A worker's life. It returns from nothing: it is killed, or it was never where it should have been."""
    signal.alarm(LIMIT_S)
    out = os.open(plan["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    try:
        _work(plan, tell)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def _work(plan: dict[str, Any], tell: int) -> None:
    journal = Journal(Path(plan["journal"]))
    event.listen(Pool, "connect", _say_alive)
    with Office.at(plan["url"], Path(plan["files"])) as office:
        clerk = Clerk(Ledger(office, Path(plan["keys"])), journal, random.Random(plan["seed"]))
        if plan.get("point") is not None:
            point = POINTS[plan["point"]]
            play = rehearse(clerk, point.scene)
            arm(office.engine, point, lambda: _die(journal, str(point)))
            play()
            return
        end = (lambda: _die(journal, "statement")) if plan["pause"] is None else (lambda: os.write(tell, b"."))
        _after(office, plan["statements"], end)
        while True:
            clerk.anything()


def _after(office: Office, statements: int, end: Callable[[], object]) -> None:
    count = itertools.count(1)

    def look(*_: object) -> None:
        if next(count) == statements:
            end()

    # Odd ones end before their statement is sent, even ones after it was answered.
    name = "before_cursor_execute" if statements % 2 else "after_cursor_execute"
    event.listen(office.engine, name, look)


def _die(journal: Journal, where: str) -> None:
    journal.struck(where)
    os.kill(os.getpid(), signal.SIGKILL)


def _say_alive(connection: Any, _: object) -> None:
    """PostgreSQL goes on with what a dead client sent; whoever looks afterwards waits for this lock."""
    if hasattr(connection, "pgconn"):
        connection.execute(f"SELECT pg_advisory_lock_shared({ALIVE})")


if __name__ == "__main__":
    serve()
