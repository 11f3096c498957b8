"""Each event of a case as a moment of its replay: who, what, where the case stands then. Knows no storage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.history.event import moment_from, moment_text
from engine.position import task_unit
from engine.process.diagram import Diagram
from engine.queries.case_replay.document import Jump, Line, Marks, Moment, Token
from engine.queries.case_replay.path import BROUGHT, Path, marks_along
from engine.queries.case_replay.people import People
from engine.queries.case_replay.values import Values
from engine.queries.clocks import KINDS, standing, took
from engine.queries.event_words import EventWords
from engine.queries.recorded_values import Names
from engine.queries.stored_events import StoredEvent
from engine.replay import Replayed
from engine.store.deployments import Deployed
from engine.worktime import Calendar, said

_GOES_ON = ("incident_retried", "incident_skipped", "case_migrated")
_CLOSED_BESIDE = ("case_withdrawn", "case_cancelled")


@dataclass
class Story:
    """The events of one case with everything that tells them."""

    events: Sequence[StoredEvent]
    versions: Sequence[Deployed]  # the one in force after each event
    calendars: Sequence[Calendar]  # likewise
    path: Path
    people: People
    labels: Names
    contents: bool  # whether this reader may read what was typed
    marks: list[Marks] = field(default_factory=list)
    _opened: dict[str, tuple[str, datetime, datetime | None]] = field(default_factory=dict)
    _held_up: str = ""

    def moments(self) -> Iterator[Moment]:
        """Every event in order; fills `marks` on the way."""
        bodies = [event.body for event in self.events]
        known = {each.checksum: each for each in self.versions}
        order = list(known)
        words = {name: EventWords(each, bodies, self.people.names, self.labels) for name, each in known.items()}
        values, indexes = Values(self.labels), self._marked(bodies)
        positions = [*self.path.positions, *[None] * (len(bodies) - len(self.path.positions))]
        left: list[str] = []  # where the case stood, or how it ended, before the event
        for number, (event, at) in enumerate(zip(self.events, positions, strict=True)):
            version = self.versions[number]
            told = words[version.checksum]
            self._remember(event.body, event.at)
            spoken = values.of(event, version) if self.contents else []
            yield Moment(
                seq=event.seq,
                at=event.body["at"],
                type=event.type,
                what=told.title(event.body),
                element=str(event.body.get("element") or self._elements(event.body)),
                step=self._step(event.body, version.diagram),
                **self._who(event.body),
                version=order.index(version.checksum),
                marks=indexes[number],
                passed=list(event.body.get("effects", {}).get("elements", ())),
                flows=list(event.body.get("effects", {}).get("flows", ())),
                tokens=self._tokens(at, version, event.at, self.calendars[number]),
                jumps=_jumps(event.body, left) if at is not None else [],
                values=spoken,
                lines=self._lines(event, told, version, number),
                held_up=self._held(event.body),
                hash=event.hash,
                known=at is not None,
            )
            left = _standing(at) or left

    def _marked(self, bodies: Sequence[Mapping[str, Any]]) -> list[int]:
        """Index into `marks` of each event; what looks the same is kept once."""
        standing = [[] if at.position.completed else _standing(at) for at in self.path.positions]
        standing += [[] for _ in range(len(bodies) - len(standing))]
        known: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = {}
        found = []
        for marks in marks_along(bodies, [each.diagram for each in self.versions], standing):
            if marks not in known:
                known[marks] = len(self.marks)
                self.marks.append(Marks(list(marks[0]), list(marks[1])))
            found.append(known[marks])
        return found

    def _remember(self, body: Mapping[str, Any], at: datetime) -> None:
        for task in body.get("effects", {}).get("opened", ()):
            due = moment_from(task["due"]) if task.get("due") else None
            self._opened[task["id"]] = (task["element"], at, due)

    def _elements(self, body: Mapping[str, Any]) -> str:
        task = self._opened.get(str(body.get("task")))
        return task[0] if task is not None else ""

    def _step(self, body: Mapping[str, Any], diagram: Diagram) -> str:
        element = diagram.elements.get(str(body.get("element") or self._elements(body)))
        return element.label if element is not None else ""

    def _who(self, body: Mapping[str, Any]) -> dict[str, str]:
        account, whom = body.get("actor"), body.get("for")
        return {
            "by": self.people.named(str(account) if account else None),
            "title": self.people.title(body.get("appointment")),
            "on_behalf": self.people.named(str(whom)) if whom else "",
            "channel": str(body.get("channel") or ("sistem" if account is None else "web")),
        }

    def _tokens(self, at: Replayed | None, version: Deployed, now: datetime, calendar: Calendar) -> list[Token]:
        if at is None:
            return []
        return [*self._tasks(at, version, now, calendar), *_timers(at), *self._messages(at)]

    def _tasks(self, at: Replayed, version: Deployed, now: datetime, calendar: Calendar) -> Iterator[Token]:
        for task in at.position.tasks:
            element = at.diagram.elements[task.element]
            unit = task_unit(at.diagram, task)
            _, since, _ = self._opened.get(task.id, (task.element, now, None))
            due, holder = at.dues.get(task.id), at.assignees.get(task.id)
            state, clock = standing(calendar, since, due, now) if due is not None else (None, "")
            yield Token(
                task.element, element.label, "tugas",
                role=element.lane or "",
                unit=self._unit(unit),
                holder=self.people.named(holder) if holder else "",
                since=moment_text(since),
                due=moment_text(due) if due is not None else "",
                clock=clock,
                clock_kind=KINDS[state] if state is not None else "",
            )  # fmt: skip

    def _messages(self, at: Replayed) -> Iterator[Token]:
        for message in at.position.messages:
            element = at.diagram.elements[message.element]
            unit = self._unit(task_unit(at.diagram, message))
            lane = at.diagram.lane_at(message.element)
            yield Token(element.id, element.label, "pesan", role=lane.name if lane is not None else "", unit=unit)

    def _unit(self, code: str | None) -> str:
        return self.labels["unit"].get(code, code) if code else ""

    def _lines(self, event: StoredEvent, told: EventWords, version: Deployed, number: int) -> list[Line]:
        """What the event says beyond what was typed."""
        body, effects = event.body, event.body.get("effects", {})
        facts = "; ".join(filter(None, told.facts(body, values=self.contents)))
        found = [Line("Rincian", facts)] if facts else []
        found += self._changed(body)
        labels = {each.id: each.label for each in version.diagram.elements.values()}
        opened = list(dict.fromkeys(labels.get(each["element"], each["element"]) for each in effects.get("opened", ())))
        found += [Line("Membuka", ", ".join(opened))] if opened else []
        found += self._spent(event, version, number)
        found += [Line("Hasil", str(effects["outcome"]))] if effects.get("outcome") not in (None, facts) else []
        if body.get("late"):
            found.append(Line("Jatuh", "terlambat diproses: sistem tidak berjalan pada waktunya"))
        return found

    def _changed(self, body: Mapping[str, Any]) -> Iterator[Line]:
        """Due times that followed a new calendar."""
        old = body.get("old", {})
        if body["type"] != "calendar_followed":
            return
        for task, due in body.get("dues", {}).items():
            yield Line("Tenggat", _change(old.get("dues", {}).get(task), due))
        for timer, due in body.get("timers", {}).items():
            yield Line("Batas waktu diagram", _change(old.get("timers", {}).get(timer), due))
        if old.get("case_due") != body.get("case_due"):
            yield Line("Batas jawaban", _change(old.get("case_due"), body.get("case_due")))

    def _spent(self, event: StoredEvent, version: Deployed, number: int) -> list[Line]:
        """What a completed task took, against the SOP's time."""
        task = self._opened.get(str(event.body.get("task")))
        if event.type != "task_completed" or task is None:
            return []
        element, opened, due = task
        standard = version.standard_of(element)
        if standard is None or due is None:
            return []
        spent = took(self.calendars[number], standard, opened, event.at, late=event.at > due)
        return [Line("Lama", f"terlambat, {spent.words}" if spent.late else spent.words)]

    def _held(self, body: Mapping[str, Any]) -> str:
        if body["type"] == "incident_raised":
            self._held_up = str(body.get("message", ""))
        elif body["type"] in _GOES_ON or body.get("effects", {}).get("closed"):
            self._held_up = ""
        return self._held_up


def _change(old: str | None, new: str | None) -> str:
    before, after = (said(moment_from(each)) if each else "tidak ada" for each in (old, new))
    return f"dari {before} menjadi {after}"


def _timers(at: Replayed) -> Iterator[Token]:
    for timer in at.position.timers:
        element = at.diagram.elements.get(timer.element)
        name = element.label if element is not None else timer.element
        yield Token(timer.element, name, "waktu", due=moment_text(timer.due))


def _standing(at: Replayed | None) -> list[str]:
    """Elements where it waits, or the last one passed; nothing for a case that was closed beside the diagram."""
    if at is None:
        return []
    waiting = [each.element for each in at.position.tasks] + [each.element for each in at.position.messages]
    return list(dict.fromkeys(waiting)) or list(at.step.elements[-1:])


def _jumps(body: Mapping[str, Any], left: list[str]) -> list[Jump]:
    """Moves beside the diagram: from where the case stood, or had ended, to the step that was chosen."""
    if body["type"] in BROUGHT:
        return [Jump(each, str(body["element"])) for each in left]
    return [Jump(each) for each in left] if body["type"] in _CLOSED_BESIDE else []
