"""The people of the demo office; knows no cases."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.commands.accounts import give_appointment, register_account
from engine.store.models import Account
from webapp.cli.demo.stories import PASSWORD, Person, people

SINCE = date(2025, 1, 1)


def make_accounts(session: Session, now: datetime) -> int:
    """Register every demo person who is missing, with appointments since 2025; returns how many."""
    addresses = [person.email for person in people()]
    known = set(session.scalars(select(Account.email).where(Account.email.in_(addresses))))
    missing = [person for person in people() if person.email not in known]
    for person in missing:
        _register(session, person, now)
    return len(missing)


def _register(session: Session, person: Person, now: datetime) -> None:
    account = register_account(session, name=person.name, contact=person.email, password=PASSWORD, now=now)
    for each in person.appointments:
        give_appointment(
            session,
            account,
            role=each["peran"],
            unit=each["unit"],
            position=each["jabatan"],
            kind=each["jenis"],
            decree=each["nomor_sk"],
            valid_from=SINCE,
            now=now,
        )
