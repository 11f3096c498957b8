"""Days off as a page shows and reads them: months, lines pasted from a decree, proposals. Knows no database."""

from __future__ import annotations

import calendar as gregorian
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.worktime import Calendar, Holiday, Schedule, read_date
from webapp.text import DAYS, MONTHS

OFF, JOINT_LEAVE = "libur", "cuti bersama"
MAX_NAME, MAX_SAID = 150, 20  # characters of a name; problems named at once
_LINE = re.compile(
    r"(?:[0-9]{1,2}[.)]\s+)?(?:(?P<weekday>senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad)\s*,?\s+)?"
    r"(?P<date>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}|[0-9]{1,2}\s+[^\W\d_]+\s+[0-9]{4})"
    r"(?P<rest>.*)",
    re.IGNORECASE,
)
_KIND = re.compile(r"[\s,;:|(–—-]+(?P<kind>libur(?: nasional)?|cuti bersama)[\s)]*", re.IGNORECASE)
_MARKS = " \t,;:|–—-"
_WEEKDAYS = {"jum'at": "jumat", "ahad": "minggu"}


@dataclass(frozen=True)
class Cell:
    """A day of a month: `mark` is "libur", "cuti bersama", "tutup" or empty; `special` names a special schedule."""

    day: date
    mark: str
    special: bool


@dataclass(frozen=True)
class Month:
    """A month in weeks from Monday on, None outside it; its days off; the special schedules that touch it."""

    name: str
    weeks: tuple[tuple[Cell | None, ...], ...]
    holidays: tuple[tuple[date, Holiday], ...]
    special: tuple[Schedule, ...]


@dataclass(frozen=True)
class Line:
    """A day off that someone pasted; `number` counts the lines from 1."""

    number: int
    day: date
    name: str
    kind: str


def months(calendar: Calendar, year: int) -> list[Month]:
    """The twelve months of a year."""
    return [_month(calendar, year, month) for month in range(1, 13)]


def _month(calendar: Calendar, year: int, month: int) -> Month:
    weeks = gregorian.Calendar().monthdatescalendar(year, month)
    inside = [day for week in weeks for day in week if day.month == month]
    return Month(
        MONTHS[month - 1],
        tuple(tuple(_cell(calendar, day) if day.month == month else None for day in week) for week in weeks),
        tuple((day, calendar.holidays[day]) for day in inside if day in calendar.holidays),
        tuple(each for each in _special(calendar) if any(each.covers(day) for day in inside)),
    )


def _special(calendar: Calendar) -> list[Schedule]:
    return [each for each in calendar.schedules if each.kind == "khusus"]


def _cell(calendar: Calendar, day: date) -> Cell:
    holiday = calendar.holidays.get(day)
    mark = holiday.kind if holiday else "" if calendar.hours_on(day) else "tutup"
    return Cell(day, mark, not mark and any(each.covers(day) for each in _special(calendar)))


def said_date(day: date) -> str:
    """ "24 Desember 2026", as `read_date` reads it back."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def read_lines(text: str, year: int) -> tuple[list[Line], list[str]]:
    """One day a line: date, name, "libur" (meant when nothing is said) or "cuti bersama"; and what is wrong where.

    Takes what tables of a decree give when copied: a running number, the weekday, tabs or other marks between parts.
    """
    found: list[Line] = []
    wrong: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip(_MARKS):
            continue
        read = _line(number, line.strip(_MARKS), year)
        if isinstance(read, str):
            wrong.append(f"Baris {number}: {read}")
            continue
        twin = next((each for each in found if each.day == read.day), None)
        if twin is not None:
            wrong.append(f"Baris {number}: {said_date(read.day)} sudah ditulis pada baris {twin.number}.")
            continue
        found.append(read)
    return found, wrong


def _line(number: int, line: str, year: int) -> Line | str:
    """The line read, or what is wrong with it."""
    found = _LINE.fullmatch(line)
    day = read_date(found["date"]) if found else None
    if found is None or day is None:
        return f"tanggal pada «{line[:60]}» tidak terbaca. Tulis seperti 24 Desember {year}, lalu namanya."
    if day.year != year:
        return f"{said_date(day)} bukan hari dalam tahun {year}. Pilih tahunnya dulu."
    weekday = (found["weekday"] or "").lower()
    if weekday and _WEEKDAYS.get(weekday, weekday) != DAYS[day.weekday()].lower():
        return f"{said_date(day)} jatuh pada hari {DAYS[day.weekday()]}, bukan {found['weekday']}."
    name, kind = _name_and_kind(found["rest"])
    if not name:
        return f"nama hari untuk {said_date(day)} belum ditulis."
    if len(name) > MAX_NAME:
        return f"nama harinya lebih dari {MAX_NAME} huruf."
    return Line(number, day, name, kind)


def _name_and_kind(rest: str) -> tuple[str, str]:
    last = list(_KIND.finditer(rest))
    stated = last[-1] if last and last[-1].end() == len(rest) else None
    name = " ".join((rest[: stated.start()] if stated else rest).split()).strip(_MARKS)
    said = stated["kind"].lower() if stated else name.lower()
    kind = JOINT_LEAVE if JOINT_LEAVE in said else OFF
    if not name and kind == JOINT_LEAVE:
        name = "Cuti bersama"
    return name, kind


def edited_days(
    calendar: Calendar,
    *,
    removed: Iterable[str],
    chosen: Sequence[tuple[date, str, str]],
    pasted: Sequence[Line],
    decree: str,
) -> tuple[dict[str, Any], list[str]]:
    """The calendar's plain data with days taken out and added, and what is wrong with the pasted lines.

    `chosen` are proposals (day, name, kind); where a line names the same day, the decree's words win.
    """  # fmt: skip
    data = calendar.to_data()
    gone = set(removed)
    kept = [each for each in data["holidays"] if each["date"] not in gone]
    names = {each["date"]: each["name"] for each in kept}
    wrong = [
        f"Baris {line.number}: {said_date(line.day)} sudah tercantum sebagai «{names[line.day.isoformat()]}». "
        "Tandai Hapus pada hari itu bila ingin menggantinya."
        for line in pasted
        if line.day.isoformat() in names
    ]
    new = {day: (name, kind) for day, name, kind in chosen if day.isoformat() not in names}
    new |= {line.day: (line.name, line.kind) for line in pasted if line.day.isoformat() not in names}
    added = [_record(day, name, kind, decree) for day, (name, kind) in new.items()]
    return {**data, "holidays": kept + added}, wrong


def _record(day: date, name: str, kind: str, decree: str) -> Mapping[str, str]:
    return {"date": day.isoformat(), "name": name, "kind": kind, "decree": decree}


def said_problems(problems: Sequence[str]) -> str:
    """One message, a line for each problem."""
    more = len(problems) - MAX_SAID
    return "\n".join([*problems[:MAX_SAID], *([f"Dan {more} baris lain."] if more > 0 else [])])
