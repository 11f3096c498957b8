"""The office's past weeks as one line of working minutes, so that demo events fall on working days. Knows no calendar
of holidays."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Jakarta")
WEEKS = 3
# Perpres 21/2023, with the breaks this office starts from: (begin, end) of each half of a day.
_DAY = ((time(7, 30), time(12)), (time(13), time(16)))
_FRIDAY = ((time(7, 30), time(11, 30)), (time(13), time(16, 30)))
_MINUTES = {"menit": 1, "jam": 60, "hari": 450}


class OfficeTime:
    """Working minutes of the three weeks up to `now`: minute 0 is 15 working days ago, `TOTAL` is now."""

    TOTAL = WEEKS * 5 * _MINUTES["hari"]

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._halves = [half for day in range(WEEKS * 7, -1, -1) for half in _halves(now, day)]
        self._before = sum(_length(begin, end) for begin, end in self._halves) - self.TOTAL

    @property
    def opening(self) -> datetime:
        """The first working moment; everything else comes after it."""
        return self._halves[0][0]

    def at(self, minute: float) -> datetime:
        """The moment of a working minute, never after `now`."""
        left = self._before + max(0.0, minute)
        for begin, end in self._halves:
            if left < _length(begin, end):
                return begin + timedelta(minutes=left)
            left -= _length(begin, end)
        return self.now


def _halves(now: datetime, days_ago: int) -> list[tuple[datetime, datetime]]:
    day = now.astimezone(ZONE).date() - timedelta(days=days_ago)
    if day.weekday() > 4:
        return []
    halves = _FRIDAY if day.weekday() == 4 else _DAY
    spans = ((datetime.combine(day, begin, ZONE), datetime.combine(day, end, ZONE)) for begin, end in halves)
    return [(begin, min(end, now)) for begin, end in spans if begin < now]


def _length(begin: datetime, end: datetime) -> float:
    return (end - begin).total_seconds() / 60


def standard_minutes(waktu: str) -> int:
    """Working minutes of a step's `waktu` ("120 menit", "3 hari"); half an hour when it says nothing readable."""
    found = re.search(r"(\d+)\s*(menit|jam|hari)", waktu.lower())
    return int(found[1]) * _MINUTES[found[2]] if found else 30
