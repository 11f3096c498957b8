"""One year's open hours, laid out so that every question is a bisection; knows no names of days."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from engine.worktime.fields import Interval
from engine.worktime.instants import MINUTE, midnight


@dataclass(slots=True)
class Year:
    """Lists in order of time. Days are ordinals; the rest are wall-clock positions and lengths in microseconds."""

    days: list[int] = field(default_factory=list)  # working days
    closings: list[int] = field(default_factory=list)  # the end of office hours of each working day
    opens: list[int] = field(default_factory=list)  # begin of each open interval
    closes: list[int] = field(default_factory=list)  # its end
    done: list[int] = field(default_factory=list)  # open time of the year up to that end

    @property
    def total(self) -> int:
        """Open time of the whole year."""
        return self.done[-1] if self.done else 0

    def worked(self, position: int) -> int:
        """Open time from the start of the year until `position`."""
        last = bisect_right(self.opens, position) - 1
        return self.done[last] - max(0, self.closes[last] - position) if last >= 0 else 0

    def reach(self, target: int) -> int:
        """The first position at which `target` (more than 0, at most the total) has been worked."""
        found = bisect_left(self.done, target)
        return self.closes[found] - (self.done[found] - target)

    def days_closed(self, position: int) -> int:
        """How many working days of the year have ended at `position`."""
        return bisect_right(self.closings, position)

    def days_begun(self, day: int) -> int:
        """How many working days of the year are not after the day with this ordinal."""
        return bisect_right(self.days, day)


def lay_out(year: int, hours_on: Callable[[date], tuple[Interval, ...]]) -> Year:
    """The tables of `year`."""
    table = Year()
    done = 0
    for day in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
        hours = hours_on(date.fromordinal(day))
        start = midnight(day)
        for opens, closes in hours:
            done += (closes - opens) * MINUTE
            table.opens.append(start + opens * MINUTE)
            table.closes.append(start + closes * MINUTE)
            table.done.append(done)
        if hours:
            table.days.append(day)
            table.closings.append(table.closes[-1])
    return table
