"""Writes what people are told: notices, mail with its jobs, and news for clerks to pass on. Decides no words.

All who write messages take the same turn, so that of two workers the second sees what the first has written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from engine.store.calendars import current_calendar
from engine.store.models import Cursor, Handover, Job, Mail, Notice
from engine.worker.desk import Desk
from engine.worker.jobs import add_job
from engine.worker.messages import HANDED_OVER, ITEM, Note, Way, counted, item, listed

FOLLOWER = "notify"  # the cursor that stands for everyone's turn
GATHERED_FOR = timedelta(minutes=15)  # at most one mail of a kind to a person in so long
_CHUNK = 100  # rows in one statement


@dataclass(frozen=True)
class Letter:
    """What a mail says, but for the words that every mail ends with. The names are those of the columns."""

    account_id: str | None  # None: someone outside the house
    recipient: str
    kind: str
    subject: str
    text: str
    case_id: str | None = None


def take_turn(session: Session) -> None:
    """Wait until nobody else writes messages; to be called before reading what others may have written."""
    session.execute(update(Cursor).where(Cursor.name == FOLLOWER).values(place=Cursor.place))


def write(session: Session, desk: Desk, notes: Iterable[Note], now: datetime) -> list[Note]:
    """Say each note once, whoever said it before; returns those that were new. The turn must be taken."""
    wanted = {note.key: note for note in notes}
    fresh = [wanted[key] for key in _notices(session, list(wanted.values()), now)]
    for note in fresh:
        if note.way is Way.OWN:
            _tell_reporter(session, desk, note, now)
    if desk.server is not None:
        _gather(session, desk, [each for each in fresh if each.way is Way.GATHERED and each.email], now)
    return fresh


def _notices(session: Session, notes: Sequence[Note], now: datetime) -> list[str]:
    make = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    written: set[str] = set()
    for start in range(0, len(notes), _CHUNK):
        rows = [
            {"key": each.key, "account_id": each.account_id, "case_id": each.case_id, "task_id": each.task_id,
             "kind": each.kind, "text": each.text, "at": now}
            for each in notes[start : start + _CHUNK]
        ]  # fmt: skip
        statement = make(Notice).values(rows).on_conflict_do_nothing(index_elements=["key"]).returning(Notice.key)
        written.update(session.scalars(statement))
    return [each.key for each in notes if each.key in written]


def _tell_reporter(session: Session, desk: Desk, note: Note, now: datetime) -> None:
    if note.email is None:
        if note.kind in HANDED_OVER:
            due = current_calendar(session).ends(now, 1, "hari kerja")
            row = {"id": uuid4().hex, "case_id": note.case_id, "kind": note.kind, "created_at": now, "due_at": due}
            session.execute(insert(Handover), row)
    elif desk.server is not None:
        subject = note.text.removesuffix(".")
        add_mail(session, Letter(note.account_id, note.email, note.kind, subject, note.body, note.case_id), now)


def add_mail(session: Session, letter: Letter, now: datetime, due: datetime | None = None) -> None:
    """A mail, and the job that sends it."""
    mail_id = uuid4().hex
    subject = " ".join(letter.subject.split())
    row = {"id": mail_id, **vars(letter), "subject": subject, "created_at": now}
    session.execute(insert(Mail), row)
    add_job(session, "mail", f"mail/{mail_id}", due or now)


def _gather(session: Session, desk: Desk, notes: Sequence[Note], now: datetime) -> None:
    """One mail of a kind for each person; those that come soon after wait, and grow together into the next one."""
    piles: dict[tuple[str, str], list[Note]] = {}
    for note in notes:
        piles.setdefault((note.account_id, note.kind), []).append(note)
    for (account_id, kind), pile in piles.items():
        items = [item(note.text, desk.link(note.number)) for note in pile]
        last = _last_mail(session, account_id, kind)
        if last is not None and _grow(session, *last, items, now):
            continue
        due = max(now, _sent_about(*last) + GATHERED_FOR) if last is not None else now
        subject, text = counted(kind, len(items)), listed(kind, items, len(items))
        add_mail(session, Letter(account_id, pile[0].email or "", kind, subject, text), now, due)


def _sent_about(mail: Mail, job: Job) -> datetime:
    return job.due_at if job.leased_by is None else job.done_at or mail.created_at


def _last_mail(session: Session, account_id: str, kind: str) -> tuple[Mail, Job] | None:
    newest = select(Mail, Job).join(Job, Job.key == "mail/" + Mail.id)
    newest = newest.where(Mail.account_id == account_id, Mail.kind == kind)
    row = session.execute(newest.order_by(Mail.created_at.desc(), Job.id.desc()).limit(1)).first()
    return (row[0], row[1]) if row is not None else None


def _grow(session: Session, mail: Mail, job: Job, items: Sequence[str], now: datetime) -> bool:
    """Add to a mail that nobody has ever tried to send: whoever tries next sees all of it."""
    untried = (Job.id == job.id, Job.leased_by.is_(None), Job.due_at > now, Job.done_at.is_(None))
    held = update(Job).where(*untried).values(due_at=Job.due_at).returning(Job.id)
    if session.execute(held).first() is None:
        return False
    count = int(mail.subject.split(" ", 1)[0]) + len(items)
    listed_before = [line for line in mail.text.splitlines() if line.startswith(ITEM)]
    changed = {"subject": counted(mail.kind, count), "text": listed(mail.kind, [*listed_before, *items], count)}
    session.execute(update(Mail).where(Mail.id == mail.id).values(**changed))
    return True


def ensure_cursor(session: Session, name: str, place: int) -> None:
    """Where a follower begins; nothing happens when it has begun."""
    make = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    session.execute(make(Cursor).values(name=name, place=place).on_conflict_do_nothing(index_elements=["name"]))
