"""Holds what a case shows, its titles and files, against what its events say. Writes nothing; knows no replay."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from engine.history.event import moment_from
from engine.history.verify import Broken
from engine.recorded import Body, Values, Version, columns_after, files_in
from engine.store.files import ERASED_NAME, path_of
from engine.store.models import Attachment, Case

Events = Sequence[tuple[Body, Version]]
_DESCRIBED = ("name", "media_type", "size", "received_sha256", "stored_sha256")


def parsed_values(rows: Iterable[Any]) -> Values:
    """Stored values as seq -> name -> value, without those that were erased. Raises ValueError."""
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        if row.value is not None:
            found.setdefault(row.seq, {})[row.name] = orjson.loads(row.value)
    return found


def check_shown(case: Case, events: Events, values: Values, where: str) -> None:
    """Channel and day of the filing, and the columns that lists are made from. Raises Broken."""
    first = events[0][0]
    if (case.channel, case.opened_at) != (first["channel"], moment_from(first["at"])):
        raise Broken(where, "saluran atau waktu masuknya bukan yang dicatat saat dibuka")
    for column, stated in columns_after(events, values).items():
        if getattr(case, column) != stated:
            raise Broken(where, f"kolom {column} bukan isian terakhir menurut riwayat")


def check_files(events: Events, values: Values, rows: Iterable[Attachment], folder: Path | None, where: str) -> None:
    """Every file of the case: named by an event, its row and its bytes as recorded. Raises Broken.

    Without a folder the disk is not looked at.
    """
    stored = {row.id: row for row in rows}
    described = {each["id"]: (key, field, each) for key, field, each in files_in(events, values)}
    erased = {each for body, _ in events if body["type"] == "case_erased" for each in body["files"]}
    for file_id in sorted(stored.keys() | described.keys() | erased):
        wrong = _wrong(file_id, stored.get(file_id), described.get(file_id), file_id in erased, folder)
        if wrong is not None:
            raise Broken(where, f"lampiran {file_id} {wrong}")


def _wrong(
    file_id: str,
    row: Attachment | None,
    described: tuple[str, str, Mapping[str, Any]] | None,
    erased: bool,
    folder: Path | None,
) -> str | None:
    path = path_of(folder, file_id) if folder is not None else None
    if row is None:
        return "hilang dari tabel"
    if erased:
        if row.name != ERASED_NAME:
            return "masih bernama, padahal sudah dihapus menurut riwayat"
        return "masih ada di cakram, padahal sudah dihapus menurut riwayat" if path and path.exists() else None
    if described is None:
        return "tidak disebut oleh riwayat"
    key, field, facts = described
    if (row.element, row.field, *(getattr(row, name) for name in _DESCRIBED)) != (
        key, field, *(facts[name] for name in _DESCRIBED),
    ):  # fmt: skip
        return "tersimpan lain daripada yang dicatat riwayat"
    return _wrong_on_disk(path, facts["stored_sha256"]) if path is not None else None


def _wrong_on_disk(path: Path, stated: str) -> str | None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "hilang dari cakram atau tidak dapat dibaca"
    return None if found == stated else "di cakram bukan yang disimpan dulu: sidik jarinya lain"
