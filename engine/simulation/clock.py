"""Where the simulated clock can be moved with one press. Knows the office's calendar, not the case's engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine.simulation.situation import Situation
from engine.worktime import WIB, Calendar, Duration

_TICK = timedelta(microseconds=1)  # what is due at an instant is over only after it


def opening(calendar: Calendar, now: datetime) -> datetime:
    """When a made-up case begins: now, or when the office opens next."""
    minute = now.replace(second=0, microsecond=0)
    return calendar.add(minute, Duration(1, "menit")).runs_from


def hour_later(calendar: Calendar, now: datetime) -> datetime:
    """One working hour on."""
    return calendar.add(now, Duration(1, "jam")).at


def day_later(calendar: Calendar, now: datetime) -> datetime:
    """The next working day at the same time of day."""
    day = calendar.add(now, Duration(1, "hari kerja")).at.astimezone(WIB).date()
    return datetime.combine(day, now.astimezone(WIB).timetz()).astimezone(UTC)


def next_due(situation: Situation) -> datetime | None:
    """Just after the next instant at which a task is due or a timer rings; None when nothing is ahead."""
    dues = [each.due for each in situation.timers] + [each.due for each in situation.tasks if each.due is not None]
    dues = [each for each in dues if each >= situation.now]
    return min(dues) + _TICK if dues and not situation.ended else None
