"""When people file in the course of a year, and when they answer; knows no cases."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from engine.worktime import WIB
from webapp.cli.demo.office_time import OfficeTime
from webapp.cli.demo.topics import course

_WEEKDAYS = (11, 10, 10, 10, 9, 6, 6)  # Monday first
_TRIES = 100


class Seasons:
    """Moments of filing between two instants: more in some months and at some hours than in others."""

    def __init__(self, office: OfficeTime, rng: random.Random) -> None:
        self.office, self.rng = office, rng
        first, last = office.begin.astimezone(WIB).date(), office.end.astimezone(WIB).date()
        self.days = [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def moment(self, *, by_staff: bool, until: datetime) -> datetime:
        """A moment at which somebody files; within office hours when staff write it down."""
        for _ in range(_TRIES):
            day = self._day(until.astimezone(WIB).date())
            at = self._counter(day) if by_staff else self._any_hour(day)
            if self.office.begin < at < until:
                return at
        return self.office.at(self.rng.uniform(1, max(2.0, self.office.minute(until) - 1)))

    def _day(self, last: date) -> date:
        days = [day for day in self.days if day <= last] or self.days[:1]
        months: list[int] = course()["bulan"]
        weights = [months[day.month - 1] * _WEEKDAYS[day.weekday()] for day in days]
        return self.rng.choices(days, weights)[0]

    def _counter(self, day: date) -> datetime:
        return self.office.after(datetime.combine(day, time(0), WIB), self.rng.uniform(5, 400))

    def _any_hour(self, day: date) -> datetime:
        hour = self.rng.choices(range(24), course()["jam"])[0]
        return datetime.combine(day, time(hour), WIB) + timedelta(seconds=self.rng.uniform(0, 3599))


def awake(at: datetime) -> datetime:
    """The same moment, or the next morning when people sleep."""
    local = at.astimezone(WIB)
    return local + timedelta(hours=7) if local.hour < 5 else local
