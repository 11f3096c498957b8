"""Who is asking: the account behind a login session or id, with the appointments in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from engine.access import Actor, Held
from engine.contact import contact_of
from engine.store.models import Account, Appointment, LoginSession

ZONE = ZoneInfo("Asia/Jakarta")


def actor_of_session(session: Session, token: str, now: datetime) -> Actor | None:
    """The actor of a browser's session, None when it ended or the account is closed. One statement."""
    today = now.astimezone(ZONE).date()
    statement = (
        _with_appointments(today)
        .join(LoginSession, LoginSession.account_id == Account.id)
        .where(LoginSession.id_hash == LoginSession.hash_of(token), LoginSession.expires_at > now, Account.active)
    )
    return _actor(session.execute(statement).all())


def actor_of_account(session: Session, account_id: str, now: datetime) -> Actor | None:
    """The actor of an account, None when there is none or it is closed."""
    statement = _with_appointments(now.astimezone(ZONE).date()).where(Account.id == account_id, Account.active)
    return _actor(session.execute(statement).all())


def account_with_contact(session: Session, contact: str) -> str | None:
    """Id of the account with this e-mail address or telephone number."""
    email, phone = contact_of(contact)
    if not (email or phone):
        return None
    return session.scalar(select(Account.id).where(Account.email == email if email else Account.phone == phone))


def _with_appointments(today: date) -> Select[*tuple[Any, ...]]:
    in_force = (
        (Appointment.account_id == Account.id)
        & (Appointment.valid_from <= today)
        & or_(Appointment.valid_until.is_(None), Appointment.valid_until >= today)
    )
    return (
        select(
            Account.id, Account.name, Appointment.id.label("held_id"), Appointment.role, Appointment.unit,
            Appointment.position, Appointment.kind,
        )
        .outerjoin(Appointment, in_force)
        .order_by(Appointment.valid_from, Appointment.id)
    )  # fmt: skip


def _actor(rows: Sequence[Any]) -> Actor | None:
    if not rows:
        return None
    held = tuple(Held(r.held_id, r.role, r.unit, r.position, r.kind) for r in rows if r.held_id is not None)
    return Actor(rows[0].id, rows[0].name, held)
