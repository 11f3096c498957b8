"""Instants as whole microseconds of wall clock in Serang, so that all arithmetic is exact; knows no calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

# Asia/Jakarta has been UTC+7 without daylight saving since 1964: a fixed offset gives the same answer on every host.
WIB = timezone(timedelta(hours=7), "WIB")

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_ORIGIN = datetime(1, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_OFFSET = 7 * HOUR


def wall(at: datetime) -> int:
    """Microseconds of WIB wall clock since the start of year 1. TypeError when `at` carries no zone."""
    return (at - _ORIGIN) // _MICROSECOND + _OFFSET


def instant(position: int) -> datetime:
    """The instant, in UTC, at which the wall clock shows `position`."""
    return _ORIGIN + timedelta(microseconds=position - _OFFSET)


def ordinal(position: int) -> int:
    """The proleptic ordinal of the day in which `position` lies, as `date.toordinal` counts."""
    return position // DAY + 1


def midnight(day: int) -> int:
    """The wall clock at which the day with this ordinal begins."""
    return (day - 1) * DAY


def local_day(at: datetime) -> date:
    """The date in Serang."""
    return at.astimezone(WIB).date()
