"""A worker in a process of its own that is killed in the middle of long work."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
KILLED = -9

_PROGRAM = """
import itertools, os, signal, sys
from datetime import datetime
from pathlib import Path
from sqlalchemy import event
from engine.store.database import open_database
from engine.worker.desk import Desk
from engine.worker.runs import advance_runs

url, now, text, last = sys.argv[1:]
engine, count = open_database(url), itertools.count(1)

def look(c, k, statement, *more):
    if text in statement and next(count) == int(last):
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(engine, "before_cursor_execute", look)
while advance_runs(engine, Desk(Path()), datetime.fromisoformat(now)):
    pass
"""


def die_at(url: str, now: datetime, statement: str, time: int) -> int:
    """Work until this statement is sent for the `time`-th time; returns the exit code, KILLED if it came."""
    arguments = [url, now.isoformat(), statement, str(time)]
    return subprocess.run([sys.executable, "-c", _PROGRAM, *arguments], cwd=ROOT, check=False).returncode
