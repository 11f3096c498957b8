"""Marks what a person was told as read; knows no kinds of notices."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.store.models import Notice


def mark_read(session: Session, account_id: str, ids: Iterable[int] | None, now: datetime) -> None:
    """Mark a person's own notices as read, all of them when `ids` is None; those of others are passed over."""
    which = update(Notice).where(Notice.account_id == account_id, Notice.read_at.is_(None))
    if ids is not None:
        which = which.where(Notice.id.in_(list(ids)))
    session.execute(which.values(read_at=now))
