"""What the events of a case say happened: which tasks opened when, which way it went, what the calendar answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.dry_run.sop import Sop
from engine.history.event import moment_from

BESIDE = "*"  # in a way: closed beside the diagram
BY_HAND = "@"  # in a way: moved to another step by hand
ENDED = "="  # in a way, before the outcome: an end of the diagram
CLOSED_BESIDE = ("case_withdrawn", "case_cancelled")
MOVED = ("token_moved", "case_reopened")
Renamed = Callable[[str], str]  # id of an element when it was recorded -> its id in the draft


@dataclass
class Happened:
    """One recorded event; `values` are those that are not erased."""

    seq: int
    kind: str
    at: datetime
    clock: datetime  # what the engine took for now: of a timer the instant just after it was due
    body: Mapping[str, Any]
    values: Mapping[str, Any]
    element: str = ""  # as the draft calls it
    before: Mapping[str, datetime] = field(default_factory=dict)  # timers that waited before it: id -> due

    @property
    def fact(self) -> bool:
        """Whether it left the case where it stood: a proposal, an incident, news that was passed on."""
        return "timers" not in self.body.get("effects", {})

    @property
    def known(self) -> dict[str, Any]:
        """What was answered: typed values, and variables, which an erasure leaves."""
        set_ = {name: value for name, value in self.body.get("set", {}).items() if value is not None}
        return {**set_, **self.values}

    def erased(self, name: str) -> bool:
        """Whether a value was typed and is gone."""
        return name in self.body.get("values", {}) and name not in self.known


@dataclass
class Opening:
    """A task that was open for a while; `ended` None: it still is."""

    element: str  # as the draft calls it
    was: str  # as it was called
    opened: datetime
    ended: datetime | None = None


@dataclass
class Past:
    """A case as it was."""

    events: list[Happened]
    way: list[str] = field(default_factory=list)  # elements that opened, ENDED + outcome, BESIDE, BY_HAND
    cut: list[list[str]] = field(default_factory=list)  # what was open at each BESIDE and BY_HAND
    openings: list[Opening] = field(default_factory=list)
    open: dict[str, Opening] = field(default_factory=dict)  # by task id
    units: dict[str, str | None] = field(default_factory=dict)  # task id -> unit that it opened for
    parallel: bool = False  # two tasks were open at once
    delivered: datetime | None = None
    closed: datetime | None = None
    closing: datetime | None = None  # as the engine's clock said it
    timers: dict[str, tuple[str, datetime]] = field(default_factory=dict)  # every one: id -> element, first due
    waiting: dict[str, datetime] = field(default_factory=dict)  # still waiting: id -> due
    answers: dict[tuple[datetime, int, str], datetime] = field(default_factory=dict)  # of the calendar

    @property
    def opened(self) -> datetime:
        """When it was filed."""
        return self.events[0].at


def read_past(bodies: Iterable[Mapping[str, Any]], values: Mapping[int, Any], sop: Sop, renamed: Renamed) -> Past:
    """Read a whole stream `kasus/<id>`. `values`: seq -> name -> value, without those that were erased."""
    past = Past([_happened(body, values, renamed) for body in bodies])
    for event in past.events:
        event.before = past.waiting
        _take_up(past, event, sop, renamed)
    return past


def _happened(body: Mapping[str, Any], values: Mapping[int, Any], renamed: Renamed) -> Happened:
    at, seq = moment_from(body["at"]), int(body["seq"])
    clock = moment_from(body["clock"]) if "clock" in body else at
    element = renamed(str(body.get("element") or ""))
    return Happened(seq, body["type"], at, clock, body, values.get(seq, {}), element)


def _take_up(past: Past, event: Happened, sop: Sop, renamed: Renamed) -> None:
    effects = event.body.get("effects", {})
    for answer in event.body.get("answers", ()):
        past.answers[event.clock, answer["amount"], answer["unit"]] = moment_from(answer["due"])
    if event.kind in (*CLOSED_BESIDE, *MOVED):
        past.cut.append([each.element for each in past.open.values()])
        past.way.append(BY_HAND if event.kind in MOVED else BESIDE)
    for task_id in effects.get("closed", ()):
        if task_id in past.open:
            past.open.pop(task_id).ended = event.at
    fresh = effects.get("opened", ())
    for each in fresh:
        past.open[each["id"]] = Opening(renamed(each["element"]), each["element"], event.at)
        past.openings.append(past.open[each["id"]])
        past.units[each["id"]] = each.get("unit")
    past.parallel |= len(past.open) > 1
    past.way += sorted(renamed(each["element"]) for each in fresh)
    if "outcome" in effects and event.kind not in CLOSED_BESIDE:
        past.way.append(ENDED + str(effects["outcome"]))
    _times(past, event, effects, sop, renamed)


def _times(past: Past, event: Happened, effects: Mapping[str, Any], sop: Sop, renamed: Renamed) -> None:
    """Since when it is delivered and closed, and which timers wait."""
    if "outcome" in effects:
        past.closed, past.closing, past.waiting = event.at, event.clock, {}
        return
    if event.fact:
        return
    past.closed = past.closing = None
    past.waiting = {each["id"]: moment_from(each["due"]) for each in effects["timers"]}
    for each in effects["timers"]:
        past.timers.setdefault(each["id"], (renamed(each["element"]), past.waiting[each["id"]]))
    if event.seq == 1:
        return  # filing is not delivering, although only the reporter's task is open
    calm = bool(past.open) and all(sop.without_deadline(each.was) for each in past.open.values())
    past.delivered = (past.delivered or event.at) if calm else None
