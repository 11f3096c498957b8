"""The people of the demo office; knows no cases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.commands.accounts import give_appointment, register_account
from engine.store.models import Account
from webapp.cli.demo.stories import PASSWORD, Person, people

SINCE = date(2025, 1, 1)


def make_accounts(session: Session, now: datetime) -> int:
    """Register every demo person who is missing, one a minute, with appointments since 2025; returns how many."""
    addresses = [person.email for person in people()]
    known = set(session.scalars(select(Account.email).where(Account.email.in_(addresses))))
    missing = [person for person in people() if person.email not in known]
    for nth, person in enumerate(missing, start=1):
        _register(session, person, now + timedelta(minutes=nth))
    return len(missing)


def _register(session: Session, person: Person, now: datetime) -> None:
    account = register_account(session, name=person.name, contact=person.email, password=PASSWORD, now=now)
    for each in person.appointments:
        days = each.get("berlaku_hari")  # a surat tugas ends
        until = now.date() + timedelta(days=days) if days else None
        appoint(session, account, each, since=min(SINCE, now.date()), until=until, now=now)


def appoint(
    session: Session, account: str, entry: Mapping[str, Any], *, since: date, until: date | None, now: datetime
) -> None:
    """Give an appointment as the data files describe it."""
    give_appointment(
        session,
        account,
        role=entry["peran"],
        unit=entry["unit"],
        position=entry["jabatan"],
        kind=entry["jenis"],
        decree=entry["nomor_sk"],
        valid_from=since,
        valid_until=until,
        now=now,
    )
