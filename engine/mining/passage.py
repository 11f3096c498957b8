"""One case's way through the diagram, folded from its events one by one, and what it adds to the counts.

A summary is small and plain, so that new events can be folded into it without reading the old ones again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from engine.mining.durations import bucket_of

QUICK = timedelta(seconds=10)  # nobody reads and answers in less
FLAGS = ("same_person", "quick", "moved_by_hand", "withdrawn_late")
MOVED_MARK = "!"  # in a way: a token was put before the element that follows, beside the diagram
_LONGEST = 80  # flows of a way; longer ones are told apart by their beginning
_BY_HAND = ("token_moved", "case_reopened")


class Cell(NamedTuple):
    """What is counted: on a version (its id), of a kind, under a name, in a bucket of durations."""

    version: int
    kind: str  # cases, closed, flow, opened, took, spent, late, waited, path, flag
    name: str
    bucket: int


@dataclass
class Visit:
    """An open task. Instants are texts as in a body."""

    element: str
    lane: str
    opened: str
    due: str | None = None
    taken: str | None = None


@dataclass
class Passage:
    """What is known of a case so far."""

    opened: str
    version: int
    unit: str = ""  # that had a task last
    seq: int = 0
    closed: bool = False
    visits: dict[str, Visit] = field(default_factory=dict)  # by task, the open ones
    path: list[str] = field(default_factory=list)  # flows in order, or MOVED_MARK and an element
    lanes: dict[str, list[str]] = field(default_factory=dict)  # who finished tasks in which lanes
    flags: dict[str, int] = field(default_factory=dict)  # with the event that first showed it
    counts: Counter[Cell] = field(default_factory=Counter)

    @property
    def way(self) -> str:
        """The way as one text: the version, then its flows."""
        return " ".join([str(self.version), *self.path[:_LONGEST]])

    @property
    def way_code(self) -> str:
        """16 hex digits that stand for the way."""
        return hashlib.sha256(self.way.encode()).hexdigest()[:16]

    def to_data(self) -> dict[str, Any]:
        """Plain data, to be stored."""
        facts = {name: value for name, value in vars(self).items() if name not in ("visits", "counts")}
        visits = {task: asdict(visit) for task, visit in self.visits.items()}
        return facts | {"visits": visits, "counts": [[*cell, number] for cell, number in self.counts.items()]}


def read_passage(data: Mapping[str, Any]) -> Passage:
    """The summary that `to_data` wrote."""
    visits = {task: Visit(**visit) for task, visit in data["visits"].items()}
    counts = Counter({Cell(*row[:4]): row[4] for row in data["counts"]})
    return Passage(**{**data, "visits": visits, "counts": counts})


class Traced(NamedTuple):
    """What makes an event findable beside what its body says."""

    lane: str | None  # of the task it finished
    late: bool


@dataclass(frozen=True)
class Fold:
    """Folds events. `version_of` knows the id of a deployment's checksum, `working` the working time between two."""

    version_of: Callable[[str], int]
    working: Callable[[datetime, datetime], timedelta]

    def add(self, before: Passage | None, body: Mapping[str, Any]) -> tuple[Passage, Traced]:
        """The summary with one more event. Raises KeyError for a body that is none of a case."""
        case = before if before is not None else Passage(body["at"], self.version_of(body["deployment"]))
        if "deployment" in body:
            case.version = self.version_of(body["deployment"])
        case.seq = body["seq"]
        effects = body.get("effects", {})
        traced = self._finished(case, body)
        for task in effects.get("closed", ()):
            case.visits.pop(task, None)
        self._taken(case, body)
        for flow in effects.get("flows", ()):
            case.counts[Cell(case.version, "flow", flow, 0)] += 1
            case.path.append(flow)
        for task in effects.get("opened", ()):
            case.visits[task["id"]] = Visit(task["element"], task["lane"] or "", body["at"], task.get("due"))
            case.counts[Cell(case.version, "opened", task["element"], 0)] += 1
            case.unit = task.get("unit") or case.unit
        for task, due in body.get("dues", {}).items():  # the calendar was changed
            if task in case.visits:
                case.visits[task].due = due
        _beside(case, body)
        return case, traced

    def _finished(self, case: Passage, body: Mapping[str, Any]) -> Traced:
        """A person finished a task: how long it was open, and whether too long."""
        visit = case.visits.get(str(body.get("task"))) if body["type"] == "task_completed" else None
        if visit is None:
            return Traced(None, late=False)
        late = visit.due is not None and body["at"] > visit.due

        def count(kind: str, bucket: int, number: int = 1) -> None:
            case.counts[Cell(case.version, kind, visit.element, bucket)] += number

        seconds = self._seconds(visit.opened, body["at"])
        count("took", bucket_of(seconds))
        count("spent", 0, seconds)
        if late:
            count("late", 0)
        if visit.taken is not None:
            count("waited", bucket_of(self._seconds(visit.opened, visit.taken)))
        _person(case, body, visit)
        return Traced(visit.lane, late)

    def _taken(self, case: Passage, body: Mapping[str, Any]) -> None:
        visit = case.visits.get(str(body.get("task")))
        if visit is not None and body["type"] in ("task_claimed", "task_released", "task_moved"):
            visit.taken = body["at"] if body["type"] == "task_claimed" else None

    def _seconds(self, start: str, end: str) -> int:
        return round(self.working(datetime.fromisoformat(start), datetime.fromisoformat(end)).total_seconds())


def _person(case: Passage, body: Mapping[str, Any], visit: Visit) -> None:
    """What an auditor looks at: one person in two roles, a task done sooner than it can be read."""
    if not body.get("appointment") or body.get("for"):
        return  # a reporter, or what was filed at the counter in a reporter's name
    lanes = case.lanes.setdefault(body["actor"], [])
    if visit.lane not in lanes:
        lanes.append(visit.lane)
    if len(lanes) > 1:
        case.flags.setdefault("same_person", case.seq)
    if datetime.fromisoformat(body["at"]) - datetime.fromisoformat(visit.opened) < QUICK:
        case.flags.setdefault("quick", case.seq)


def _beside(case: Passage, body: Mapping[str, Any]) -> None:
    """Ends, and what was done beside the diagram."""
    kind, outcome = body["type"], body.get("effects", {}).get("outcome")
    if kind in _BY_HAND:
        case.path.append(MOVED_MARK + str(body["element"]))
        case.flags.setdefault("moved_by_hand", case.seq)
        case.closed = False
    if kind == "task_moved":
        case.unit = next((str(value) for value in body.get("set", {}).values() if value), case.unit)
    if kind == "case_withdrawn" and case.lanes:
        case.flags.setdefault("withdrawn_late", case.seq)
    case.closed = case.closed or bool(outcome)


def cells_of(case: Passage | None) -> Counter[Cell]:
    """What a case adds to the counts of its day and unit."""
    if case is None:
        return Counter()
    found = Counter(case.counts)
    found[Cell(case.version, "cases", "", 0)] = 1
    if case.closed:
        found[Cell(case.version, "closed", "", 0)] = 1
        found[Cell(case.version, "path", case.way_code, 0)] = 1
    for flag in case.flags:
        found[Cell(case.version, "flag", flag, 0)] = 1
    return found
