"""Verbs for tests of the proofs: take into the log, check, forge. Forging goes around the triggers, as a DBA could."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, text

from engine.history import verify
from engine.history.event import moment_text
from engine.history.keys import Signer, load_signer, public_keys
from engine.history.verify import Broken, Checkpoint, Files, Key, Report, check_bundle, open_note
from engine.queries.evidence.bundle import Wanted, write_bundle
from engine.queries.integrity import Walked, walk
from engine.queries.stored_cases import CaseCheck, check_deployments
from engine.queries.stored_readings import check_readings
from engine.store import models
from engine.store.database import snapshot, transaction
from engine.worker.log import extend_log
from tests.engine.office import Office

GUARDED = ("event", "event_value", "log_node", "checkpoint", "deployment", "reading")


@dataclass
class Ledger:
    """An office and its signing keys."""

    office: Office
    folder: Path
    kept: int = 0  # how many events the checkpoint covers that an auditor keeps outside

    @property
    def signer(self) -> Signer:
        return load_signer(self.folder)

    @property
    def keys(self) -> list[Key]:
        return public_keys(self.folder)

    def log(self, batch: int = 500) -> int:
        """Everything new into the log; returns how many events."""
        taken = 0
        while step := extend_log(self.office.engine, self.signer, self.office.now, batch):
            taken += step
        return taken

    def newest(self) -> Checkpoint:
        """The newest checkpoint, as an auditor would keep it."""
        with transaction(self.office.engine) as session:
            rows = session.scalars(select(models.Checkpoint).order_by(models.Checkpoint.size)).all()
            return open_note(rows[-1].note, self.keys)

    def walk(self, earlier: Checkpoint | None = None, keys: Sequence[Key] | None = None) -> Walked:
        with snapshot(self.office.engine) as session:
            known = self.keys if keys is None else keys
            return walk(session, known, moment_text(self.office.now), earlier)

    def findings(self, earlier: Checkpoint | None = None, keys: Sequence[Key] | None = None) -> list[Broken]:
        """All that `aduan verify` finds."""
        broken = self.walk(earlier, keys).broken
        with snapshot(self.office.engine) as session:
            stored = [*check_deployments(session), *check_readings(session)]
            found = [*stored, *(each for _, each in CaseCheck(session).all() if each)]
        return ([broken] if broken else []) + found

    def bundle(self, number: str, against: Sequence[int] = ()) -> dict[str, bytes]:
        """The files of one case's bundle."""
        return unzipped(self.zipped(Wanted([number], against=against)))

    def zipped(self, wanted: Wanted) -> bytes:
        """A bundle as it leaves the office."""
        out = BytesIO()
        with snapshot(self.office.engine) as session:
            write_bundle(session, wanted, self.signer, out, self.office.now)
        return out.getvalue()

    def check(self, files: Mapping[str, bytes], earlier: Checkpoint | None = None) -> Report:
        """What verify.py says of these files. Raises Broken."""
        return check_bundle(Files.held(files), self.keys, earlier)

    @contextmanager
    def forging(self) -> Iterator[Connection]:
        """The database as its administrator may write it: triggers out of the way for the while."""
        with self.office.engine.connect() as connection:
            restore = _disarm(connection)
            yield connection
            for statement in restore:
                connection.execute(text(statement))
            connection.commit()


def _disarm(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for row in found:
            connection.execute(text(f"DROP TRIGGER {row.name}"))
        return [row.sql for row in found]
    for table in GUARDED:
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    return [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in GUARDED]


def some_cases(office: Office, rng: random.Random, count: int) -> list[Any]:
    """Cases that ended at random places on their way."""
    goals = ["terima_aduan", "klasifikasi", "tanggapi_aduan", "input_tanggapan", "terima_jawaban", None]
    cases = []
    for _ in range(count):
        case, goal = office.file_complaint(), rng.choice(goals)
        if goal is None:
            office.finish(case)
        else:
            office.go_to(case, goal)
        cases.append(case)
    return cases


def unzipped(data: bytes) -> dict[str, bytes]:
    """The files of an archive."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """An archive of these files."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def refused(check: Any) -> Broken | None:
    """What a check that must raise Broken raised; None when all held."""
    try:
        check()
    except verify.Broken as broken:
        return broken
    return None
