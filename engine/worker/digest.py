"""One summary a working day for each member of staff: what short steps have brought. Nothing new, no mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any, cast

from sqlalchemy import CursorResult, Engine, func, or_, select, update
from sqlalchemy.orm import Session

from engine.store.calendars import current_calendar
from engine.store.database import transaction
from engine.store.deployments import deployed
from engine.store.models import Account, Case, Cursor, Deployment, Notice, Task
from engine.worker import messages as m
from engine.worker.desk import Desk
from engine.worker.messages import Way
from engine.worker.writing import Letter, add_mail, ensure_cursor, take_turn
from engine.worktime import WIB

SENT_AT = time(8)  # WIB
DAY, SEEN = "digest", "digest_notice"  # cursors: the day of the last summary, the last notice that it dealt with
_ORDER = (m.NEW_TASK, m.RETURNED, m.NEARLY, m.LATE, m.UNDELIVERED)  # a later one says more about a step


def begin_digests(session: Session, now: datetime) -> None:
    """The first summary comes at the next time for one."""
    if session.scalar(select(Cursor.place).where(Cursor.name == DAY)) is None:
        local = now.astimezone(WIB)
        ensure_cursor(session, DAY, local.date().toordinal() - (1 if local.time() < SENT_AT else 0))
        ensure_cursor(session, SEEN, 0)


def digest(engine: Engine, desk: Desk, now: datetime) -> int:
    """Write the summaries of a working day, once; returns how many. After downtime they come late, but that day."""
    local = now.astimezone(WIB)
    today = local.date().toordinal()
    if local.time() < SENT_AT:
        return 0
    with transaction(engine) as session:
        last = session.scalar(select(Cursor.place).where(Cursor.name == DAY))
        if last is None or last >= today or not current_calendar(session).calendar.hours_on(local.date()):
            return 0
        take_turn(session)
        due = (Cursor.name == DAY, Cursor.place < today)
        moved = session.execute(update(Cursor).where(*due).values(place=today))
        if cast("CursorResult[Any]", moved).rowcount != 1:
            return 0
        return _write_all(session, desk, now)


def _write_all(session: Session, desk: Desk, now: datetime) -> int:
    seen = session.scalar(select(Cursor.place).where(Cursor.name == SEEN)) or 0
    newest = session.scalar(select(func.max(Notice.id))) or 0
    session.execute(update(Cursor).where(Cursor.name == SEEN).values(place=newest))
    piles: dict[tuple[str, str], list[Any]] = {}
    for row in _waiting(session, seen, newest):
        piles.setdefault((row.account_id, row.email), []).append(row)
    if desk.server is None:
        return 0
    for (account_id, email), rows in sorted(piles.items()):
        add_mail(session, _letter(desk, account_id, email, _by_kind(rows)), now)
    return len(piles)


def _waiting(session: Session, seen: int, newest: int) -> list[Any]:
    """What was told since the last summary, still holds, and had no mail of its own."""
    said = (
        select(
            Notice.account_id, Account.email, Notice.kind, Notice.text, Notice.case_id, Notice.task_id, Case.number,
            Case.deployment_id, Deployment.checksum, Task.element,
        )
        .join(Account, Account.id == Notice.account_id)
        .join(Case, Case.id == Notice.case_id)
        .join(Deployment, Deployment.id == Case.deployment_id)
        .outerjoin(Task, Task.id == Notice.task_id)
        .where(Notice.id > seen, Notice.id <= newest, Notice.kind.in_(m.IN_THE_DIGEST))
        .where(Account.active, Account.email.is_not(None), or_(Notice.task_id.is_(None), Task.status == "open"))
        .order_by(Notice.id)
    )  # fmt: skip
    return [row for row in session.execute(said).all() if not _had_mail(session, row)]


def _had_mail(session: Session, row: Any) -> bool:
    if row.element is None:
        return False
    version = deployed(session, row.deployment_id, row.checksum)
    return m.way_of_step(version.standard_of(row.element)) is not Way.BELL


def _by_kind(rows: Sequence[Any]) -> dict[str, list[Any]]:
    """Each step once, under what says most about it."""
    worst: dict[str, Any] = {}
    for row in rows:
        about = row.task_id or row.case_id
        if about not in worst or _ORDER.index(row.kind) > _ORDER.index(worst[about].kind):
            worst[about] = row
    found: dict[str, list[Any]] = {kind: [] for kind in _ORDER}
    for row in worst.values():
        found[row.kind].append(row)
    return {kind: each for kind, each in found.items() if each}


def _letter(desk: Desk, account_id: str, email: str, kinds: Mapping[str, Sequence[Any]]) -> Letter:
    subject = "Ringkasan hari ini: " + ", ".join(m.counted(kind, len(rows)) for kind, rows in kinds.items())
    parts = [
        m.listed(kind, [m.item(row.text, desk.link(row.number)) for row in rows], len(rows))
        for kind, rows in kinds.items()
    ]
    worklist = f"Daftar tugas Anda: {desk.address}/tugas"
    return Letter(account_id, email, m.DIGEST, subject, "\n\n".join([*parts, worklist]))
