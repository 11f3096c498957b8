"""The time axis of a case: office hours along it, and the long times in which nothing happened. Knows no events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from engine.history.event import moment_text
from engine.queries.case_replay.document import Idle, Stretch
from engine.queries.clocks import length
from engine.worktime import WIB, Calendar

IDLE = timedelta(hours=4)  # a shorter pause is no idle time
_DAY = timedelta(days=1)
_MOST_DAYS = 2000  # a longer axis is not shaded: a day would be thinner than a hair


def working(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Stretch]:
    """Office hours that touch the span, cut to it, in order."""
    first, last = start.astimezone(WIB).date(), end.astimezone(WIB).date()
    if (last - first).days > _MOST_DAYS:
        return
    for number in range((last - first).days + 1):
        midnight = datetime.combine(first + number * _DAY, datetime.min.time(), WIB)
        for opens, closes in calendar.hours_on(midnight.date()):
            begin = max(start, midnight + timedelta(minutes=opens))
            stop = min(end, midnight + timedelta(minutes=closes))
            if begin < stop:
                yield Stretch(moment_text(begin.astimezone(UTC)), moment_text(stop.astimezone(UTC)))


def idle(calendar: Calendar, instants: Sequence[datetime]) -> Iterator[Idle]:
    """The long pauses between the events at these instants, the first of which has the number 1."""
    for seq, (start, end) in enumerate(pairwise(instants), 1):
        if end - start >= IDLE:
            worked = calendar.working_time(start, end)
            within = f"termasuk {length(worked)} waktu kerja" if worked else "seluruhnya di luar waktu kerja"
            words = f"{_span(end - start)} tanpa kejadian, {within}"
            yield Idle(seq, moment_text(start), moment_text(end), words)


def _span(time: timedelta) -> str:
    hours = time // timedelta(hours=1)
    days, rest = divmod(hours, 24)
    parts = [f"{days} hari"] if days else []
    if rest and days < 10:
        parts.append(f"{rest} jam")
    return " ".join(parts)
