"""The events of a case as entries of a task's life: it starts, is taken, moved, completed, or broken off.

Knows bodies of events; what names, units and standards mean the caller hands in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

SYSTEM = "sistem"  # the resource of what no person did
REPORTER = "pelapor"  # of what the reporter did: never a name, nor an id by which two exports could be matched


class Entry(NamedTuple):
    """One entry: a step of the diagram, and what became of it when."""

    element: str  # BPMN id
    activity: str  # the step's name
    transition: str  # start, assign, reassign, complete, ate_abort: of the standard lifecycle
    at: str  # UTC with microseconds, as events state it
    task: str
    resource: str
    role: str
    unit: str
    version: int  # of the deployment that the case ran on
    standard: str  # the SOP's time for the step, in its words
    worked: int | None  # whole minutes of working time since it opened, when completed
    late: bool | None
    contents: str  # what was typed, when chosen


@dataclass(frozen=True)
class Case:
    """A case with its entries."""

    number: str
    channel: str
    opened_at: str
    closed_at: str
    outcome: str
    entries: Sequence[Entry]


class Stored(NamedTuple):
    """An event: its parsed body, and the values that were typed with it."""

    body: Mapping[str, Any]
    values: Mapping[str, Any]


class Step(NamedTuple):
    """A step of a version."""

    name: str
    standard: str


@dataclass(frozen=True)
class Known:
    """What bodies of events do not say themselves."""

    number_of: Mapping[str, int]  # deployment's checksum -> its number
    step_of: Callable[[str, str], Step]  # checksum, element -> name and standard
    unit_of: Mapping[str, str]  # code -> name
    name_of: Mapping[str, str]  # account -> name; empty: resources stay opaque ids
    role_of: Mapping[str, str]  # appointment -> role
    worked: Callable[[str, str], int]  # working minutes between two instants as events state them
    told: Callable[[str, str, Mapping[str, Any]], str] | None = None  # checksum, element, values -> text


@dataclass
class _Open:
    """A task that is open."""

    element: str
    lane: str
    unit: str
    at: str
    due: str


@dataclass
class _Life:
    known: Known
    reporter: str = ""
    checksum: str = ""
    open: dict[str, _Open] = field(default_factory=dict)

    def entries(self, stored: Stored) -> Iterator[Entry]:
        body = stored.body
        self.checksum = body.get("deployment", self.checksum)
        self.reporter = body.get("reporter", self.reporter)
        effects, own = body["effects"], str(body.get("task", ""))
        if body["type"] == "task_completed":
            yield self._completed(body, own, stored.values)
        elif body["type"] in _SIGNS:
            yield from self._marked(body, own, _SIGNS[body["type"]])
        for task in effects["closed"]:
            if task != own and task in self.open:
                yield self._entry("ate_abort", body, task, self.open.pop(task), SYSTEM)
        for task in effects["opened"]:
            opened = _Open(task["element"], task["lane"] or "", task.get("unit") or "", body["at"], task.get("due", ""))
            self.open[task["id"]] = opened
            yield self._entry("start", body, task["id"], opened, "")

    def _completed(self, body: Mapping[str, Any], task: str, values: Mapping[str, Any]) -> Entry:
        opened = self.open.pop(task, None)
        role = self.known.role_of.get(str(body.get("appointment")), "")
        if opened is None:  # its opening was not among the events
            return self._entry("complete", body, task, _Open(body["element"], role, "", "", ""), self._who(body))
        told = self.known.told(self.checksum, opened.element, values) if self.known.told is not None else ""
        entry = self._entry("complete", body, task, opened, self._who(body))
        return entry._replace(
            role=role or opened.lane,
            worked=self.known.worked(opened.at, body["at"]),
            late=body["at"] > opened.due if opened.due else None,
            contents=told,
        )

    def _marked(self, body: Mapping[str, Any], task: str, sign: str) -> Iterator[Entry]:
        if task in self.open:
            if sign == "reassign":
                self.open[task].unit = next((str(unit) for unit in body["set"].values()), "")
            yield self._entry(sign, body, task, self.open[task], self._who(body))

    def _who(self, body: Mapping[str, Any]) -> str:
        actor = body.get("actor")
        if actor == self.reporter:
            return REPORTER
        return self.known.name_of.get(actor, actor) if actor else SYSTEM

    def _entry(self, sign: str, body: Mapping[str, Any], task: str, opened: _Open, who: str) -> Entry:
        step = self.known.step_of(self.checksum, opened.element)
        unit = self.known.unit_of.get(opened.unit, opened.unit)
        return Entry(
            opened.element, step.name, sign, body["at"], task, who, opened.lane, unit,
            self.known.number_of.get(self.checksum, 0), step.standard, None, None, "",
        )  # fmt: skip


_SIGNS = {"task_claimed": "assign", "task_released": "reassign", "task_moved": "reassign"}


def entries_of(events: Iterable[Stored], known: Known) -> list[Entry]:
    """The entries of one case, in order. An event that touches no task gives none."""
    life = _Life(known)
    return [entry for stored in events for entry in life.entries(stored)]


def instant(text: str) -> datetime:
    """An instant as an event states it."""
    return datetime.fromisoformat(text)
