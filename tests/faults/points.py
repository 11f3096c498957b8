"""Named points around commands at which a worker is killed, and what listens for them. Used inside children only."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from tests.faults.clerk import Clerk

ENGINE_STEP = "engine.process.runtime:Program.complete"
TIMER_STEP = "engine.process.runtime:Program.fire"


@dataclass(frozen=True)
class Point:
    """Where a worker ends: in which scene, said in words, and how it is recognised.

    `what` is the beginning of a statement, "commit", or a function as module:path. `when`: "ahead" of a statement means
    before the engine takes the write lock for it. `kept`: the step is durable by then, though nobody was told.
    """

    scene: str
    words: str
    when: str
    what: str
    nth: int = 1
    kept: bool = False

    def __str__(self) -> str:
        return f"{self.scene}: {self.words}"


POINTS = (
    Point("file", "before the diagram starts", "before", "engine.process.runtime:Program.start"),
    Point("file", "after the number is drawn", "after", "INSERT INTO counter"),
    Point("file", "after the case row, before its event", "after", 'INSERT INTO "case"'),
    Point("file", "between its two events", "before", ENGINE_STEP),
    Point("file", "before commit", "before", "commit"),
    Point("file", "after commit, before the acknowledgement", "after", "commit", kept=True),
    Point("step", "before the engine step", "before", ENGINE_STEP),
    Point("step", "after the engine step", "after", ENGINE_STEP),
    Point("step", "before the write lock", "ahead", 'UPDATE "case"'),
    Point("step", "holding the write lock, nothing written", "before", 'UPDATE "case"'),
    Point("step", "after the compare-and-set", "after", 'UPDATE "case"'),
    Point("step", "after the event", "after", "INSERT INTO event "),
    Point("step", "after the values", "after", "INSERT INTO event_value"),
    Point("step", "after the next task opened", "after", "INSERT INTO task"),
    Point("step", "after the task closed", "after", "UPDATE task"),
    Point("step", "before commit", "before", "commit"),
    Point("step", "after commit", "after", "commit", kept=True),
    Point("step", "before the acknowledgement", "before", "tests.faults.journal:Journal.done", kept=True),
    Point("claim", "between the event and the task's row", "after", "INSERT INTO event "),
    Point("claim", "after commit", "after", "commit", kept=True),
    Point("move", "after the values, before the task moves", "after", "INSERT INTO event_value"),
    Point("move", "after the task moved", "after", "UPDATE task"),
    Point("move", "after the former unit is noted", "after", "INSERT INTO former_unit"),
    Point("fire", "before the first timer", "before", TIMER_STEP),
    Point("fire", "between two timers", "before", TIMER_STEP, nth=2),
    Point("fire", "after the second timer's event", "after", "INSERT INTO event ", nth=2),
    Point("fire", "after commit", "after", "commit", kept=True),
    Point("withdraw", "between the event and the closing of tasks", "before", "UPDATE task"),
    Point("withdraw", "after commit", "after", "commit", kept=True),
    Point("stage", "while the file is written", "before", "os:fsync"),
    Point("stage", "between the file and its row", "before", "INSERT INTO attachment"),
    Point("stage", "after the row, before commit", "before", "commit"),
    Point("stage", "after commit", "after", "commit", kept=True),
    Point("attach", "after the event, before the file is bound", "before", "UPDATE attachment"),
    Point("attach", "after the file is bound", "after", "UPDATE attachment"),
    Point("sweep", "after the rows are gone, before commit", "before", "commit"),
    Point("sweep", "between the rows and the files", "before", "engine.worker.rounds:remove_files", kept=True),
    Point("log", "between leaves and places", "before", "UPDATE event SET log_index"),
    Point("log", "between places and heads", "before", "INSERT INTO stream_head"),
    Point("log", "between heads and checkpoint", "before", "INSERT INTO checkpoint"),
    Point("log", "after the checkpoint, before commit", "before", "commit"),
    Point("log", "after commit", "after", "commit", kept=True),
)


def rehearse(clerk: Clerk, scene: str) -> Callable[[], object]:
    """Bring the office to where a scene begins; what is returned plays it."""
    if scene == "attach":
        case, file_id = _case_at(clerk, "tanggapi_aduan"), clerk.stage()
        return lambda: clerk.step(case, lampiran=[file_id])
    goals = {"step": "klasifikasi", "claim": "terima_aduan", "move": "tanggapi_aduan", "fire": "terima_jawaban",
             "withdraw": "klasifikasi"}  # fmt: skip
    if scene in goals:
        return functools.partial(getattr(clerk, scene), _case_at(clerk, goals[scene]))
    if scene == "sweep":
        clerk.stage()
    clerk.log()
    clerk.file()
    play: Callable[[], object] = getattr(clerk, scene)
    return play


def _case_at(clerk: Clerk, element: str) -> Any:
    case = clerk.file()
    while clerk.office.open_task(case).element != element:
        clerk.step(case)
    return case


def arm(engine: Engine, point: Point, strike: Callable[[], object]) -> None:
    """From now on `strike` is called when the point is reached."""
    count = itertools.count(1)

    def met() -> None:
        if next(count) == point.nth:
            strike()

    if point.what == "commit":
        _at_commit(engine, point.when, met)
    elif ":" in point.what:
        _around(point.what, point.when, met)
    else:
        _at_statement(engine, point, met)


def _at_commit(engine: Engine, when: str, met: Callable[[], None]) -> None:
    """Only a commit of something: sessions that read end in one too."""
    wrote: list[str] = []

    def look(conn: Any, cursor: Any, statement: str, *_: object) -> None:
        wrote.extend([statement] * statement.startswith(("INSERT", "UPDATE", "DELETE")))

    def commit(_: Any) -> None:
        if wrote:
            met()

    event.listen(engine, "after_cursor_execute", look)
    if when == "before":
        event.listen(engine, "commit", commit)
    else:
        event.listen(Session, "after_commit", commit)


def _around(what: str, when: str, met: Callable[[], None]) -> None:
    module, _, path = what.partition(":")
    *way, name = path.split(".")
    owner = functools.reduce(getattr, way, import_module(module))
    real = getattr(owner, name)

    @functools.wraps(real)
    def wrapped(*args: Any, **keywords: Any) -> Any:
        if when == "before":
            met()
        answer = real(*args, **keywords)
        if when == "after":
            met()
        return answer

    setattr(owner, name, wrapped)


def _at_statement(engine: Engine, point: Point, met: Callable[[], None]) -> None:
    def look(conn: Any, cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith(point.what):
            met()

    name = "after_cursor_execute" if point.when == "after" else "before_cursor_execute"
    # The engine takes the lock in a listener of its own: ahead of it or behind it makes the difference.
    event.listen(engine, name, look, insert=point.when == "ahead")
