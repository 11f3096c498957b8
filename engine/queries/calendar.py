"""The working calendar for pages and watchers: what is in force, which years lack approval. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.history.event import digest
from engine.history.verify import Broken
from engine.store.calendars import Office, current_calendar
from engine.store.deadlines import changed_deadlines
from engine.store.models import Account, CalendarVersion, Event, EventValue
from engine.worktime import WIB, Calendar

STREAM = "kalender"
NEXT_YEAR_FROM = 10  # month: the joint decree for a year is signed in the autumn before


@dataclass(frozen=True)
class InForce:
    """The version in force. `set_at` is None, and nobody set it, while an office runs on what it began with."""

    office: Office
    set_at: datetime | None = None
    by: str | None = None  # None: the system, on its first start
    decree: str = ""


@dataclass(frozen=True)
class Moved:
    """How much another calendar would change in running cases."""

    tasks: int
    cases: int
    timers: int

    def __bool__(self) -> bool:
        """Whether it would change anything."""
        return any((self.tasks, self.cases, self.timers))


def calendar_in_force(session: Session) -> InForce:
    """The version in force, and who set it by which decree."""
    office = current_calendar(session)
    row = session.get(CalendarVersion, office.number) if office.number else None
    newest = select(Event.seq, Event.body).where(Event.stream == STREAM).order_by(Event.seq.desc()).limit(1)
    event = session.execute(newest).first()
    if row is None or event is None:
        return InForce(office)
    actor = orjson.loads(event.body).get("actor")
    name = session.scalar(select(Account.name).where(Account.id == actor)) if actor else None
    typed = session.get(EventValue, (STREAM, event.seq, "keputusan"))
    decree = orjson.loads(typed.value) if typed is not None and typed.value is not None else ""
    return InForce(office, row.set_at, name, str(decree))


def unapproved_years(session: Session, now: datetime) -> tuple[int, ...]:
    """Years that people should approve by now and have not: this year, from 1 October on the next one too."""
    return missing_years(current_calendar(session).calendar, now)


def missing_years(calendar: Calendar, now: datetime) -> tuple[int, ...]:
    """The same for a calendar at hand."""
    today = now.astimezone(WIB).date()
    due = [today.year] + ([today.year + 1] if today.month >= NEXT_YEAR_FROM else [])
    return tuple(year for year in due if year not in calendar.approved_years)


def moved_deadlines(session: Session, calendar: Calendar, now: datetime) -> Moved:
    """How many open tasks, cases and timers would be due at another time."""
    found = list(changed_deadlines(session, calendar, now))
    return Moved(
        tasks=sum(len(each.dues) for each in found),
        cases=sum(each.case_due.old != each.case_due.new for each in found),
        timers=sum(len(each.timers) for each in found),
    )


def check_calendars(session: Session) -> Iterator[Broken]:
    """Every stored version must be what its event says; one finding for each that is not."""
    bodies = map(orjson.loads, session.scalars(select(Event.body).where(Event.stream == STREAM)))
    stated = {body["number"]: body["checksum"] for body in bodies if body["type"] == "calendar_set"}
    rows = {row.number: row for row in session.scalars(select(CalendarVersion))}
    for number in sorted(stated.keys() | rows.keys()):
        row = rows.get(number)
        if row is None or stated.get(number) != row.checksum:
            yield Broken(f"{STREAM} versi {number}", "tidak cocok dengan peristiwa penetapannya")
        elif digest(row.data) != row.checksum:
            yield Broken(f"{STREAM} versi {number}", "isinya diubah sesudah ditetapkan")
