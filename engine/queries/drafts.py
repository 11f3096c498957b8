"""Who has a draft open, and how it came about. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.models import Account, DraftPresence, DraftRevision

PRESENT = timedelta(seconds=30)  # a tab that was not heard of for longer is closed


@dataclass(frozen=True)
class Present:
    """Someone who has a draft open."""

    name: str
    since: datetime


@dataclass(frozen=True)
class Revision:
    """An earlier state of a draft."""

    rev: int
    at: datetime
    by: str
    reason: str


def others_present(session: Session, draft_id: int, account_id: str, now: datetime) -> list[Present]:
    """Who else has the draft open, by name. A person's own other tabs do not count."""
    rows = session.execute(
        select(Account.name, DraftPresence.since)
        .join(Account, Account.id == DraftPresence.account_id)
        .where(
            DraftPresence.draft_id == draft_id,
            DraftPresence.account_id != account_id,
            DraftPresence.seen_at > now - PRESENT,
        )
        .order_by(Account.name, DraftPresence.since)
    )
    first: dict[str, datetime] = {}
    for name, since in rows:
        first.setdefault(name, since)
    return [Present(name, since) for name, since in first.items()]


def revisions(session: Session, draft_id: int) -> list[Revision]:
    """What is kept of a draft's past, newest first."""
    rows = session.execute(
        select(DraftRevision.rev, DraftRevision.at, Account.name, DraftRevision.reason)
        .join(Account, Account.id == DraftRevision.account_id)
        .where(DraftRevision.draft_id == draft_id)
        .order_by(DraftRevision.rev.desc())
    )
    return [Revision(*row) for row in rows]
