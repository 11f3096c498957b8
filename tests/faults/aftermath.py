"""What must hold after a worker was killed, and whether the office goes on. Opens the database anew each time."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import func, select, text

from engine.history.verify import open_note
from engine.store.database import transaction
from engine.store.files import path_of
from engine.store.models import Attachment, Case, Event, EventValue, FormerUnit
from tests.engine.office import Office
from tests.faults.child import ALIVE
from tests.faults.clerk import Clerk
from tests.faults.journal import Journal, Told
from tests.history.ledger import Ledger

_HASHES = select(Event.stream, Event.seq, Event.hash)


@dataclass
class Place:
    """One office on disk: its database, its folders, and what the world was told so far."""

    url: str
    folder: Path
    told: Told = field(default_factory=Told)
    lives: int = 0

    def new_journal(self) -> Path:
        """For the next worker."""
        self.lives += 1
        return self.folder / f"journal-{self.lives}.jsonl"

    @contextmanager
    def clerk(self, rng: random.Random) -> Iterator[Clerk]:
        """A fresh worker in this process; what it acknowledges counts as told."""
        path = self.new_journal()
        with Office.at(self.url, self.folder / "lampiran") as office:
            journal = Journal(path)
            yield Clerk(Ledger(office, self.folder / "keys"), journal, rng)
            journal.close()
        self.told.read(path)

    def plan(self, seed: int, **kill: Any) -> dict[str, Any]:
        """What a child is told to do here."""
        return {
            "url": self.url, "files": str(self.folder / "lampiran"), "keys": str(self.folder / "keys"), "seed": seed,
            "journal": str(self.new_journal()), "out": str(self.folder / "child.txt"), **kill,
        }  # fmt: skip


def wait_for_the_end(office: Office) -> None:
    """Until PostgreSQL has finished or rolled back whatever the dead worker had sent."""
    if office.engine.dialect.name == "postgresql":
        with transaction(office.engine) as session:
            session.execute(text("SET lock_timeout = '30s'"))
            session.execute(select(func.pg_advisory_xact_lock(ALIVE)))


def whole_step_or_none(clerk: Clerk, told: Told) -> bool:
    """Exactly what was acknowledged is there, or that and the whole command that was under way; returns which."""
    now = clerk.totals()
    if now == told.totals:
        return False
    assert told.unfinished is not None, f"{told.totals} was told, {now} is there, and nothing was under way"
    promised = tuple(a + b for a, b in zip(told.totals, told.unfinished["promise"], strict=True))
    assert now == promised, f"half a step: {told.totals} was told, {promised} promised, {now} is there"
    told.files -= set(told.unfinished["given"].get("stale", ()))  # a sweep that was not acknowledged
    return True


def nothing_lost_nothing_half(clerk: Clerk, told: Told) -> None:
    """Every acknowledged step is there, rows agree with events, chain and log hold, and states equal their replay."""
    office = clerk.office
    with transaction(office.engine) as session:
        hashes = {(stream, seq): hash for stream, seq, hash in session.execute(_HASHES)}
        cases = {case.id: case for case in session.scalars(select(Case))}
    for case_id, (rev, head) in told.heads.items():
        assert hashes.get((f"kasus/{case_id}", rev)) == head, f"step {rev} of {case_id} was acknowledged and is lost"
    for case in cases.values():
        seqs = sorted(seq for stream, seq in hashes if stream == f"kasus/{case.id}")
        assert seqs == list(range(1, case.rev + 1)), f"{case.number}: rev {case.rev}, events {seqs}"
    numbers = sorted(case.number for case in cases.values())
    assert numbers == [f"ADU-2026-{number:06d}" for number in range(1, len(cases) + 1)]
    files_agree(office, told)
    former_units_agree(office)
    earlier = open_note(told.note, clerk.ledger.keys) if told.note else None
    assert clerk.ledger.findings(earlier) == []


def files_agree(office: Office, told: Told) -> None:
    """Each row has its file, acknowledged ones are there, and what history tells of a case is bound to it."""
    with transaction(office.engine) as session:
        rows = {row.id: row for row in session.scalars(select(Attachment))}
        attached = select(EventValue.stream, EventValue.value).where(EventValue.name == "lampiran")
        values = session.execute(attached.where(EventValue.value.is_not(None))).all()
    assert told.files <= rows.keys(), "a file was acknowledged and is lost"
    for row in rows.values():
        stored = path_of(office.files, row.id).read_bytes()
        assert hashlib.sha256(stored).hexdigest() == row.stored_sha256
    recorded = {(each["id"], stream) for stream, value in values for each in orjson.loads(value)}
    assert {(row.id, f"kasus/{row.case_id}") for row in rows.values() if row.case_id} == recorded


def former_units_agree(office: Office) -> None:
    """Who had a task before it was moved, as history says it."""
    with transaction(office.engine) as session:
        stored = {(row.task_id, row.unit) for row in session.scalars(select(FormerUnit))}
        bodies = [orjson.loads(body) for body in session.scalars(select(Event.body))]
    moved = {(body["task"], body["from"]) for body in bodies if body["type"] == "task_moved"}
    assert stored == moved


def redo(clerk: Clerk, unfinished: dict[str, Any] | None, kept: bool) -> None:
    """Whoever got no answer sends the same again: it is done once, never twice."""
    if unfinished is None or (kept and unfinished["begin"] not in ("file", "step")):
        return
    promise = (0, 0, 0) if kept else tuple(unfinished["promise"])
    before = clerk.totals()
    answer = clerk.do(unfinished["begin"], promise, **unfinished["given"])
    assert clerk.totals() == tuple(a + b for a, b in zip(before, promise, strict=True))
    if unfinished["begin"] in ("file", "step"):
        assert answer.repeated is kept
