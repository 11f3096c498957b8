"""Who is asking: the account behind a login session or id, with the appointments in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from engine.access import Actor, Held
from engine.contact import contact_of
from engine.store.models import Account, Base, LoginSession

ZONE = ZoneInfo("Asia/Jakarta")

# Every request asks this: built once, on plain tables (engine.commands.statements tells why).
_ACCOUNT, _HELD, _LOGIN = (Base.metadata.tables[name] for name in ("account", "appointment", "login_session"))
_TODAY = bindparam("today", type_=_HELD.c.valid_from.type)
_in_force = and_(
    _HELD.c.account_id == _ACCOUNT.c.id,
    _HELD.c.valid_from <= _TODAY,
    or_(_HELD.c.valid_until.is_(None), _HELD.c.valid_until >= _TODAY),
)
_COLUMNS = (
    _ACCOUNT.c.id, _ACCOUNT.c.name, _HELD.c.id.label("held_id"), _HELD.c.role, _HELD.c.unit, _HELD.c.position,
    _HELD.c.kind,
)  # fmt: skip
_BY_SESSION = (
    select(*_COLUMNS)
    .select_from(_LOGIN.join(_ACCOUNT, _ACCOUNT.c.id == _LOGIN.c.account_id).outerjoin(_HELD, _in_force))
    .where(_LOGIN.c.id_hash == bindparam("id_hash"), _LOGIN.c.expires_at > bindparam("now"), _ACCOUNT.c.active)
    .order_by(_HELD.c.valid_from, _HELD.c.id)
)
_BY_ACCOUNT = (
    select(*_COLUMNS)
    .select_from(_ACCOUNT.outerjoin(_HELD, _in_force))
    .where(_ACCOUNT.c.id == bindparam("account_id"), _ACCOUNT.c.active)
    .order_by(_HELD.c.valid_from, _HELD.c.id)
)


def actor_of_session(session: Session, token: str, now: datetime) -> Actor | None:
    """The actor of a browser's session, None when it ended or the account is closed. One statement."""
    known = {"today": now.astimezone(ZONE).date(), "now": now, "id_hash": LoginSession.hash_of(token)}
    return _actor(session.execute(_BY_SESSION, known).all())


def actor_of_account(session: Session, account_id: str, now: datetime) -> Actor | None:
    """The actor of an account, None when there is none or it is closed."""
    known = {"today": now.astimezone(ZONE).date(), "account_id": account_id}
    return _actor(session.execute(_BY_ACCOUNT, known).all())


def account_with_contact(session: Session, contact: str) -> str | None:
    """Id of the account with this e-mail address or telephone number."""
    email, phone = contact_of(contact)
    if not (email or phone):
        return None
    return session.scalar(select(Account.id).where(Account.email == email if email else Account.phone == phone))


def _actor(rows: Sequence[Any]) -> Actor | None:
    if not rows:
        return None
    held = tuple(Held(r.held_id, r.role, r.unit, r.position, r.kind) for r in rows if r.held_id is not None)
    return Actor(rows[0].id, rows[0].name, held)
