"""Where a simulated case stands, as plain records that a page, a scenario and another process can read."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import orjson


@dataclass(frozen=True)
class OpenStep:
    """A task that somebody should do now."""

    element: str
    index: int  # among the open tasks of this element
    name: str
    which: str  # of a repeated task: its own item, or "2 dari 3"
    lane: str
    unit: str  # label of the owning unit
    form: str | None  # key of its form, None without a readable one
    start: dict[str, Any]  # what the form begins with
    status: str  # what the reporter reads meanwhile
    opened: datetime
    due: datetime | None
    why: str = ""  # how the due time came about
    left: str = ""  # "Sisa 2 jam kerja"
    kind: str = "tanpa"  # aman, dekat, lewat, tanpa


@dataclass(frozen=True)
class Waiting:
    """A timer that is running."""

    element: str
    name: str
    due: datetime
    why: str


@dataclass(frozen=True)
class Variable:
    """A value that the diagram reads."""

    name: str
    title: str
    value: str  # in words, empty when nothing was filled in


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `kind`: mulai, isi, waktu (the clock was moved), bunyi (a timer), selesai."""

    at: datetime
    kind: str
    text: str
    typed: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()  # what followed from it


@dataclass(frozen=True)
class Passed:
    """A task, timer or end that was passed."""

    element: str
    name: str


@dataclass(frozen=True)
class Deadline:
    """When a task that opened, or a timer that was set, is due."""

    element: str
    name: str
    length: str  # "3 hari kerja"; of a timer what the diagram says
    due: datetime


@dataclass(frozen=True)
class Situation:
    """What a simulation shows after its actions."""

    started: datetime
    now: datetime
    applied: int = 0  # how many of the actions were taken
    tasks: tuple[OpenStep, ...] = ()
    timers: tuple[Waiting, ...] = ()
    variables: tuple[Variable, ...] = ()
    elements: tuple[str, ...] = ()  # passed, in order
    flows: tuple[str, ...] = ()  # taken, in order
    path: tuple[Passed, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    journal: tuple[Entry, ...] = ()
    ended: bool = False
    outcome: str = ""  # how it ended
    total_due: datetime | None = None  # until when the answer should be delivered
    problem: str = ""  # why it cannot go on, or why the last action was not taken
    element: str = ""  # where that is
    errors: dict[str, str] = field(default_factory=dict)  # of a form that does not fit, by field
    findings: tuple[str, ...] = ()  # what is wrong with the drawing, when it cannot be tried at all
    fields: dict[str, str] = field(default_factory=dict)  # titles of the fields in `errors`

    def data(self) -> bytes:
        """As JSON."""
        return orjson.dumps(asdict(self))


def situation_from(data: dict[str, Any]) -> Situation:
    """What `Situation.data` wrote. Raises KeyError, TypeError, ValueError."""
    instant = datetime.fromisoformat
    total = data["total_due"]
    read: dict[str, Any] = {
        "started": instant(data["started"]),
        "now": instant(data["now"]),
        "total_due": instant(total) if total else None,
        "tasks": tuple(OpenStep(**_at(each, "opened", "due")) for each in data["tasks"]),
        "timers": tuple(Waiting(**_at(each, "due")) for each in data["timers"]),
        "variables": tuple(Variable(**each) for each in data["variables"]),
        "path": tuple(Passed(**each) for each in data["path"]),
        "deadlines": tuple(Deadline(**_at(each, "due")) for each in data["deadlines"]),
        "journal": tuple(_entry(each) for each in data["journal"]),
        **{name: tuple(data[name]) for name in ("elements", "flows", "findings")},
    }
    return Situation(**data | read)


def _entry(data: dict[str, Any]) -> Entry:
    typed = tuple((title, text) for title, text in data["typed"])
    return Entry(**_at(data, "at") | {"typed": typed, "notes": tuple(data["notes"])})


def _at(data: dict[str, Any], *names: str) -> dict[str, Any]:
    return data | {name: datetime.fromisoformat(data[name]) if data[name] else None for name in names}
