"""Background work as Pengelola Sistem sees it: what failed for good, what waits, whether the worker lives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from engine.access import HIDDEN_REPORTER
from engine.store.models import Account, Case, Heartbeat, Job, Mail

STOPPED_AFTER = timedelta(seconds=60)  # without a heartbeat
MAIL = "mail/"  # begins the key of a job that sends one


@dataclass(frozen=True)
class DeadLetter:
    """Work that will not be tried again by itself. Mail to a reporter does not name him."""

    id: int
    kind: str
    key: str
    attempts: int
    last_error: str
    dead_at: datetime
    mail_id: str | None = None
    mail_kind: str = ""
    subject: str = ""
    recipient: str = ""  # name of a member of staff, or that it is the reporter
    number: str | None = None  # of the case


@dataclass(frozen=True)
class WaitingMail:
    """Mail that is not sent yet and still will be."""

    count: int
    oldest_at: datetime | None
    failing: int  # of these: failed at least once
    last_error: str = ""  # of the one that was tried most often


@dataclass(frozen=True)
class RecurringJob:
    """Work that comes again and again."""

    kind: str
    due_at: datetime
    attempts: int  # failures since it last went well
    last_error: str


@dataclass(frozen=True)
class WorkerState:
    """Whether the worker lives and what it is to do."""

    running: bool
    last_seen: datetime | None
    recurring: list[RecurringJob]

    @property
    def failing(self) -> list[RecurringJob]:
        """Those that do not go well at present."""
        return [each for each in self.recurring if each.attempts]


def dead_letters(session: Session) -> list[DeadLetter]:
    """All that were given up and that nobody has dealt with yet, newest first."""
    jobs = session.scalars(select(Job).where(Job.dead_at.is_not(None), Job.done_at.is_(None)).order_by(Job.id.desc()))
    found = [(job, job.key.removeprefix(MAIL) if job.key.startswith(MAIL) else None) for job in jobs]
    mails = _mails(session, [mail_id for _, mail_id in found if mail_id])
    return [_dead(job, mails.get(mail_id or "")) for job, mail_id in found]


def _mails(session: Session, ids: list[str]) -> dict[str, Row[Mail, str, str | None, str | None]]:
    wanted = (
        select(Mail, func.coalesce(Account.name, "alamat di luar Dinas"), Case.number, Case.reporter_id)
        .outerjoin(Account, Account.id == Mail.account_id)
        .outerjoin(Case, Case.id == Mail.case_id)
    )
    return {row[0].id: row for row in session.execute(wanted.where(Mail.id.in_(ids)))} if ids else {}


def _dead(job: Job, row: Row[Mail, str, str | None, str | None] | None) -> DeadLetter:
    assert job.dead_at is not None
    about = (job.id, job.kind, job.key, job.attempts, job.last_error or "", job.dead_at)
    if row is None:
        return DeadLetter(*about)
    mail, name, number, reporter = row
    shown = HIDDEN_REPORTER if mail.account_id is not None and mail.account_id == reporter else name
    return DeadLetter(*about, mail.id, mail.kind, mail.subject, shown, number)


def waiting_mail(session: Session) -> WaitingMail:
    """How much mail waits, and since when."""
    waiting = (Job.kind == "mail", Job.done_at.is_(None), Job.dead_at.is_(None))
    of_mail = Job.key == MAIL + Mail.id
    counted = select(func.count(), func.min(Mail.created_at)).select_from(Job).join(Mail, of_mail).where(*waiting)
    count, oldest = session.execute(counted).one()
    failing = session.scalar(select(func.count()).select_from(Job).where(*waiting, Job.attempts > 0)) or 0
    worst = select(Job.last_error).where(*waiting, Job.attempts > 0).order_by(Job.attempts.desc()).limit(1)
    return WaitingMail(count, oldest, failing, session.scalar(worst) or "" if failing else "")


def worker_state(session: Session, now: datetime) -> WorkerState:
    """The heartbeat of the worker that was seen last, and the recurring work in the order of its names."""
    seen = session.scalar(select(Heartbeat.at).where(Heartbeat.name == "worker"))
    jobs = session.scalars(select(Job).where(Job.every.is_not(None)).order_by(Job.kind))
    recurring = [RecurringJob(job.kind, job.due_at, job.attempts, job.last_error or "") for job in jobs]
    return WorkerState(seen is not None and now - seen < STOPPED_AFTER, seen, recurring)
