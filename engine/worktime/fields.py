"""Reads the fields of plain data one by one and says what is wrong where; knows no rules between fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

Interval = tuple[int, int]  # begin and end in minutes after midnight

DAY_NAMES = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
_MONTHS = ("januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus", "september", "oktober",
           "november", "desember")  # fmt: skip
_ISO_DATE = re.compile(r"(?P<year>2[01][0-9]{2})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_SPOKEN_DATE = re.compile(
    r"(?P<day>[0-9]{1,2})(?: (?P<name>[a-z]+) |(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark))(?P<year>2[01][0-9]{2})"
)
_CLOCK = re.compile(r"(?P<hour>[01]?[0-9]|2[0-3])[:.](?P<minute>[0-5][0-9])")


def read_date(text: str) -> date | None:
    """A date from "2026-12-24", "24-12-2026", "24/12/2026" or "24 Desember 2026"; None when it is none of 2000-2199."""
    plain = " ".join(text.split()).lower()
    found = _ISO_DATE.fullmatch(plain) or _SPOKEN_DATE.fullmatch(plain)
    if not found:
        return None
    parts = found.groupdict()
    name = parts.get("name")
    if name and name not in _MONTHS:
        return None
    try:
        return date(int(parts["year"]), _MONTHS.index(name) + 1 if name else int(parts["month"]), int(parts["day"]))
    except ValueError:  # 31 February
        return None


def read_clock(text: object) -> int | None:
    """Minutes after midnight from "07:30" or "07.30"; None when it is no time of day."""
    found = _CLOCK.fullmatch(text.strip()) if isinstance(text, str) else None
    return int(found["hour"]) * 60 + int(found["minute"]) if found else None


def clock_text(minutes: int) -> str:
    """ "07:30", as data holds it."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _spoken(interval: Interval) -> str:
    return "–".join(clock_text(each).replace(":", ".") for each in interval)


@dataclass(frozen=True)
class Record:
    """One mapping of the data at `path`; what is wrong in it is added to `problems`, which all records share."""

    values: Mapping[str, Any]
    path: str
    problems: list[tuple[str, str]]

    @classmethod
    def of(cls, value: object, path: str, problems: list[tuple[str, str]], keys: tuple[str, ...]) -> Record:
        """A record that may hold `keys` only; an empty one when `value` is no mapping."""
        record = cls(value if isinstance(value, Mapping) else {}, path, problems)
        if not isinstance(value, Mapping):
            problems.append((path, "Bagian ini harus berisi isian bernama."))
        for key in record.values:
            if key not in keys:
                record.problem(str(key), f"Isian «{key}» tidak dikenal.")
        return record

    def problem(self, key: str, sentence: str) -> None:
        """Note what is wrong with one field of this record."""
        self.say(f"{self.path}.{key}" if self.path else key, sentence)

    def say(self, path: str, sentence: str) -> None:
        """Note what is wrong with a field named by its whole path."""
        self.problems.append((path, sentence))

    def has(self, key: str) -> bool:
        """Whether the field is filled in."""
        return self.values.get(key) not in (None, "")

    def items(self, key: str) -> list[Any]:
        """The list in a field."""
        value = self.values.get(key)
        if isinstance(value, list | tuple):
            return list(value)
        self.problem(key, "Bagian ini harus berupa daftar.")
        return []

    def records(self, key: str, keys: tuple[str, ...]) -> list[Record]:
        """The list of records in a field."""
        path = f"{self.path}.{key}" if self.path else key
        return [Record.of(each, f"{path}.{i}", self.problems, keys) for i, each in enumerate(self.items(key))]

    def text(self, key: str) -> str:
        """A text that must not be blank, in single spaces."""
        value = self.values.get(key)
        plain = " ".join(value.split()) if isinstance(value, str) else ""
        if not plain:
            self.problem(key, "Isian ini belum diisi.")
        return plain

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        """One of the choices; empty when it is none."""
        value = self.values.get(key)
        if value in choices:
            return str(value)
        self.problem(key, f"Pilih salah satu: {', '.join(choices)}.")
        return ""

    def date(self, key: str) -> date | None:
        """A date."""
        value = self.values.get(key)
        found = read_date(value) if isinstance(value, str) else None
        if found is None:
            shown = "" if value is None else value
            self.problem(key, f"Tanggal «{shown}» tidak terbaca atau tidak ada. Tulis seperti 24 Desember 2026.")
        return found

    def week(self, key: str) -> tuple[tuple[Interval, ...], ...]:
        """Intervals of each weekday, Monday first, in order of time."""
        before = len(self.problems)
        path = f"{self.path}.{key}"
        week = Record.of(self.values.get(key), path, self.problems, DAY_NAMES)
        days = tuple(_day(week, name) if week.has(name) else () for name in DAY_NAMES)
        if not any(days) and len(self.problems) == before:
            self.problem(key, "Minggu kerja ini kosong. Isi jam kerja sekurangnya satu hari.")
        return days


def _day(week: Record, name: str) -> tuple[Interval, ...]:
    value = week.values[name]
    if not isinstance(value, Mapping):
        return _apart(week, name, _intervals(week, name))
    day = Record.of(value, f"{week.path}.{name}", week.problems, ("hours", "breaks"))
    hours = _interval(day, "hours", day.values.get("hours"))
    breaks = _apart(day, "breaks", _intervals(day, "breaks")) if day.has("breaks") else ()
    return _between_breaks(day, hours, breaks) if hours else ()


def _intervals(record: Record, key: str) -> list[Interval]:
    read = [_interval(record, f"{key}.{i}", each) for i, each in enumerate(record.items(key))]
    return [each for each in read if each]


def _interval(record: Record, key: str, value: object) -> Interval | None:
    ends = value if isinstance(value, list | tuple) else ()
    clocks = [read_clock(each) for each in ends]
    if len(clocks) != 2 or clocks[0] is None or clocks[1] is None:
        wrong = [str(each) for each, clock in zip(ends, clocks, strict=True) if clock is None]
        shown = f"Jam «{wrong[0]}»" if wrong else "Jam ini"
        record.problem(key, f"{shown} tidak terbaca. Tulis jam mulai dan jam selesai seperti 07.30 dan 16.00.")
        return None
    if clocks[1] <= clocks[0]:
        record.problem(key, f"Jam selesai pada {_spoken((clocks[0], clocks[1]))} tidak sesudah jam mulai.")
        return None
    return clocks[0], clocks[1]


def _apart(record: Record, key: str, intervals: list[Interval]) -> tuple[Interval, ...]:
    """The intervals in order; those that overlap are told at the field that holds them."""
    ordered = sorted(intervals)
    for i, later in enumerate(ordered[1:]):
        if later[0] < ordered[i][1]:
            record.problem(key, f"Jam {_spoken(later)} tumpang tindih dengan {_spoken(ordered[i])}.")
    return tuple(ordered)


def _between_breaks(day: Record, hours: Interval, breaks: tuple[Interval, ...]) -> tuple[Interval, ...]:
    found = []
    opens = hours[0]
    for each in breaks:
        if each[0] < hours[0] or each[1] > hours[1]:
            day.problem("breaks", f"Istirahat {_spoken(each)} di luar jam kerja {_spoken(hours)}.")
        found.append((opens, each[0]))
        opens = each[1]
    found.append((opens, hours[1]))
    return tuple(each for each in found if each[0] < each[1])
