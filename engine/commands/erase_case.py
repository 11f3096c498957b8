"""Erases what is personal in a closed case: typed values, files, titles. The erasure is an event like any other.

Chain, proofs and replay stay valid: the bodies hold digests only. Knows what is erased; when, a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine, bindparam, exists, literal, or_, select, update
from sqlalchemy.orm import Session

from engine.access import ADMINISTRATOR, Actor
from engine.commands.attachments import erased_files, remove_files
from engine.commands.cases import LoadedCase, load_by_number, position_of, record_fact
from engine.errors import Conflict, NotFound, Rejected
from engine.process.forms import CASE_COLUMNS
from engine.recorded import columns_after, personal_names, with_versions
from engine.store.database import transaction
from engine.store.deployments import all_deployed
from engine.store.files import ERASED_NAME
from engine.store.models import Attachment, Base, Case, Event, EventValue
from engine.store.words import forget_events

BASES = {"permintaan": "Permintaan pelapor", "retensi": "Masa simpan berakhir"}  # codes: no text that must be erased
OPEN = "Aduan ini masih berjalan. Isinya baru dapat dihapus sesudah aduan ditutup."
NOTHING_LEFT = "Isi pribadi aduan ini sudah dihapus; tidak ada lagi yang tersisa."
_VALUE = Base.metadata.tables[EventValue.__tablename__]
_ERASE = (
    update(_VALUE)
    .where(_VALUE.c.stream == bindparam("of"), _VALUE.c.seq == bindparam("at"), _VALUE.c.name == bindparam("called"))
    .values(salt=None, value=None)
)


@dataclass(frozen=True)
class Erased:
    """What an erasure took away."""

    number: str
    values: int
    files: tuple[str, ...]  # their ids; `finish_erasures` takes them off the disk


def erase_case(
    session: Session, actor: Actor | None, number: str, basis: str, *, now: datetime, channel: str = "web"
) -> Erased:
    """Erase the personal values and files of a closed case. `actor` is None at the command line; `basis`: one of BASES.

    After the commit call `finish_erasures`. Raises NotFound (also for who is no Pengelola Sistem), Rejected, Conflict
    (still open, or nothing left), Incident.
    """
    if actor is not None and not actor.holds(ADMINISTRATOR):
        raise NotFound
    if basis not in BASES:
        raise Rejected({"dasar": "Pilih dasar penghapusan."})
    case = load_by_number(session, number)
    if case.closed_at is None:
        raise Conflict(OPEN)
    position_of(case)
    erased, columns = _plan(session, case)
    files = _files(session, case.id)
    if not erased and not files:
        raise Conflict(NOTHING_LEFT)
    facts = _facts(actor, channel) | {"basis": basis, "erased": erased, "files": files}
    record_fact(session, case, "case_erased", now, facts, columns=columns)
    _take_away(session, case.id, erased)
    return Erased(number, sum(map(len, erased.values())), tuple(files))


def _plan(session: Session, case: LoadedCase) -> tuple[dict[str, list[str]], dict[str, None]]:
    """What there is to erase, seq (as text) -> names, and the case columns that are empty then."""
    stream = f"kasus/{case.id}"
    kept: dict[int, dict[str, Any]] = {}
    for row in session.scalars(select(EventValue).where(EventValue.stream == stream)):
        if row.value is not None or row.salt is not None:
            kept.setdefault(row.seq, {})[row.name] = orjson.loads(row.value or "null")
    texts = session.scalars(select(Event.body).where(Event.stream == stream).order_by(Event.seq))
    versions = {each.checksum: each for each in all_deployed(session)}
    events = list(with_versions(map(orjson.loads, texts), versions.__getitem__))
    erased: dict[str, list[str]] = {}
    for body, version in events:
        stored = kept.get(body["seq"], {})
        names = [name for name in personal_names(body, version) if name in stored]
        for name in names:
            del stored[name]
        if names:
            erased[str(body["seq"])] = names
    left = columns_after(events, kept)
    return erased, {column: None for column in CASE_COLUMNS if left[column] is None}


def _files(session: Session, case_id: str) -> list[str]:
    bound = select(Attachment.id).where(Attachment.case_id == case_id, Attachment.name != ERASED_NAME)
    return list(session.scalars(bound.order_by(Attachment.id)))


def _facts(actor: Actor | None, channel: str) -> dict[str, Any]:
    held = actor.held if actor is not None else ()
    appointment = next((each.id for each in held if each.role == ADMINISTRATOR), None)
    return {"actor": actor.account_id if actor is not None else None, "appointment": appointment, "channel": channel}


def _take_away(session: Session, case_id: str, erased: Mapping[str, list[str]]) -> None:
    rows = [
        {"of": f"kasus/{case_id}", "at": int(seq), "called": name} for seq, names in erased.items() for name in names
    ]
    if rows:
        session.execute(_ERASE, rows)
    forget_events(session, case_id, map(int, erased))
    session.execute(update(Attachment).where(Attachment.case_id == case_id).values(name=ERASED_NAME))


def closed_before(session: Session, moment: datetime) -> list[str]:
    """Numbers of the cases that were closed before this moment and hold something to erase, oldest first."""
    of_case = _VALUE.c.stream == literal("kasus/").concat(Case.id)
    erased = exists(select(_VALUE.c.name).where(of_case, _VALUE.c.value.is_(None)))
    filled = exists(select(_VALUE.c.name).where(of_case, _VALUE.c.value.is_not(None)))
    bound = exists(select(Attachment.id).where(Attachment.case_id == Case.id))
    which = select(Case.number).where(Case.closed_at < moment, ~erased, or_(filled, bound))
    return list(session.scalars(which.order_by(Case.closed_at, Case.number)))


def finish_erasures(engine: Engine, folder: Path) -> bool:
    """After the commit of erasures: their files off the disk, their text out of the database's files.

    Also finishes what an earlier call, cut off in between, left behind. False when a reader kept SQLite's write-ahead
    log in use, so that old text stays in it until the next time.
    """
    with transaction(engine) as session:
        gone = erased_files(session)
    remove_files(folder, gone)
    if engine.dialect.name != "sqlite":
        return True  # PostgreSQL clears old rows by VACUUM, which is the office's to plan (docs/settings.md)
    with engine.connect() as connection:
        busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
    return not busy
