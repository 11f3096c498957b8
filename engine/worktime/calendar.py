"""When the office works: due times, working time between instants, how late it is. Knows no words and no clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from engine.worktime.data import SPECIAL, CalendarError, Holiday, Schedule, read, written
from engine.worktime.duration import Duration
from engine.worktime.fields import Interval
from engine.worktime.instants import instant, local_day, ordinal, wall
from engine.worktime.tables import Year, lay_out

NEARLY_DUE = 75  # percent of the standard working time


class State(StrEnum):
    """How a task stands against its standard time; the values are the words of the pages."""

    ON_TIME = "dalam waktu baku"
    NEARLY_DUE = "hampir lewat waktu baku"
    LATE = "terlambat"


class Skipped(NamedTuple):
    """A day on which no time ran. `holiday` is None when the schedule keeps that weekday closed anyway."""

    day: date
    holiday: Holiday | None


@dataclass(frozen=True)
class Calendar:
    """The office hours and holidays in force. Made by `from_data`, which checks; threads may share it."""

    schedules: tuple[Schedule, ...]
    holidays: Mapping[date, Holiday] = field(hash=False)
    approved_years: frozenset[int]
    _years: dict[int, Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def from_data(cls, data: object) -> Calendar:
        """Read plain data (shape: `engine.worktime.data`). CalendarError lists every mistake with its field."""
        found, problems = read(data)
        if problems:
            raise CalendarError(problems)
        return cls(found.schedules, found.holidays, found.approved_years)

    def to_data(self) -> dict[str, Any]:
        """Canonical plain data: lists, strings and ints in one order, so that equal calendars give equal bytes."""
        return written(self.schedules, self.holidays, self.approved_years)

    def add(self, start: datetime, duration: Duration) -> Due:
        """When `duration` from `start` ends.

        Minutes and hours run through open intervals only. Working days are the days after the day of `start`, and
        the last one ends at office closing; whatever comes in on a day off or after closing begins with the next
        working day, too.
        """
        position = wall(start)
        if duration.in_days:
            end = self._closing(ordinal(position), duration.number)
        else:
            end = self._advance(position, duration.microseconds)
        return Due(start, duration, instant(end), self)

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """Open time between two instants, exact; zero when `end` is not after `start`."""
        return timedelta(microseconds=self._between(wall(start), wall(end)))

    def working_minutes(self, start: datetime, end: datetime) -> int:
        """Whole open minutes between two instants."""
        return self.working_time(start, end) // timedelta(minutes=1)

    def working_days(self, start: datetime, end: datetime) -> int:
        """Working days after the day of `start` that have closed by `end`: the inverse of adding working days."""
        first, last = wall(start), wall(end)
        if last <= first:
            return 0
        years = range(_year(first), _year(last) + 1)
        closed = sum(len(self._table(each).days) for each in years[:-1]) + self._table(years[-1]).days_closed(last)
        return max(0, closed - self._table(years[0]).days_begun(ordinal(first)))

    def percent_used(self, opened: datetime, due: datetime, now: datetime) -> int:
        """Whole percent of the standard working time that has run (above 100 when late); 100 when there was none."""
        standard = self._between(wall(opened), wall(due))
        return self._between(wall(opened), wall(now)) * 100 // standard if standard else 100

    def state(self, opened: datetime, due: datetime, now: datetime) -> State:
        """Late after `due`; nearly due once 75 % of the working time from `opened` to `due` has run."""
        if now > due:
            return State.LATE
        return State.NEARLY_DUE if self.percent_used(opened, due, now) >= NEARLY_DUE else State.ON_TIME

    def nearly_due_at(self, opened: datetime, due: datetime) -> datetime:
        """The first instant at which `state` says nearly due, in UTC; `due` itself when no open time lies between."""
        standard = self._between(wall(opened), wall(due))
        if not standard:
            return instant(wall(due))
        return instant(self._advance(wall(opened), -(-standard * NEARLY_DUE // 100)))

    def hours_on(self, day: date) -> tuple[Interval, ...]:
        """Open intervals in minutes after midnight; none on a holiday or a closed weekday."""
        return () if day in self.holidays else self._usual_hours(day)

    def skipped(self, first: date, last: date) -> Iterator[Skipped]:
        """The closed days from `first` to `last`, both included, in order."""
        for day in _days(first, last):
            if not self.hours_on(day):
                yield Skipped(day, self.holidays.get(day) if self._usual_hours(day) else None)

    def unapproved(self, start: datetime, end: datetime) -> tuple[int, ...]:
        """The years touched by the span whose holidays nobody has approved yet."""
        years = range(local_day(start).year, local_day(end).year + 1)
        return tuple(each for each in years if each not in self.approved_years)

    def _usual_hours(self, day: date) -> tuple[Interval, ...]:
        """The hours of the weekday by the schedule in force; a special schedule wins over the normal one."""
        valid = [each for each in self.schedules if each.covers(day)]
        schedule = next((each for each in valid if each.kind == SPECIAL), valid[0] if valid else None)
        return schedule.week[day.weekday()] if schedule else ()

    def _table(self, year: int) -> Year:
        table = self._years.get(year)
        if table is None:  # two threads may both lay it out: the results are equal
            table = self._years[year] = lay_out(year, self.hours_on)
        return table

    def _between(self, start: int, end: int) -> int:
        if end <= start:
            return 0
        first, last = _year(start), _year(end)
        full = sum(self._table(year).total for year in range(first, last))
        return full + self._table(last).worked(end) - self._table(first).worked(start)

    def _advance(self, position: int, length: int) -> int:
        year = _year(position)
        table = self._table(year)
        target = table.worked(position) + length
        while target > table.total:
            target -= table.total
            year += 1
            table = self._table(year)
        return table.reach(target)

    def _closing(self, day: int, number: int) -> int:
        year = date.fromordinal(day).year
        table = self._table(year)
        index = table.days_begun(day) + number - 1
        while index >= len(table.days):
            index -= len(table.days)
            year += 1
            table = self._table(year)
        return table.closings[index]


@dataclass(frozen=True)
class Due:
    """A due time and what explains it. `at` is in UTC; the rest is worked out only when asked for."""

    start: datetime
    duration: Duration
    at: datetime
    calendar: Calendar = field(repr=False, compare=False)

    @property
    def days(self) -> tuple[date, ...]:
        """The days on which time ran; for working days those that were counted, so the start day is not among them."""
        first, last = local_day(self.start), local_day(self.at)
        if self.duration.in_days:
            first += timedelta(days=1)
        else:
            first = local_day(self.runs_from)
        return tuple(each for each in _days(first, last) if self.calendar.hours_on(each))

    @property
    def runs_from(self) -> datetime:
        """The instant, in UTC, from which open time runs: `start`, or the next opening."""
        # One microsecond of open time ends one microsecond after it began.
        return instant(self.calendar._advance(wall(self.start), 1) - 1)

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The closed days from the start day to the due day."""
        return tuple(self.calendar.skipped(local_day(self.start), local_day(self.at)))

    @property
    def warnings(self) -> tuple[str, ...]:
        """One sentence for each year on the way whose holidays are not approved."""
        return tuple(
            f"Hari libur tahun {year} belum disetujui; batas waktu ini dapat bergeser."
            for year in self.calendar.unapproved(self.start, self.at)
        )


def _year(position: int) -> int:
    return date.fromordinal(ordinal(position)).year


def _days(first: date, last: date) -> Iterator[date]:
    for day in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(day)
