"""People with their appointments, for Pengelola Sistem; reporters without appointment are not listed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.models import Account, Appointment


@dataclass(frozen=True)
class Person:
    """An account that holds or held an appointment."""

    name: str
    login: str
    active: bool
    appointments: list[Appointment]


def people(session: Session) -> list[Person]:
    """By name; appointments oldest first."""
    statement = (
        select(Account, Appointment)
        .join(Appointment, Appointment.account_id == Account.id)
        .order_by(Account.name, Account.id, Appointment.valid_from, Appointment.id)
    )
    found: dict[str, Person] = {}
    for account, appointment in session.execute(statement):
        person = found.setdefault(
            account.id, Person(account.name, account.email or account.phone or "", account.active, [])
        )
        person.appointments.append(appointment)
    return list(found.values())
