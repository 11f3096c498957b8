"""What a person was told, and news that a clerk passes on to reporters without e-mail. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.access import Actor, held_with, lane_rights
from engine.errors import NotFound
from engine.store.models import Account, Case, Handover, Notice, ReminderRule

PAGE = 30
MOMENTS = ("hampir", "lewat", "total")  # when a rule applies, in the order of a page
WHOM = ("pemilik", "pengarah", "pimpinan")  # whom it tells


@dataclass(frozen=True)
class NoticeRow:
    """One sentence for one person. `number` names the case it is about, `task_id` the task."""

    id: int
    kind: str
    text: str
    at: datetime
    read_at: datetime | None
    number: str | None
    task_id: str | None


@dataclass(frozen=True)
class NoticePage:
    """A page of notices, newest first."""

    rows: list[NoticeRow]
    page: int  # from 1
    more: bool  # older ones follow


@dataclass(frozen=True)
class HandoverRow:
    """News that waits for a clerk, with the reporter's name and telephone number: only for who may know them."""

    id: str
    case_id: str
    number: str
    kind: str  # answered, closing, closed, reopened
    created_at: datetime
    due_at: datetime
    overdue: bool
    name: str
    phone: str | None  # digits with country code
    text: str  # number and link only

    @property
    def whatsapp(self) -> str | None:
        """An address that opens WhatsApp with the text ready to send."""
        return f"https://wa.me/{self.phone}?text={quote(self.text)}" if self.phone else None


@dataclass(frozen=True)
class RuleRow:
    """A reminder rule of a process."""

    at: str  # one of MOMENTS
    to: str  # one of WHOM
    active: bool


def unread(session: Session, account_id: str) -> int:
    """How many notices a person has not read."""
    mine = (Notice.account_id == account_id, Notice.read_at.is_(None))
    return session.scalar(select(func.count()).select_from(Notice).where(*mine)) or 0


def notices(session: Session, account_id: str, page: int = 1) -> NoticePage:
    """A person's notices, newest first."""
    page = max(1, page)
    columns = (Notice.id, Notice.kind, Notice.text, Notice.at, Notice.read_at, Case.number, Notice.task_id)
    mine = select(*columns).outerjoin(Case, Case.id == Notice.case_id).where(Notice.account_id == account_id)
    rows = session.execute(mine.order_by(Notice.at.desc(), Notice.id.desc()).offset((page - 1) * PAGE).limit(PAGE + 1))
    found = [NoticeRow(*row) for row in rows]
    return NoticePage(found[:PAGE], page, len(found) > PAGE)


def handovers(session: Session, actor: Actor, now: datetime, address: str = "") -> list[HandoverRow]:
    """What waits to be passed on, the oldest first. `address`: public address that the link begins with.

    Raises NotFound for everyone who may not know who a reporter is.
    """
    if held_with(actor, lane_rights(session), "identity") is None:
        raise NotFound
    waiting = (
        select(Handover, Case.number, Account.name, Account.phone)
        .join(Case, Case.id == Handover.case_id)
        .join(Account, Account.id == Case.reporter_id)
        .where(Handover.delivered_at.is_(None))
        .order_by(Handover.created_at, Handover.id)
    )
    return [
        HandoverRow(
            row.id, row.case_id, number, row.kind, row.created_at, row.due_at, now > row.due_at, name, phone,
            f"Ada kabar tentang aduan {number}: {address.rstrip('/')}/aduan/{number}",
        )
        for row, number, name, phone in session.execute(waiting)
    ]  # fmt: skip


def reminder_rules(session: Session, process_id: str) -> list[RuleRow]:
    """Every rule that can be set for a process, with whether it is in force."""
    which = select(ReminderRule.at, ReminderRule.to).where(ReminderRule.process_id == process_id, ReminderRule.active)
    active = {(at, to) for at, to in session.execute(which)}
    return [RuleRow(at, to, (at, to) in active) for at in MOMENTS for to in WHOM]
