"""Who is at work today, and whose a task is; knows nothing of what they are told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.process.diagram import Diagram
from engine.store.models import Account, Appointment
from engine.worktime import WIB


@dataclass(frozen=True)
class Person:
    """Someone who is told something. Without an address no mail."""

    account_id: str
    email: str | None


@dataclass(frozen=True)
class Whose:
    """What decides whose an open task is."""

    lane: str
    unit: str | None
    assignee: str | None


class Staff:
    """Everyone with an appointment in force, read once for many questions."""

    def __init__(self, held: Iterable[tuple[str, str | None, str, str | None]]) -> None:
        self._held = [(Person(account, email), role, unit) for account, email, role, unit in held]

    def owners(self, task: Whose) -> list[Person]:
        """Who may do a task of a staff lane: whoever took it, else all with the role, in its unit."""
        mine = [each for each in self._held if each[1] == task.lane and (task.unit is None or each[2] == task.unit)]
        taken = [each for each in mine if each[0].account_id == task.assignee]
        return _once(person for person, *_ in taken or mine)

    def with_role(self, *roles: str) -> list[Person]:
        """Everyone with one of the roles."""
        return _once(person for person, role, _ in self._held if role in roles)

    def directing(self, diagram: Diagram) -> list[Person]:
        """Who directs the work: the lanes with `memindah`."""
        return self.with_role(*(lane.name for lane in diagram.lanes.values() if lane.moves))

    def working(self, diagram: Diagram) -> list[Person]:
        """Everyone in a lane that is not the reporter's."""
        return self.with_role(*(lane.name for lane in diagram.lanes.values() if not lane.is_reporter))


def _once(people: Iterable[Person]) -> list[Person]:
    return list(dict.fromkeys(people))


def staff_of(session: Session, now: datetime) -> Staff:
    """The staff on the day of `now`."""
    today = now.astimezone(WIB).date()
    not_over = or_(Appointment.valid_until.is_(None), Appointment.valid_until >= today)
    held = (
        select(Account.id, Account.email, Appointment.role, Appointment.unit)
        .join(Appointment, Appointment.account_id == Account.id)
        .where(Account.active, Appointment.valid_from <= today, not_over)
        .order_by(Account.id, Appointment.id)
    )
    return Staff(session.execute(held).all())
