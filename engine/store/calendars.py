"""Versions of the working calendar read from the database and kept ready; knows nothing of cases."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.history.event import canonical, digest
from engine.store.models import CalendarVersion
from engine.worktime import Calendar, Duration

START = Path(__file__).parent.parent / "calendar_start.json"  # what a new office begins with


@dataclass(frozen=True)
class Office:
    """A version of the calendar. `number` 0 is what a new office begins with, before anyone set one."""

    number: int
    checksum: str
    calendar: Calendar

    def ends(self, start: datetime, amount: int, unit: str) -> datetime:
        """When an amount of working time from an instant ends."""
        return self.calendar.add(start, Duration(amount, unit)).at


_ready: dict[tuple[int, str], Office] = {}


def start_data() -> dict[str, Any]:
    """The calendar that a new office begins with."""
    found: dict[str, Any] = json.loads(START.read_text(encoding="utf-8"))
    return found


def start_office() -> Office:
    """The same, ready to ask."""
    calendar = Calendar.from_data(start_data())
    return Office(0, digest(canonical(calendar.to_data())), calendar)


def office_calendar(session: Session, number: int | None, checksum: str | None) -> Office:
    """A version by number and checksum, from memory after its first use: it can never change under its checksum."""
    key = (number or 0, checksum or "")
    if key not in _ready:
        row = session.get(CalendarVersion, number) if number else None
        data = orjson.loads(row.data) if row is not None else start_data()
        calendar = Calendar.from_data(data)
        _ready[key] = Office(number or 0, checksum or digest(canonical(calendar.to_data())), calendar)
    return _ready[key]


def current_calendar(session: Session) -> Office:
    """The version in force."""
    newest = select(CalendarVersion.number, CalendarVersion.checksum)
    row = session.execute(newest.order_by(CalendarVersion.number.desc()).limit(1)).first()
    return office_calendar(session, row.number if row else None, row.checksum if row else None)


def newest_number(session: Session) -> int:
    """The number of the version in force, 0 when none was set."""
    return session.scalar(select(func.max(CalendarVersion.number))) or 0
