"""What the head of every page counts for a person, and one notice by its id. Knows no pages and no kinds of notices."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Table, bindparam, func, literal, select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.queries.messages import NoticeRow
from engine.store.models import Base, Case, Notice

MOST_ID = 2**63 - 1  # larger numbers in an address are no ids

# Every page asks this: built once, on plain tables (engine.commands.statements tells why).
_NOTICE: Table = Base.metadata.tables["notice"]
_HANDOVER: Table = Base.metadata.tables["handover"]
_UNREAD = (
    select(func.count())
    .select_from(_NOTICE)
    .where(_NOTICE.c.account_id == bindparam("account_id"), _NOTICE.c.read_at.is_(None))
    .scalar_subquery()
)
_WAITING = select(func.count()).select_from(_HANDOVER).where(_HANDOVER.c.delivered_at.is_(None)).scalar_subquery()
_FOR_ALL = select(_UNREAD, literal(0))
_FOR_CLERKS = select(_UNREAD, _WAITING)


class Counts(NamedTuple):
    """Notices not read yet; news that wait to be passed on, 0 for who may not know reporters."""

    unread: int = 0
    waiting: int = 0


def counts(session: Session, account_id: str, *, clerk: bool) -> Counts:
    """Both numbers in one statement. `clerk`: may know who reporters are."""
    return Counts(*session.execute(_FOR_CLERKS if clerk else _FOR_ALL, {"account_id": account_id}).one())


def notice(session: Session, account_id: str, notice_id: int) -> NoticeRow:
    """One of a person's own notices. Raises NotFound for all others."""
    columns = (Notice.id, Notice.kind, Notice.text, Notice.at, Notice.read_at, Case.number, Notice.task_id)
    mine = (Notice.id == notice_id, Notice.account_id == account_id)
    found = select(*columns).outerjoin(Case, Case.id == Notice.case_id).where(*mine)
    row = session.execute(found).first() if notice_id <= MOST_ID else None
    if row is None:
        raise NotFound
    return NoticeRow(*row)
