"""Office hours as a form shows and reads them: one group of fields for each schedule. Knows no database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from engine.worktime import Calendar, Schedule, read_date
from webapp.calendar_days import said_date
from webapp.text import DAYS

NORMAL, SPECIAL = "biasa", "khusus"
NEW = "baru"  # prefix of the group that adds a schedule
_DASH = re.compile(r"\s*(?:-|–|—|sampai|s\.?d\.?)\s*", re.IGNORECASE)
_KEYS = {"name": "nama", "kind": "jenis", "from": "mulai", "until": "sampai"}
WEEK = tuple((day.lower(), day) for day in DAYS)


@dataclass(frozen=True)
class Group:
    """The fields of one schedule on the page; their names begin with `prefix`."""

    prefix: str
    kind: str
    title: str


@dataclass(frozen=True)
class ReadHours:
    """Schedules as plain data, and which group each came from (None: not on the page)."""

    schedules: list[dict[str, Any]]
    origins: list[str | None]
    errors: dict[str, str]


def groups(calendar: Calendar, year: int) -> list[tuple[Group, int]]:
    """The schedules that touch a year, with their place in the calendar's data."""
    shown = []
    for index, each in enumerate(calendar.schedules):
        if each.first.year <= year and (each.last is None or each.last.year >= year):
            # By its begin, so that the fields stay its own when another version comes between.
            shown.append((Group(f"{each.kind}{each.first:%Y%m%d}", each.kind, each.name), index))
    return shown


def values(calendar: Calendar, year: int) -> dict[str, str]:
    """What stands in the fields before anyone types; a new schedule begins with the hours of the last special one."""
    found: dict[str, str] = {}
    for group, index in groups(calendar, year):
        schedule = calendar.schedules[index]
        found |= {
            f"{group.prefix}_nama": schedule.name,
            f"{group.prefix}_jenis": schedule.kind,
            f"{group.prefix}_mulai": said_date(schedule.first),
            f"{group.prefix}_sampai": said_date(schedule.last) if schedule.last else "",
            **_week(group.prefix, schedule),
        }
    special = [each for each in calendar.schedules if each.kind == SPECIAL]
    return found | {f"{NEW}_jenis": SPECIAL, **_week(NEW, (special or [calendar.schedules[-1]])[-1])}


def _week(prefix: str, schedule: Schedule) -> dict[str, str]:
    found: dict[str, str] = {}
    for (day, _), hours in zip(WEEK, schedule.week, strict=True):
        breaks = [(before[1], after[0]) for before, after in pairwise(hours)]
        found[f"{prefix}_{day}_jam"] = _said([(hours[0][0], hours[-1][1])] if hours else [])
        found[f"{prefix}_{day}_istirahat"] = _said(breaks)
    return found


def _said(intervals: list[tuple[int, int]]) -> str:
    return ", ".join("-".join(f"{each // 60:02}.{each % 60:02}" for each in pair) for pair in intervals)


def week_words(schedule: Schedule) -> list[str]:
    """ "Senin sampai Kamis 07.30-16.00, istirahat 12.00-13.00": days with equal hours together."""
    said: list[tuple[str, list[str]]] = []
    for (_, name), hours in zip(WEEK, schedule.week, strict=True):
        text = f"{_said([(hours[0][0], hours[-1][1])])}" if hours else ""
        breaks = _said([(before[1], after[0]) for before, after in pairwise(hours)])
        text += f", istirahat {breaks}" if breaks else ""
        if said and said[-1][0] == text:
            said[-1][1].append(name)
        elif text:
            said.append((text, [name]))
        else:
            said.append(("", []))
    return [f"{_days(days)} {text}" for text, days in said if text]


def _days(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} sampai {names[-1]}"


def read_hours(posted: Mapping[str, str], calendar: Calendar, year: int) -> ReadHours:
    """The schedules as the form has them; those of other years stay as they are.

    Normal schedules follow each other: each ends the day before the next begins, so nobody types that end.
    """
    data = calendar.to_data()["schedules"]
    shown = {index: group.prefix for group, index in groups(calendar, year)}
    schedules: list[dict[str, Any]] = []
    origins: list[str | None] = []
    for index, each in enumerate(data):
        prefix = shown.get(index)
        if prefix is not None and posted.get(f"{prefix}_hapus"):
            continue
        schedules.append(each if prefix is None else _schedule(posted, prefix, each["kind"]))
        origins.append(prefix)
    if any(posted.get(f"{NEW}_{key}", "").strip() for key in ("nama", "mulai", "sampai")):
        kind = NORMAL if posted.get(f"{NEW}_jenis") == NORMAL else SPECIAL
        schedules.append(_schedule(posted, NEW, kind))
        origins.append(NEW)
    return ReadHours(schedules, origins, _chain(schedules, origins))


def _schedule(posted: Mapping[str, str], prefix: str, kind: str) -> dict[str, Any]:
    def text(key: str) -> str:
        return posted.get(f"{prefix}_{key}", "").strip()

    week = {}
    for day, _ in WEEK:
        hours, breaks = text(f"{day}_jam"), text(f"{day}_istirahat")
        if hours or breaks:
            week[day] = {
                "hours": _DASH.split(hours),
                "breaks": [_DASH.split(each.strip()) for each in breaks.split(",") if each.strip()],
            }
    until = text("sampai") if kind == SPECIAL else None
    return {"name": text("nama")[:100], "kind": kind, "from": text("mulai"), "until": until, "week": week}


def _chain(schedules: list[dict[str, Any]], origins: list[str | None]) -> dict[str, str]:
    """Let each normal schedule end the day before the next begins; says which begin on the same day."""
    starts: list[tuple[date, int]] = []
    for index, each in enumerate(schedules):
        first = read_date(each["from"])
        if each["kind"] == NORMAL and first is not None:
            starts.append((first, index))
    starts.sort()
    errors: dict[str, str] = {}
    for (first, index), (following, later) in pairwise(starts):
        schedules[index]["until"] = (following - timedelta(days=1)).isoformat()
        if first == following:
            where = origins[later] or origins[index] or NEW
            errors[f"{where}_mulai"] = f"Sudah ada jadwal biasa yang mulai {said_date(first)}."
    if starts:
        schedules[starts[-1][1]]["until"] = None
    return errors


def field_of(path: str, origins: list[str | None]) -> str:
    """The field on the page that a path of the calendar's data belongs to; the path itself when there is none."""
    parts = path.split(".")
    if parts[0] != "schedules" or len(parts) < 3 or (prefix := origins[int(parts[1])]) is None:
        return path
    if parts[2] != "week":
        return f"{prefix}_{_KEYS.get(parts[2], parts[2])}"
    day = parts[3] if len(parts) > 3 else WEEK[0][0]
    return f"{prefix}_{day}_{'istirahat' if 'breaks' in parts else 'jam'}"


def titles(shown: list[Group]) -> dict[str, str]:
    """Name -> title of every field, for the list of errors."""
    found: dict[str, str] = {}
    for group in shown:
        own = {"nama": "Nama jadwal", "jenis": "Jenis", "mulai": "Mulai berlaku", "sampai": "Sampai"}
        own |= {f"{day}_jam": f"{name}, jam kerja" for day, name in WEEK}
        own |= {f"{day}_istirahat": f"{name}, istirahat" for day, name in WEEK}
        found |= {f"{group.prefix}_{key}": f"{title} ({group.title})" for key, title in own.items()}
    return found
