"""The plain data of a calendar: what it holds, how it is read and checked, how it is written. Knows no arithmetic.

    {"schedules": [{"name": "Jam kerja biasa", "kind": "biasa", "from": "2023-04-12", "until": null,
                    "week": {"senin": [["07:30", "12:00"], ["13:00", "16:00"]], ...}}],
     "holidays": [{"date": "2026-12-25", "name": "Hari Raya Natal", "kind": "libur", "decree": "SKB ..."}],
     "approved_years": [2025, 2026]}

Normal schedules ("biasa") follow each other without a gap and the last has no end; a special one ("khusus", for
example Ramadan) wins over them between its two dates. A day may also be written as it is spoken,
{"hours": ["07:30", "16:00"], "breaks": [["12:00", "13:00"]]}; it is kept as the intervals between the breaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from engine.worktime.fields import DAY_NAMES, Interval, Record, clock_text

NORMAL = "biasa"
SPECIAL = "khusus"
OFF = "libur"
JOINT_LEAVE = "cuti bersama"
_YEARS = range(2000, 2200)


class CalendarError(ValueError):
    """A calendar with mistakes. `problems`: (path of the field, one Indonesian sentence), in the order of the data."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{path}: {sentence}" for path, sentence in problems))
        self.problems = problems


@dataclass(frozen=True)
class Schedule:
    """The hours of each weekday (Monday first, minutes after midnight) from `first` to `last`; None: without end."""

    name: str
    kind: str
    first: date
    last: date | None
    week: tuple[tuple[Interval, ...], ...]

    def covers(self, day: date) -> bool:
        """Whether it is valid on that day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Holiday:
    """Why a date is off: a national holiday ("libur") or joint leave ("cuti bersama"), and by which decree."""

    name: str
    kind: str
    decree: str

    @property
    def reason(self) -> str:
        """The few words that explanations use: "Natal", "cuti bersama"."""
        return JOINT_LEAVE if self.kind == JOINT_LEAVE else self.name.removeprefix("Hari Raya ")


class Parts(NamedTuple):
    """What a calendar is made of; schedules in order of kind and date."""

    schedules: tuple[Schedule, ...]
    holidays: dict[date, Holiday]
    approved_years: frozenset[int]


def read(data: object) -> tuple[Parts, list[tuple[str, str]]]:
    """The parts of a calendar and every problem; the parts are of use only when there is no problem."""
    root = Record.of(data, "", [], ("schedules", "holidays", "approved_years"))
    schedules = [(each.path, _schedule(each)) for each in root.records("schedules", ("name", "kind", *_SCHEDULE))]
    _check_order(root, schedules)
    holidays, years = _holidays(root), _years(root)
    found = sorted((each for _, each in schedules if each), key=lambda each: (each.kind, each.first))
    return Parts(tuple(found), holidays, frozenset(years)), root.problems


_SCHEDULE = ("from", "until", "week")


def _schedule(record: Record) -> Schedule | None:
    """None when something that the order of schedules depends on could not be read."""
    name = record.text("name")
    kind = record.choice("kind", (NORMAL, SPECIAL))
    first = record.date("from")
    last = record.date("until") if record.has("until") else None
    week = record.week("week")
    if kind == SPECIAL and not record.has("until"):
        record.problem("until", "Jadwal khusus memerlukan tanggal akhir.")
    if first and last and last < first:
        record.problem("until", f"Tanggal akhir {_said(last)} mendahului tanggal mulai {_said(first)}.")
        return None
    readable = kind and first and (last or not record.has("until"))
    return Schedule(name, kind, first, last, week) if readable and first else None


def _check_order(root: Record, schedules: list[tuple[str, Schedule | None]]) -> None:
    """Overlaps within a kind; gaps and a missing end among the normal ones."""
    readable = [(path, each) for path, each in schedules if each]
    for kind in (NORMAL, SPECIAL):
        alike = sorted((pair for pair in readable if pair[1].kind == kind), key=lambda pair: pair[1].first)
        reaches = alike[0][1] if alike else None
        for path, each in alike[1:]:
            assert reaches
            _check_neighbours(root, path, reaches, each)
            if reaches.last and (each.last is None or each.last > reaches.last):
                reaches = each
        if kind == NORMAL and reaches and reaches.last:
            path = next(path for path, each in alike if each is reaches)
            root.say(f"{path}.until", "Jadwal biasa yang terakhir harus berlaku tanpa tanggal akhir.")
    if all(each is not None and each.kind != NORMAL for _, each in schedules):
        root.problem("schedules", "Belum ada jadwal biasa.")


def _check_neighbours(root: Record, path: str, before: Schedule, after: Schedule) -> None:
    if before.last is None or after.first <= before.last:
        root.say(f"{path}.from", f"Jadwal «{after.name}» mulai {_said(after.first)} tumpang tindih dengan jadwal "
                                 f"«{before.name}».")  # fmt: skip
    elif after.kind == NORMAL and after.first.toordinal() > before.last.toordinal() + 1:
        root.say(f"{path}.from", f"Tidak ada jadwal biasa antara {_said(before.last)} dan {_said(after.first)}.")


def _holidays(root: Record) -> dict[date, Holiday]:
    found: dict[date, Holiday] = {}
    for record in root.records("holidays", ("date", "name", "kind", "decree")):
        day = record.date("date")
        holiday = Holiday(record.text("name"), record.choice("kind", (OFF, JOINT_LEAVE)), record.text("decree"))
        if day is None:
            continue
        if day in found:
            record.problem("date", f"{_said(day)} sudah tercantum sebagai «{found[day].name}».")
        found.setdefault(day, holiday)
    return found


def _years(root: Record) -> set[int]:
    found: set[int] = set()
    for index, year in enumerate(root.items("approved_years")):
        path = f"approved_years.{index}"
        if not isinstance(year, int) or isinstance(year, bool) or year not in _YEARS:
            root.say(path, f"Tahun «{year}» tidak terbaca. Tulis seperti 2026.")
        elif year in found:
            root.say(path, f"Tahun {year} tertulis dua kali.")
        else:
            found.add(year)
    return found


def written(schedules: Iterable[Schedule], holidays: Mapping[date, Holiday], years: Iterable[int]) -> dict[str, Any]:
    """The canonical plain data; reading it gives the same parts, and writing those the same data."""
    return {
        "schedules": [_written_schedule(each) for each in schedules],
        "holidays": [
            {"date": day.isoformat(), "name": each.name, "kind": each.kind, "decree": each.decree}
            for day, each in sorted(holidays.items())
        ],
        "approved_years": sorted(years),
    }


def _written_schedule(schedule: Schedule) -> dict[str, Any]:
    week = {
        name: [[clock_text(opens), clock_text(closes)] for opens, closes in hours]
        for name, hours in zip(DAY_NAMES, schedule.week, strict=True)
        if hours
    }
    last = schedule.last.isoformat() if schedule.last else None
    first = schedule.first.isoformat()
    return {"name": schedule.name, "kind": schedule.kind, "from": first, "until": last, "week": week}


def _said(day: date) -> str:
    return f"{day:%d-%m-%Y}"
