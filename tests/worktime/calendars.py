"""Calendars to test with: the one that Aduan starts with, and any that could be written; a slow way to count."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from engine.worktime import WIB, Calendar, Duration

START_FILE = Path(__file__).parents[2] / "engine" / "calendar_start.json"
START = Calendar.from_data(json.loads(START_FILE.read_text(encoding="utf-8")))
DAY_NAMES = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
FIRST, LAST = date(2025, 11, 1), date(2027, 2, 28)


def at(text: str) -> datetime:
    """An instant from its wall clock in Serang."""
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def days(draw: st.DrawFn) -> list[list[str]]:
    """Up to three intervals, which may touch."""
    marks = sorted(draw(st.lists(st.integers(0, 1439), max_size=6, unique=True)))
    return [[clock(a), clock(b)] for a, b in zip(marks[::2], marks[1::2], strict=False)]


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, list[list[str]]]:
    week = draw(st.fixed_dictionaries({name: days() for name in DAY_NAMES}))
    return week if any(week.values()) else {**week, "rabu": [["08:00", "12:00"]]}


@st.composite
def calendar_data(draw: st.DrawFn) -> dict[str, Any]:
    """Valid data: one normal schedule after another, special ones inside, holidays anywhere."""
    cuts = sorted(draw(st.sets(st.dates(FIRST, LAST), max_size=2)))
    firsts = [date(2020, 1, 1), *cuts]
    lasts = [(each - timedelta(days=1)).isoformat() for each in cuts] + [None]
    edges = sorted(draw(st.sets(st.dates(FIRST, LAST), max_size=4)))
    normal = [schedule("biasa", a.isoformat(), b, draw(weeks())) for a, b in zip(firsts, lasts, strict=True)]
    special = [
        schedule("khusus", a.isoformat(), b.isoformat(), draw(weeks()))
        for a, b in zip(edges[::2], edges[1::2], strict=False)
    ]
    off = draw(st.sets(st.dates(FIRST, LAST), max_size=25))
    kinds = draw(st.lists(st.sampled_from(["libur", "cuti bersama"]), min_size=len(off), max_size=len(off)))
    holidays = [
        {"date": day.isoformat(), "name": "Hari Raya", "kind": kind, "decree": "SKB"}
        for day, kind in zip(off, kinds, strict=True)
    ]
    return {"schedules": special + normal, "holidays": holidays, "approved_years": [2026]}


def schedule(kind: str, first: str, last: str | None, week: dict[str, Any]) -> dict[str, Any]:
    return {"name": f"Jadwal {kind}", "kind": kind, "from": first, "until": last, "week": week}


CALENDARS = st.one_of(st.just(START), calendar_data().map(Calendar.from_data))
INSTANTS = st.integers(0, 15 * 30 * 86_400 * 10**6).map(
    lambda microseconds: datetime(2025, 11, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)
HOURS = st.one_of(
    st.builds(Duration, st.integers(1, 3000), st.just("menit")), st.builds(Duration, st.integers(1, 80), st.just("jam"))
)
WORKING_DAYS = st.builds(Duration, st.integers(1, 60), st.just("hari kerja"))


def intervals(calendar: Calendar, day: date) -> list[tuple[datetime, datetime]]:
    midnight = datetime(day.year, day.month, day.day, tzinfo=WIB)
    return [(midnight + timedelta(minutes=a), midnight + timedelta(minutes=b)) for a, b in calendar.hours_on(day)]


def counted(calendar: Calendar, start: datetime, length: timedelta) -> datetime:
    """When `length` of open time has run since `start`: day by day, interval by interval."""
    day = start.astimezone(WIB).date()
    while True:
        for opens, closes in intervals(calendar, day):
            begin = max(opens, start)
            if begin < closes:
                if begin + length <= closes:
                    return begin + length
                length -= closes - begin
        day += timedelta(days=1)
