"""What a simulated case runs in: diagram, readable forms, the office's calendar and tables, the time it may take."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.position import task_unit
from engine.process.diagram import Diagram
from engine.process.forms import Form, Tables
from engine.process.runtime import OpenTask, Program
from engine.process.spiff import Moment
from engine.simulation.words import TOO_LONG
from engine.worktime import Calendar, Duration


class Stopped(Exception):
    """An action that was not taken. `element` is where the case stands then, `errors` are those of its form."""

    def __init__(self, message: str, element: str = "", errors: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.element = element
        self.errors = dict(errors or {})


@dataclass(frozen=True)
class World:
    """What a case runs in. `until` is the processor time of this thread at which it must have ended."""

    program: Program
    forms: Mapping[str, Form]
    calendar: Calendar
    tables: Tables
    until: float

    @property
    def diagram(self) -> Diagram:
        """The diagram."""
        return self.program.diagram

    def form_of(self, element: str) -> Form | None:
        """The form of a task, None when it has none that can be read."""
        return self.forms.get(self.diagram.elements[element].form_key or element)

    def standard_of(self, element: str) -> Duration | None:
        """The time that the SOP gives a task, None in a lane without deadlines."""
        task = self.diagram.elements[element]
        lane = self.diagram.lanes.get(task.lane or "")
        return None if lane and lane.no_deadline else duration(task.properties.get("waktu", ""))

    def unit_label(self, task: OpenTask) -> str:
        """Name of the unit that owns a task."""
        code = task_unit(self.diagram, task) or ""
        return next((each.label for each in self.tables.get("unit", ()) if each.value == code), code)

    def moment(self, number: int, at: datetime) -> Moment:
        """What the event with this number gives the engine."""

        def ends(start: datetime, amount: int, unit: str) -> datetime:
            return self.calendar.add(start, Duration(amount, unit)).at

        return Moment(f"simulasi/{number}", at, ends)

    def check_time(self) -> None:
        """Raises Stopped once the time is used up."""
        if time.thread_time() > self.until:
            raise Stopped(TOO_LONG)


def duration(text: str) -> Duration | None:
    """A length of working time, None when it is none."""
    try:
        return Duration.parse(text)
    except ValueError:
        return None
