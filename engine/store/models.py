"""The tables, typed. What a column means stands beside it; rules about who may write stand in engine.commands."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """A moment in UTC with microseconds; SQLite keeps it without zone, Python always sees one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; a naive value is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored instant needs a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """From UTC."""
        if value is None:
            return None
        found: datetime = value
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers only INTEGER primary keys by itself
OpaqueId = String(32)  # 32 hex digits


class Base(DeclarativeBase):
    """All tables."""

    type_annotation_map: ClassVar[dict[type, Any]] = {datetime: Instant}


class Account(Base):
    """A person. The reporter's name and contact live here and nowhere else (design: Roles and appointments)."""

    __tablename__ = "account"
    id: Mapped[str] = mapped_column(OpaqueId, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text, unique=True)  # lower case
    phone: Mapped[str | None] = mapped_column(Text, unique=True)  # digits, 62...
    password_hash: Mapped[str | None] = mapped_column(Text)  # Argon2id; NULL: cannot log in (filed at the counter)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column()


class Appointment(Base):
    """A person's dated role. `role` is a lane's name or one of the four roles beside the lanes."""

    __tablename__ = "appointment"
    id: Mapped[str] = mapped_column(OpaqueId, primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(Text, index=True)
    unit: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    position: Mapped[str] = mapped_column(Text)  # jabatan
    kind: Mapped[str] = mapped_column(String(10))  # definitif, plt, plh
    decree: Mapped[str] = mapped_column(Text, default="")  # number of the SK or surat tugas
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)


class LoginSession(Base):
    """A login. The browser holds the opaque id, the table only its SHA-256."""

    __tablename__ = "login_session"
    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column(index=True)

    @staticmethod
    def hash_of(token: str) -> str:
        """What is stored of a browser's session id."""
        return hashlib.sha256(token.encode()).hexdigest()


class LoginAttempt(Base):
    """A failed login or other throttled act: counted per key in a window, so that all web processes share it."""

    __tablename__ = "login_attempt"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column()
    __table_args__ = (Index("ix_login_attempt_key_at", "key", "at"),)


class Unit(Base):
    """A Bidang or other unit of the office."""

    __tablename__ = "unit"
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    short_name: Mapped[str] = mapped_column(Text)
    sort: Mapped[int] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class Category(Base):
    """A category, or with `parent` a sub-category, of complaints."""

    __tablename__ = "category"
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    parent: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    name: Mapped[str] = mapped_column(Text)
    sort: Mapped[int] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class Deployment(Base):
    """An immutable version of a diagram with its forms. Triggers refuse any change."""

    __tablename__ = "deployment"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    process_id: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(Integer)
    checksum: Mapped[str] = mapped_column(String(64))  # SHA-256 over XML and forms
    xml: Mapped[bytes] = mapped_column(LargeBinary)
    forms: Mapped[bytes] = mapped_column(LargeBinary)  # canonical JSON: form key -> schema
    specs: Mapped[bytes] = mapped_column(LargeBinary)  # the library's specs, stored once
    deployed_at: Mapped[datetime] = mapped_column()
    __table_args__ = (UniqueConstraint("process_id", "number"),)


class CalendarVersion(Base):
    """An immutable version of the working calendar; the one with the highest number is in force."""

    __tablename__ = "calendar_version"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    checksum: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary)  # canonical JSON (engine.worktime)
    set_at: Mapped[datetime] = mapped_column()


class Case(Base):
    """A running or finished case: a cache of what its stream of events says."""

    __tablename__ = "case"
    id: Mapped[str] = mapped_column(OpaqueId, primary_key=True)
    number: Mapped[str] = mapped_column(Text, unique=True)  # ADU-2026-000001
    key: Mapped[str | None] = mapped_column(Text, unique=True)  # `_kunci` of the post that opened it
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"), index=True)
    reporter_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    channel: Mapped[str] = mapped_column(Text)  # web, loket, surat ...
    state: Mapped[bytes] = mapped_column(LargeBinary)  # compressed workflow state
    rev: Mapped[int] = mapped_column(Integer)  # compare-and-set; equals the stream's last seq
    head: Mapped[str] = mapped_column(String(64))  # hash of the stream's last event
    position: Mapped[str] = mapped_column(String(64))  # digest in the stream's last event
    opened_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime | None] = mapped_column(index=True)  # when the SOP promises the answer
    delivered_at: Mapped[datetime | None] = mapped_column()  # since when only tasks without deadline are open
    changed_at: Mapped[datetime] = mapped_column()  # `at` of the stream's last event
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    outcome: Mapped[str | None] = mapped_column(Text)
    next_timer_at: Mapped[datetime | None] = mapped_column(index=True)
    awaits: Mapped[bool] = mapped_column(Boolean, server_default=false())  # waits for a message or signal
    incident: Mapped[str | None] = mapped_column(Text)  # why it cannot go on; staff see it
    judul: Mapped[str | None] = mapped_column(Text)
    judul_kerja: Mapped[str | None] = mapped_column(Text)
    kategori: Mapped[str | None] = mapped_column(Text)
    subkategori: Mapped[str | None] = mapped_column(Text)
    bidang: Mapped[str | None] = mapped_column(Text)


class Task(Base):
    """A task of a case. The row and its id (the workflow library's) stay for life."""

    __tablename__ = "task"
    id: Mapped[str] = mapped_column(OpaqueId, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"))
    element: Mapped[str] = mapped_column(Text)  # BPMN id
    lane: Mapped[str] = mapped_column(Text)
    unit: Mapped[str | None] = mapped_column(Text)  # owning unit, when the lane's `pemilik` names one
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))  # the reporter, when he owns it
    assignee_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))  # who took it
    status: Mapped[str] = mapped_column(String(10))  # open, done, cancelled
    opened_at: Mapped[datetime] = mapped_column()
    due_at: Mapped[datetime | None] = mapped_column()  # None: its lane knows no deadline, or its `waktu` is none
    finished_at: Mapped[datetime | None] = mapped_column()
    finished_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    key: Mapped[str | None] = mapped_column(Text)  # `_kunci` of the post that completed it
    __table_args__ = (
        Index("ix_task_case_status", "case_id", "status"),
        Index("ix_task_open_lane", "lane", "unit", sqlite_where=text("status = 'open'"),
              postgresql_where=text("status = 'open'")),
        Index("ix_task_open_due", "due_at", sqlite_where=text("status = 'open'"),
              postgresql_where=text("status = 'open'")),
        Index("ix_task_owner", "owner_id", sqlite_where=text("status = 'open'"),
              postgresql_where=text("status = 'open'")),
    )  # fmt: skip


class FormerUnit(Base):
    """A unit that a task was moved away from: it keeps seeing the case (design: those its unit had a task of)."""

    __tablename__ = "former_unit"
    task_id: Mapped[str] = mapped_column(ForeignKey("task.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(Text, primary_key=True)


class MoveProposal(Base):
    """Points to an event `move_proposed` that waits for, or has had, a second person's word."""

    __tablename__ = "move_proposal"
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    settled: Mapped[bool] = mapped_column(Boolean, default=False)


class Event(Base):
    """What happened, append-only. The hash covers every column but `id` and `log_index`."""

    __tablename__ = "event"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    stream: Mapped[str] = mapped_column(Text)  # kasus/<id>, proses/<id>, akun/<id>, sistem ...
    seq: Mapped[int] = mapped_column(Integer)  # from 1, without gaps
    body: Mapped[bytes] = mapped_column(LargeBinary)  # canonical JSON; holds stream, seq, type, at, actor, previous
    hash: Mapped[str] = mapped_column(String(64))  # SHA-256 of body
    log_index: Mapped[int | None] = mapped_column(BigInteger, unique=True)  # place in the Merkle log
    __table_args__ = (UniqueConstraint("stream", "seq"),)


class EventValue(Base):
    """A value that a person typed, with its salt; both may be set to NULL (erasure), nothing else may change."""

    __tablename__ = "event_value"
    stream: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    salt: Mapped[str | None] = mapped_column(String(32))
    value: Mapped[str | None] = mapped_column(Text)  # canonical JSON


class Reading(Base):
    """Finds the events of the reading streams by case, person, kind: a cache that `aduan verify` holds against them."""

    __tablename__ = "reading"
    stream: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[str] = mapped_column(OpaqueId, primary_key=True, index=True)  # empty: it names no case
    kind: Mapped[str] = mapped_column(String(20))  # type of the event
    reader: Mapped[str] = mapped_column(OpaqueId, index=True)  # account, or "konsol"
    at: Mapped[datetime] = mapped_column(index=True)


class LogNode(Base):
    """A complete subtree of the Merkle log over the events' hashes, append-only; level 0 holds the leaves."""

    __tablename__ = "log_node"
    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)  # 32 bytes


class Checkpoint(Base):
    """A signed state of the log, append-only; each enlargement of the log ends in one."""

    __tablename__ = "checkpoint"
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    streams: Mapped[int] = mapped_column(BigInteger)  # leaves of the tree `heads`
    heads: Mapped[bytes] = mapped_column(LargeBinary)  # root over the last event of each stream
    at: Mapped[datetime] = mapped_column()  # never before an event it covers
    note: Mapped[str] = mapped_column(Text)  # the signed note, of which the other columns are copies


class StreamHead(Base):
    """A stream's last event in the log: a cache from which proofs of the newest checkpoint are read."""

    __tablename__ = "stream_head"
    stream: Mapped[str] = mapped_column(Text, primary_key=True)
    index: Mapped[int] = mapped_column(BigInteger, unique=True)  # streams in the order of their first events
    seq: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))


class HeadNode(Base):
    """A complete subtree of the tree `heads` as of the newest checkpoint: a cache, like StreamHead."""

    __tablename__ = "head_node"
    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class Attachment(Base):
    """A received file. It is staged (`case_id` NULL) until the form it came with is complete."""

    __tablename__ = "attachment"
    id: Mapped[str] = mapped_column(OpaqueId, primary_key=True)  # also its name on disk
    case_id: Mapped[str | None] = mapped_column(ForeignKey("case.id"), index=True)
    element: Mapped[str | None] = mapped_column(Text)  # form key it was sent with
    field: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)  # as the sender called it: data, never a path
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)  # bytes as stored
    received_sha256: Mapped[str] = mapped_column(String(64))
    stored_sha256: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime] = mapped_column(index=True)
    uploaded_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class Job(Base):
    """Work that happens without a click. A worker leases it; failures wait longer each time and end as dead letters."""

    __tablename__ = "job"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # timers, log, notify, trace, remind, mail, tidy ...
    key: Mapped[str] = mapped_column(Text, unique=True)  # one row for one piece of work: "log", "mail/<id>" ...
    every: Mapped[int | None] = mapped_column(Integer)  # seconds between runs; NULL: once
    due_at: Mapped[datetime] = mapped_column(index=True)  # not before
    leased_until: Mapped[datetime | None] = mapped_column()
    leased_by: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str | None] = mapped_column(Text)  # without what people typed
    dead_at: Mapped[datetime | None] = mapped_column(index=True)
    done_at: Mapped[datetime | None] = mapped_column()


class Mail(Base):
    """A message to be sent by SMTP, at least once, always with the same Message-ID. Never a complaint's content."""

    __tablename__ = "mail"
    id: Mapped[str] = mapped_column(OpaqueId, primary_key=True)  # also in its Message-ID
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"), index=True)  # None: someone outside
    case_id: Mapped[str | None] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # as Notice.kind, or digest, checkpoint
    recipient: Mapped[str] = mapped_column(Text)  # address when it was written
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None] = mapped_column(index=True)


class Notice(Base):
    """What a person should know, shown under the bell. `key` makes it one: a restart says nothing twice."""

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)  # e.g. "new_task/<task>/<account>"
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    case_id: Mapped[str | None] = mapped_column(ForeignKey("case.id"))
    task_id: Mapped[str | None] = mapped_column(ForeignKey("task.id"))
    kind: Mapped[str] = mapped_column(String(20))  # engine.worker.messages lists them
    text: Mapped[str] = mapped_column(Text)  # one sentence with the case number, never its content
    at: Mapped[datetime] = mapped_column()
    read_at: Mapped[datetime | None] = mapped_column()
    __table_args__ = (Index("ix_notice_account_at", "account_id", "at"),)


class Handover(Base):
    """News for a reporter without e-mail, which a clerk passes on (WhatsApp, telephone): number and link only."""

    __tablename__ = "handover"
    id: Mapped[str] = mapped_column(OpaqueId, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # as Notice.kind of reporters
    created_at: Mapped[datetime] = mapped_column()
    due_at: Mapped[datetime] = mapped_column()  # one working day later: then Ketua Tim is warned
    delivered_at: Mapped[datetime | None] = mapped_column(index=True)
    delivered_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    warned_at: Mapped[datetime | None] = mapped_column()


class ReminderRule(Base):
    """Whom to tell when time runs out, as Pengelola Sistem sets it for a process."""

    __tablename__ = "reminder_rule"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    process_id: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(String(10))  # "hampir" (75 %), "lewat" (100 %), "total" (of the whole)
    to: Mapped[str] = mapped_column(String(10))  # "pemilik" (of the task), "pengarah" (`memindah`), "pimpinan"
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    __table_args__ = (UniqueConstraint("process_id", "at", "to"),)


class Cursor(Base):
    """How far a follower of the log has come: it has dealt with all events before `place`."""

    __tablename__ = "cursor"
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger)


class EventTrace(Base):
    """Finds a case's event by who, what, where and when. These four tables are caches that the worker makes of the log.

    `place` is the event's place in the log. What was typed stands in the search index beside (engine.store.words).
    """

    __tablename__ = "event_trace"
    place: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    case_id: Mapped[str] = mapped_column(OpaqueId)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(24), index=True)  # type of the event
    actor: Mapped[str | None] = mapped_column(OpaqueId, index=True)
    role: Mapped[str | None] = mapped_column(Text)  # acted under, else the lane of the finished task
    element: Mapped[str | None] = mapped_column(Text, index=True)
    flows: Mapped[str] = mapped_column(Text)  # taken, each between spaces
    version: Mapped[int] = mapped_column(BigInteger)  # id of the deployment it ran on
    late: Mapped[bool] = mapped_column(Boolean)  # the task was finished after it was due
    __table_args__ = (UniqueConstraint("case_id", "seq"),)


class CaseTrace(Base):
    """What a case's events come to so far, so that only new ones are folded in (engine.mining)."""

    __tablename__ = "case_trace"
    case_id: Mapped[str] = mapped_column(OpaqueId, primary_key=True)
    opened_on: Mapped[date] = mapped_column(Date, index=True)  # in Jakarta
    version: Mapped[int] = mapped_column(BigInteger)
    unit: Mapped[str] = mapped_column(Text)  # that had a task last; empty: none yet
    way_code: Mapped[str] = mapped_column(String(16), index=True)
    way: Mapped[str] = mapped_column(Text)
    closed: Mapped[bool] = mapped_column(Boolean)
    content: Mapped[bytes] = mapped_column(LargeBinary)  # compressed JSON of engine.mining.Passage


class CaseFlag(Base):
    """Something at a case that an auditor wants to look at, with the event that first showed it."""

    __tablename__ = "case_flag"
    case_id: Mapped[str] = mapped_column(OpaqueId, primary_key=True)
    flag: Mapped[str] = mapped_column(String(16), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer)


class MapCount(Base):
    """How often something happened in the cases filed on a day whose unit is this one; counts of rows can be added."""

    __tablename__ = "map_count"
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    unit: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)  # engine.mining.Cell says which there are
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    bucket: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)


class Draft(Base):
    """A diagram with its forms that someone is changing. What is in force never depends on it."""

    __tablename__ = "draft"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    process_id: Mapped[str] = mapped_column(Text, index=True)
    based_on: Mapped[int] = mapped_column(Integer)  # number of the deployment it began from
    state: Mapped[str] = mapped_column(String(12))  # open, proposed, deployed, discarded
    rev: Mapped[int] = mapped_column(Integer)  # compare-and-set; the newest revision
    author_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column()
    changed_at: Mapped[datetime] = mapped_column()
    changed_by: Mapped[str] = mapped_column(ForeignKey("account.id"))


class DraftRevision(Base):
    """A draft as it was saved. Saves that follow each other closely leave only the last of them."""

    __tablename__ = "draft_revision"
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    rev: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column()
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(String(12))  # mulai, otomatis, impor, formulir, pulih
    content: Mapped[bytes] = mapped_column(LargeBinary)  # compressed JSON {xml, forms}


class Proposal(Base):
    """A draft that somebody else is to approve: a cache of what the events of its process say."""

    __tablename__ = "proposal"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"), index=True)
    rev: Mapped[int] = mapped_column(Integer)  # revision of the draft that was proposed
    process_id: Mapped[str] = mapped_column(Text, index=True)
    checksum: Mapped[str] = mapped_column(String(64))
    base: Mapped[int] = mapped_column(Integer)  # number of the version in force when it was proposed
    effective_on: Mapped[date | None] = mapped_column(Date)  # None: as soon as it is approved
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))  # waiting, returned, withdrawn, approved, in_force
    proposed_by: Mapped[str] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column()
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column()
    comment: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[int | None] = mapped_column(Integer)  # of the deployment it became


class DraftPresence(Base):
    """Who has a draft open in which tab of a browser, so that a second person is told."""

    __tablename__ = "draft_presence"
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    tab: Mapped[str] = mapped_column(String(16), primary_key=True)
    since: Mapped[datetime] = mapped_column()
    seen_at: Mapped[datetime] = mapped_column()


class Scenario(Base):
    """A simulation kept by name, to be run again on every proposal. Nothing in it is of a real case."""

    __tablename__ = "scenario"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    process_id: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(80))
    started: Mapped[datetime] = mapped_column()  # when the made-up case begins
    content: Mapped[bytes] = mapped_column(LargeBinary)  # compressed JSON {actions, outcome}
    author_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column()
    __table_args__ = (UniqueConstraint("process_id", "name"),)


class DryRun(Base):
    """A draft tried on past cases. What is tried, on which cases and until when is fixed when it is asked for."""

    __tablename__ = "dry_run"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    process_id: Mapped[str] = mapped_column(Text)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"), index=True)
    rev: Mapped[int] = mapped_column(Integer)  # of the draft, whose later saves may sweep this revision away
    content: Mapped[bytes] = mapped_column(LargeBinary)  # so here it is: compressed JSON {xml, forms}
    choice: Mapped[str] = mapped_column(String(12))  # engine.commands.dry_runs lists them
    cases: Mapped[bytes] = mapped_column(LargeBinary)  # their ids, 16 bytes each, in order
    total: Mapped[int] = mapped_column(Integer)  # of cases
    done: Mapped[int] = mapped_column(Integer)  # of these; compare-and-set, so that none is counted twice
    state: Mapped[str] = mapped_column(String(12))  # waiting, done, cancelled, failed
    started_by: Mapped[str] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column()  # for the cases time goes on until then
    finished_at: Mapped[datetime | None] = mapped_column()


class DryRunPart(Base):
    """What came of some cases of a dry run, written once."""

    __tablename__ = "dry_run_part"
    run_id: Mapped[int] = mapped_column(ForeignKey("dry_run.id"), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)  # of the first case
    content: Mapped[bytes] = mapped_column(LargeBinary)  # compressed JSON: numbers, steps and lateness, no contents


class MigrationRun(Base):
    """Running cases that are to go on in another version, one after the other. Fixed when it is asked for."""

    __tablename__ = "migration_run"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    process_id: Mapped[str] = mapped_column(Text, index=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))  # that they go on in
    reason: Mapped[str] = mapped_column(Text)
    cases: Mapped[bytes] = mapped_column(LargeBinary)  # their ids, 16 bytes each, in order
    total: Mapped[int] = mapped_column(Integer)  # of cases
    done: Mapped[int] = mapped_column(Integer)  # of these; compare-and-set, together with what came of the case
    state: Mapped[str] = mapped_column(String(12))  # waiting, done, cancelled, failed
    started_by: Mapped[str] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column()
    finished_at: Mapped[datetime | None] = mapped_column()
    ended_by: Mapped[str | None] = mapped_column(Text)  # the sentence that says why it failed


class MigrationResult(Base):
    """What came of one case of such a run, written in the transaction that moved it."""

    __tablename__ = "migration_result"
    run_id: Mapped[int] = mapped_column(ForeignKey("migration_run.id"), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"))
    refused: Mapped[str | None] = mapped_column(Text)  # why it stays; None when it was moved


class Counter(Base):
    """Gapless numbers, e.g. of cases per year."""

    __tablename__ = "counter"
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[int] = mapped_column(Integer)


class Heartbeat(Base):
    """When a background process last said that it lives."""

    __tablename__ = "heartbeat"
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime] = mapped_column()
