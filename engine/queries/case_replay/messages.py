"""Who was told what about a case, and when: bell, mail, what a clerk passed on. Never an address or a text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.history.event import moment_text
from engine.queries.case_replay.document import Notice
from engine.store.models import Case, Handover, Mail
from engine.store.models import Notice as Bell
from engine.worktime import said

Named = Callable[[str | None], str]  # account -> as this reader may call it
After = Callable[[datetime], int]  # an instant -> seq of the event that it follows


def recipients(session: Session, case_id: str) -> set[str]:
    """Accounts that `notices` will name."""
    told = select(Bell.account_id).where(Bell.case_id == case_id)
    mailed = select(Mail.account_id).where(Mail.case_id == case_id)
    passed_on = select(Handover.delivered_by).where(Handover.case_id == case_id, Handover.delivered_by.is_not(None))
    return {str(each) for statement in (told, mailed, passed_on) for each in session.scalars(statement)}


def notices(session: Session, case: Case, named: Named, after: After) -> list[Notice]:
    """Everything said about the case, oldest first."""
    found: list[tuple[datetime, str, str, str, str]] = []
    for bell in session.scalars(select(Bell).where(Bell.case_id == case.id)):
        read = f"dibaca {said(bell.read_at)}" if bell.read_at else "belum dibaca"
        found.append((bell.at, named(bell.account_id), "Lonceng", bell.text, read))
    for mail in session.scalars(select(Mail).where(Mail.case_id == case.id)):
        sent = f"terkirim {said(mail.sent_at)}" if mail.sent_at else "belum terkirim"
        found.append((mail.created_at, named(mail.account_id), "Surel", mail.subject, sent))
    for news in session.scalars(select(Handover).where(Handover.case_id == case.id)):
        told = f"disampaikan {said(news.delivered_at)}" if news.delivered_at else "belum disampaikan"
        by = f" oleh {named(news.delivered_by)}" if news.delivered_by else ""
        found.append((news.created_at, named(case.reporter_id), "Petugas", "Kabar untuk pelapor", told + by))
    found.sort(key=lambda each: each[0])
    return [Notice(after(at), moment_text(at), to, way, text, state) for at, to, way, text, state in found]
