"""The office's hours over the span of the demo as one line of working minutes; knows no cases."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, time, timedelta
from itertools import accumulate

from engine.worktime import WIB, Calendar, Duration

_DAY = 450  # working minutes of a usual day


class OfficeTime:
    """Working minutes of an office from the day of `begin` on, until a while after `end`."""

    def __init__(self, calendar: Calendar, begin: datetime, end: datetime) -> None:
        first, last = begin.astimezone(WIB).date(), end.astimezone(WIB).date() + timedelta(days=30)
        self.calendar, self.begin, self.end = calendar, _moment(first, 0), end.astimezone(WIB)
        hours = [(day, span) for day in _days(first, last) for span in calendar.hours_on(day)]
        if not hours:
            raise ValueError(f"the calendar has no office hours between {first} and {last}")
        self._opens = [_moment(day, span[0]) for day, span in hours]
        lengths = [span[1] - span[0] for _, span in hours]
        self._before = [0, *accumulate(lengths)][:-1]

    def minute(self, at: datetime) -> float:
        """The working minutes until a moment."""
        return self.calendar.working_time(self.begin, at) / timedelta(minutes=1)

    def at(self, minute: float) -> datetime:
        """The moment of a working minute; it always lies within office hours."""
        place = bisect_right(self._before, max(0.0, minute)) - 1
        return self._opens[place] + timedelta(minutes=max(0.0, minute) - self._before[place])

    def after(self, at: datetime, minutes: float) -> datetime:
        """Some working minutes later."""
        return max(at, self.at(self.minute(at) + minutes))

    def working_days(self, first: date, number: int) -> list[date]:
        """The next working days from a day on."""
        days = (day for day in _days(first, first + timedelta(days=60 + 2 * number)) if self.calendar.hours_on(day))
        return [day for day, _ in zip(days, range(number), strict=False)]


def minutes_of(standard: Duration | None) -> int:
    """About how many working minutes a step's standard time has; half an hour when it has none."""
    if standard is None:
        return 30
    return standard.number * {"menit": 1, "jam": 60}.get(standard.unit, _DAY)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _moment(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), WIB)
