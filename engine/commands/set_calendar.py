"""Puts a version of the working calendar in force; knows how it is checked and recorded, not who may do it.

Running cases follow in the background (follow_calendar).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.commands.streams import append
from engine.errors import Conflict, Rejected
from engine.history.event import canonical, digest
from engine.store.calendars import Office, current_calendar, start_data
from engine.store.models import CalendarVersion
from engine.worktime import Calendar, CalendarError, Schedule

STREAM = "kalender"
MAX_DECREE = 500  # characters
CHANGED = "Kalender baru saja diubah orang lain. Perubahan Anda belum tersimpan; periksa lagi, lalu simpan."


@dataclass(frozen=True)
class CalendarSet:
    """The version in force after the command."""

    number: int
    checksum: str
    fresh: bool  # False: the content was in force already


@dataclass(frozen=True)
class ProposedCalendar:
    """A checked calendar beside the version that it would replace."""

    current: Office
    calendar: Calendar

    @property
    def stored(self) -> bytes:
        """Its canonical form."""
        return canonical(self.calendar.to_data())

    @property
    def checksum(self) -> str:
        """SHA-256 of that."""
        return digest(self.stored)

    @property
    def changes(self) -> CalendarChanges:
        """What it changes."""
        return calendar_changes(self.current.calendar if self.current.number else None, self.calendar)


@dataclass(frozen=True)
class CalendarChanges:
    """What a version changes: days added, removed, described otherwise; schedules; years approved."""

    added: tuple[date, ...]
    removed: tuple[date, ...]
    renamed: tuple[date, ...]
    schedules: tuple[Schedule, ...]  # new or other than before
    dropped: tuple[Schedule, ...]  # there no more as they were
    approved: tuple[int, ...]

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return any((self.added, self.removed, self.renamed, self.schedules, self.dropped, self.approved))


def set_calendar(
    session: Session, actor_account: str | None, data: object, *, decree: str, now: datetime,
    replaces: int | None = None,
) -> CalendarSet:  # fmt: skip
    """Put plain data (shape: engine.worktime.data) in force as the next version; the same again changes nothing.

    `replaces` is the number of the version that was edited. Raises Rejected, whose keys are paths of fields or
    `decree`, and Conflict when another version has come between.
    """
    proposed = proposed_calendar(session, data, decree=decree, replaces=replaces)
    current, checksum = proposed.current, proposed.checksum
    if current.number and checksum == current.checksum:
        return CalendarSet(current.number, checksum, fresh=False)
    number = current.number + 1
    row = {"number": number, "checksum": checksum, "data": proposed.stored, "set_at": now}
    facts = {
        "actor": actor_account,
        "channel": "web" if actor_account else "sistem",
        "number": number,
        "checksum": checksum,
        "replaced": current.number,
        "changes": _summary(proposed.changes),
    }
    try:
        session.execute(insert(CalendarVersion), row)
        append(session, STREAM, "calendar_set", now, facts, {"keputusan": _plain(decree)})
    except IntegrityError as error:
        raise Conflict(CHANGED) from error
    return CalendarSet(number, checksum, fresh=True)


def proposed_calendar(session: Session, data: object, *, decree: str, replaces: int | None = None) -> ProposedCalendar:
    """Check what would be put in force; refuses as `set_calendar` does."""
    current = current_calendar(session)
    if replaces is not None and replaces != current.number:
        raise Conflict(CHANGED)
    calendar, problems = _read(data)
    if not _plain(decree):
        problems["decree"] = "Isi nomor surat keputusan yang menjadi dasarnya."
    elif len(_plain(decree)) > MAX_DECREE:
        problems["decree"] = f"Paling banyak {MAX_DECREE} huruf."
    if calendar is not None and current.number:
        lost = sorted(current.calendar.approved_years - calendar.approved_years)
        if lost:
            # People have planned by it: its days may still be changed, each by a decree of its own.
            problems["approved_years"] = f"Tahun {lost[0]} sudah disahkan; pengesahannya tidak dapat dicabut."
    if problems or calendar is None:
        raise Rejected(problems)
    return ProposedCalendar(current, calendar)


def set_start_calendar(session: Session, *, approved: bool, now: datetime) -> CalendarSet | None:
    """Store what a new office begins with as version 1, unless there is one; without `approved` no year is approved."""
    if current_calendar(session).number:
        return None
    data = start_data()
    decrees = dict.fromkeys(each["decree"] for each in data["holidays"])
    years = data["approved_years"] if approved else []
    return set_calendar(session, None, {**data, "approved_years": years}, decree="; ".join(decrees), now=now)


def calendar_changes(before: Calendar | None, after: Calendar) -> CalendarChanges:
    """What `after` changes; everything is new when there was none."""
    old = before.holidays if before is not None else {}
    schedules = before.schedules if before is not None else ()
    years = before.approved_years if before is not None else frozenset[int]()
    return CalendarChanges(
        added=tuple(sorted(after.holidays.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - after.holidays.keys())),
        renamed=tuple(day for day in sorted(old.keys() & after.holidays.keys()) if old[day] != after.holidays[day]),
        schedules=tuple(each for each in after.schedules if each not in schedules),
        dropped=tuple(each for each in schedules if each not in after.schedules),
        approved=tuple(sorted(after.approved_years - years)),
    )


def _read(data: object) -> tuple[Calendar | None, dict[str, str]]:
    try:
        return Calendar.from_data(data), {}
    except CalendarError as error:
        problems: dict[str, str] = {}
        for path, sentence in error.problems:
            problems[path] = f"{problems[path]} {sentence}" if path in problems else sentence
        return None, problems


def _summary(changes: CalendarChanges) -> Mapping[str, Any]:
    """As it stands in the event: dates and years only, since names are typed text."""
    return {
        "added": [each.isoformat() for each in changes.added],
        "removed": [each.isoformat() for each in changes.removed],
        "renamed": [each.isoformat() for each in changes.renamed],
        "schedules": [_schedule(each) for each in changes.schedules],
        "dropped": [_schedule(each) for each in changes.dropped],
        "approved": list(changes.approved),
    }


def _schedule(schedule: Schedule) -> dict[str, str | None]:
    until = schedule.last.isoformat() if schedule.last is not None else None
    return {"kind": schedule.kind, "from": schedule.first.isoformat(), "until": until}


def _plain(text: str) -> str:
    return " ".join(text.split())
