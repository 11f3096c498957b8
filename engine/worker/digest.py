"""One summary a working day for each member of staff: what short steps have brought. Nothing new, no mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, cast

from sqlalchemy import CursorResult, Engine, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from engine.store.calendars import current_calendar
from engine.store.database import transaction
from engine.store.deployments import deployed
from engine.store.models import Account, Case, Cursor, Deployment, Notice, Task
from engine.worker import messages as m
from engine.worker.desk import Desk
from engine.worker.messages import Way
from engine.worker.writing import Letter, add_mail, ensure_cursor, take_turn
from engine.worktime import WIB, Calendar, State

SENT_AT = time(8)  # WIB
DAY, SEEN = "digest", "digest_notice"  # cursors: the day of the last summary, the last notice that it dealt with
_ORDER = (m.LATE, m.NEARLY, m.NEW_TASK, m.RETURNED, m.UNDELIVERED)
_KINDS = {State.NEARLY_DUE: m.NEARLY, State.LATE: m.LATE}


def begin_digests(session: Session, now: datetime) -> None:
    """The first summary comes at the next time for one."""
    if session.scalar(select(Cursor.place).where(Cursor.name == DAY)) is None:
        local = now.astimezone(WIB)
        ensure_cursor(session, DAY, local.date().toordinal() - (1 if local.time() < SENT_AT else 0))
        ensure_cursor(session, SEEN, 0)


def digest(engine: Engine, desk: Desk, now: datetime) -> int:
    """Write the summaries of a working day, once; returns how many. After downtime they come late, until closing."""
    local = now.astimezone(WIB)
    today = local.date().toordinal()
    if local.time() < SENT_AT:
        return 0
    with transaction(engine) as session:
        last = session.scalar(select(Cursor.place).where(Cursor.name == DAY))
        if last is None or last >= today or not _open_today(current_calendar(session).calendar, local):
            return 0
        take_turn(session)
        due = (Cursor.name == DAY, Cursor.place < today)
        moved = session.execute(update(Cursor).where(*due).values(place=today))
        if cast("CursorResult[Any]", moved).rowcount != 1:
            return 0
        return _write_all(session, desk, now)


def _open_today(calendar: Calendar, local: datetime) -> bool:
    """Whether the office closes later today."""
    hours = calendar.hours_on(local.date())
    return bool(hours) and local.hour * 60 + local.minute < hours[-1][1]


def _write_all(session: Session, desk: Desk, now: datetime) -> int:
    seen = session.scalar(select(Cursor.place).where(Cursor.name == SEEN)) or 0
    newest = session.scalar(select(func.max(Notice.id))) or 0
    session.execute(update(Cursor).where(Cursor.name == SEEN).values(place=newest))
    if desk.server is None:
        return 0
    calendar = current_calendar(session).calendar
    piles: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for row in session.execute(_SAID, {"seen": seen, "newest": newest}).all():
        line = _line(session, desk, calendar, row, now)
        if line is not None:  # each step once, as it stands by now
            piles.setdefault((row.account_id, row.email), {})[row.task_id or row.case_id] = line
    for (account_id, email), lines in sorted(piles.items()):
        add_mail(session, _letter(desk, account_id, email, list(lines.values())), now)
    return len(piles)


# What was told since the last summary and still holds.
_SAID = (
    select(
        Notice.account_id, Account.email, Notice.kind, Notice.text, Notice.case_id, Notice.task_id, Case.number,
        Case.deployment_id, Deployment.checksum, Task.element, Task.opened_at, Task.due_at,
    )
    .join(Account, Account.id == Notice.account_id)
    .join(Case, Case.id == Notice.case_id)
    .join(Deployment, Deployment.id == Case.deployment_id)
    .outerjoin(Task, Task.id == Notice.task_id)
    .where(Notice.id > bindparam("seen"), Notice.id <= bindparam("newest"), Notice.kind.in_(m.IN_THE_DIGEST))
    .where(Account.active, Account.email.is_not(None), or_(Notice.task_id.is_(None), Task.status == "open"))
    .order_by(Notice.id)
)  # fmt: skip


def _line(session: Session, desk: Desk, calendar: Calendar, row: Any, now: datetime) -> tuple[str, str] | None:
    """Kind and line of something told; None when it had a mail of its own."""
    link = desk.link(row.number)
    if row.element is None:
        return row.kind, m.item(row.text, link)
    version = deployed(session, row.deployment_id, row.checksum)
    if m.way_of_step(version.standard_of(row.element)) is not Way.BELL:
        return None
    state = calendar.state(row.opened_at, row.due_at, now) if row.due_at else State.ON_TIME
    kind = _KINDS.get(state, row.kind)
    text = m.step_sentence(kind, row.number, version.diagram.elements[row.element].label, row.due_at)
    return kind, m.item(text, link)


def _letter(desk: Desk, account_id: str, email: str, lines: Sequence[tuple[str, str]]) -> Letter:
    kinds = {kind: [text for each, text in lines if each == kind] for kind in _ORDER}
    found = {kind: texts for kind, texts in kinds.items() if texts}
    subject = "Ringkasan hari ini: " + ", ".join(m.counted(kind, len(texts)) for kind, texts in found.items())
    parts = [m.listed(kind, texts, len(texts)) for kind, texts in found.items()]
    worklist = f"Daftar tugas Anda: {desk.address}/tugas"
    return Letter(account_id, email, m.DIGEST, subject, "\n\n".join([*parts, worklist]))
