"""The same case on the draft, run by the real engine from the recorded instants and answers. Judges nothing."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.dry_run.answers import Asked, fit
from engine.dry_run.past import BESIDE, BY_HAND, CLOSED_BESIDE, ENDED, MOVED, Happened, Past
from engine.dry_run.sop import Sop
from engine.history.event import moment_from
from engine.process.forms import Tables
from engine.process.runtime import Live, OpenTask, Position, Program, RunError, Step, WaitingTimer, after
from engine.process.spiff import Moment
from engine.recorded import FILLED_IN
from engine.worktime import Calendar, Duration

MAX_STEPS = 400  # of one case: firings and completions
TOO_LONG = "putarannya terlalu banyak atau terlalu lama"
FAILED = "langkah berikutnya menurut draf gagal dijalankan"
STUCK = {
    "idle": "menurut draf tidak ada lagi yang ditunggu, padahal belum selesai",
    "uncaught": "draf berakhir dengan galat yang tidak ditangani",
    "deep": TOO_LONG,
}


class Halted(Exception):
    """The case cannot be followed any further; the text says why, and fits many cases.

    `stuck`: the engine cannot go on, which is the draft's fault; else it is only not known how the case would.
    """

    def __init__(self, reason: str, *, stuck: bool = False) -> None:
        super().__init__(reason)
        self.stuck = stuck


@dataclass
class Trial:
    """A case on its way through the draft. `until` is the processor time of this thread at which it must have ended."""

    case_id: str
    program: Program
    old: Sop
    new: Sop
    past: Past
    known: frozenset[str]  # tasks that its own version had already, as the draft calls them
    calendar: Calendar
    tables: Tables
    until: float
    live: Live | None = None
    at: datetime = field(init=False)
    way: list[str] = field(default_factory=list)
    reached: Counter[str] = field(default_factory=Counter)  # how often a task opened
    notes: dict[tuple[str, str], None] = field(default_factory=dict)  # kind, text; in order
    parallel: bool = False
    closed: datetime | None = None  # by the engine's clock
    halted: str = ""  # why it could not be followed to its end
    stuck: bool = False
    _waiting: dict[str, deque[Happened]] = field(default_factory=dict)  # answers whose task is not open yet
    _steps: int = 0

    def run(self, now: datetime) -> None:
        """Follow the whole case, and from its last event on until `now`."""
        try:
            for event in self.past.events:
                if not event.fact:
                    self._follow(event)
            self._fire_until(max(now, self.at), self.past.events[-1], self.past.waiting)
        except Halted as why:
            self.halted, self.stuck = str(why), why.stuck

    @property
    def position(self) -> Position:
        """Where the case stands."""
        assert self.live is not None
        return self.live.position

    def _follow(self, event: Happened) -> None:
        if self.live is None:
            self._step(self.program.start, event.at, event)
        else:
            self._fire_until(event.at, event, event.before)
            self._act(event)
        self._go_on(event)

    def _act(self, event: Happened) -> None:
        if event.kind in FILLED_IN:
            self._waiting.setdefault(event.element, deque()).append(event)
        elif event.kind in MOVED:
            self._move(event)
        elif self.position.completed:
            return
        elif event.kind in CLOSED_BESIDE:
            keep = bool(event.body.get("kept"))
            self._step(lambda moment: self.program.cancel(self._live, moment, keep=keep), event.at, event)
            self.way.append(BESIDE)
        elif event.kind in ("task_moved", "variable_set"):
            self._assign(event)
        elif event.kind == "calendar_followed":
            self._reschedule(event)
        elif event.kind == "incident_skipped" and "timer" in event.body:
            dropped = self._timer(str(event.body["timer"]))
            if dropped is not None:
                self._step(lambda moment: self.program.drop_timer(self._live, dropped.id, moment), event.at)

    def _move(self, event: Happened) -> None:
        if event.element not in {each.id for each in self.program.targets}:
            label = self.old.label(str(event.body["element"]))
            raise Halted(f"dipindahkan petugas ke «{label}», yang dalam draf tidak dapat menjadi tujuan")
        self.way.append(BY_HAND)
        self._waiting.clear()  # what was answered before belongs to the round that the move has ended
        self._step(lambda moment: self.program.move(self._live, event.element, moment), event.at, event)

    def _assign(self, event: Happened) -> None:
        task_id = None
        if "task" in event.body:
            found = self._open_as(event)
            if found is None:
                return
            task_id = found.id
        values = event.body.get("set", {})
        self._step(lambda moment: self.program.assign(self._live, values, moment, task_id), event.at, event)

    def _reschedule(self, event: Happened) -> None:
        """Timers that stood where the recorded ones stood follow the calendar with them; others asked it anew."""
        before = event.body.get("old", {}).get("timers", {})
        dues: dict[str, datetime] = {}
        for timer_id, due in event.body.get("timers", {}).items():
            found = self._timer(timer_id)
            if found is not None and before.get(timer_id) and found.due == moment_from(before[timer_id]):
                dues[found.id] = moment_from(due)
        if dues:
            self._step(lambda moment: self.program.reschedule(self._live, dues, moment), event.at, event)

    def _timer(self, recorded: str) -> WaitingTimer | None:
        """The waiting timer that stands for a recorded one."""
        element = self.past.timers.get(recorded, ("", None))[0]
        timers = self.position.timers
        same = [each for each in timers if each.id == recorded] + [each for each in timers if each.element == element]
        return same[0] if same else None

    def _open_as(self, event: Happened) -> OpenTask | None:
        """The open task that a recorded one stands for: the very same, one of its unit, or any of its element."""
        recorded = str(event.body.get("task", event.body.get("message", "")))
        tasks = [each for each in self.program.answerable(self.position) if each.element == event.element]
        if len(tasks) < 2:
            return tasks[0] if tasks else None
        unit = self.past.units.get(recorded)
        lane = self.new.diagram.lanes.get(self.new.diagram.elements[event.element].lane or "")
        variable = lane.unit_variable if lane is not None else None
        return min(tasks, key=lambda each: (each.id != recorded, each.variables.get(variable or "") != unit, each.id))

    # ---- going on ----

    def _fire_until(self, at: datetime, event: Happened, waited: Mapping[str, datetime]) -> None:
        """Let all timers ring that are due before an instant, each at its own, up to the one that the event is of.

        Recorded ones that still `waited` have not rung, although they were due: the worker was late, or held up.
        """
        told = self._timer(str(event.body["timer"])) if event.kind == "timer_fired" else None
        if told is not None and after(told) != event.clock:
            told = None  # by the draft it rings at another time
        resting = {(self.past.timers[each][0], due) for each, due in waited.items()}
        while self.position.timers and (timer := self.position.timers[0]).due < at:
            if told is not None and timer.id == told.id:
                self._fire(timer, event.at, event)
                return
            if (timer.element, timer.due) in resting:
                break
            self._fire(timer, max(after(timer), self.at))
            self._go_on(event)
        self.at = max(self.at, at)

    def _fire(self, timer: WaitingTimer, at: datetime, event: Happened | None = None) -> None:
        # As the worker does it: the engine's clock stands just after this timer, so that no later one is swept along.
        self._step(lambda moment: self.program.fire(self._live, timer, moment), at, event, after(timer))

    def _go_on(self, event: Happened) -> None:
        """Complete what has an answer, and step over what is new and decides nothing."""
        while not self.position.completed:
            for task in self.program.answerable(self.position):
                if self._waiting.get(task.element):
                    self._answer(self._waiting[task.element].popleft(), event)
                    break
                if task.element not in self.known and task in self.position.tasks:
                    self._step_over(task)
                    break
            else:
                return

    def _answer(self, answer: Happened, event: Happened) -> None:
        task = self._open_as(answer)
        assert task is not None
        given = self._fitting(task.element, answer)
        own = event if answer is event else None
        self._step(lambda moment: self.program.answer(self._live, task, given, moment), self.at, own)

    def _fitting(self, element: str, answer: Happened) -> Mapping[str, Any]:
        was = str(answer.body["element"])
        asked = Asked(self.new.label(element), self.old.form_of(was), self.new.form_of(element),
                      self.new.diagram.read_variables)  # fmt: skip
        found = fit(asked, answer, self.tables)
        self.notes |= dict.fromkeys(("isian", each) for each in found.notes)
        if found.undecided:
            raise Halted(found.undecided)
        return found.given

    def _step_over(self, task: OpenTask) -> None:
        label = self.new.label(task.element)
        if not self.new.form_of(task.element).properties.keys().isdisjoint(self.new.diagram.read_variables):
            raise Halted(f"berhenti di langkah baru «{label}», yang isiannya menentukan jalan selanjutnya")
        self.notes["baru", f"melewati langkah baru «{label}», yang di sini dianggap langsung selesai"] = None
        self._step(lambda moment: self.program.complete(self._live, task.id, {}, moment), self.at)

    # ---- the engine ----

    @property
    def _live(self) -> Live:
        assert self.live is not None
        return self.live

    def _step(
        self,
        act: Callable[[Moment], Step],
        at: datetime,
        event: Happened | None = None,
        clock: datetime | None = None,
    ) -> None:
        """Take one step. With `event` the engine draws the ids that it drew then: equal tasks get equal ids."""
        self._steps += 1
        if self._steps > MAX_STEPS or time.thread_time() > self.until:
            raise Halted(TOO_LONG, stuck=True)
        seed = f"{self.case_id}/{event.seq}" if event is not None else f"{self.case_id}/uji/{self._steps}"
        try:
            step = act(Moment(seed, clock or at, self._ends))
        except RunError as wrong:
            raise Halted(STUCK.get(wrong.code, FAILED), stuck=True) from wrong
        self.live, self.at = step.live, at
        self._note(step, clock or at)

    def _note(self, step: Step, clock: datetime) -> None:
        self.way += sorted(task.element for task in step.opened)
        self.reached.update(task.element for task in step.opened)
        self.parallel |= len(step.position.tasks) > 1
        self.closed = clock if step.position.completed else None
        if step.ended is not None and step.position.completed:
            end = self.new.diagram.elements[step.ended]
            self.way.append(ENDED + (end.properties.get("hasil") or end.label))

    def _ends(self, start: datetime, amount: int, unit: str) -> datetime:
        """What the calendar said then, where it was asked the same; else what the one in force says."""
        said = self.past.answers.get((start, amount, unit))
        return said if said is not None else self.calendar.add(start, Duration(amount, unit)).at
