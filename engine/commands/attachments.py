"""Receives files, stages them, and binds them to a case when their form is complete."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import ColumnElement, CursorResult, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from engine.errors import Rejected
from engine.files import clean_file
from engine.process.forms import Form
from engine.store.files import ERASED_NAME, path_of
from engine.store.models import Attachment

STAGED_FOR = timedelta(hours=24)  # an unfinished form's files are kept this long
GONE = "Berkas ini tidak lagi tersimpan. Pilih dan kirim lagi berkasnya."


def receive_file(
    session: Session, folder: Path, *, field: str, name: str, data: bytes, account_id: str | None, now: datetime
) -> str:
    """Clean and stage one file; returns its id. Raises engine.files.FileRefused."""
    clean = clean_file(name, data)
    file_id = uuid4().hex
    _write(path_of(folder, file_id), clean.data)
    name = name[:200] if name != ERASED_NAME else "berkas"
    row = {
        "id": file_id, "field": field, "name": name, "media_type": clean.media_type, "size": len(clean.data),
        "received_sha256": hashlib.sha256(data).hexdigest(), "uploaded_at": now, "uploaded_by": account_id,
        "stored_sha256": hashlib.sha256(clean.data).hexdigest(),
    }  # fmt: skip
    session.execute(insert(Attachment), row)
    return file_id


def _write(path: Path, data: bytes) -> None:
    """Durable before the row that names it is committed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name as well
    finally:
        os.close(folder)


def describe_files(session: Session, form: Form, values: Mapping[str, Any], account_id: str) -> dict[str, Any]:
    """The values as history records them: a file field's ids become descriptions with both digests.

    Writes nothing. Raises Rejected when a file is not staged, or staged by another account.
    """
    recorded = dict(values)
    for field in form.file_fields:
        ids = list(dict.fromkeys(values.get(field, ())))
        if ids:
            recorded[field] = _describe(session, field, ids, account_id)
    return recorded


def _describe(session: Session, field: str, ids: Sequence[str], account_id: str) -> list[dict[str, Any]]:
    # What a visitor staged has no account yet: whoever knows its id, which cannot be guessed, is that visitor.
    own = or_(Attachment.uploaded_by.is_(None), Attachment.uploaded_by == account_id)
    statement = select(Attachment).where(Attachment.id.in_(ids), *_staged(field), own)
    found = {row.id: row for row in session.scalars(statement)}
    if set(found) != set(ids):
        raise Rejected({field: GONE})
    return [
        {
            "id": row.id, "name": row.name, "media_type": row.media_type, "size": row.size,
            "received_sha256": row.received_sha256, "stored_sha256": row.stored_sha256,
        }
        for row in (found[each] for each in ids)
    ]  # fmt: skip


def bind_files(session: Session, case_id: str, form: Form, recorded: Mapping[str, Any]) -> None:
    """Bind the files of `describe_files` to the case, after its compare-and-set: the loser of a race binds nothing.

    Raises Rejected when one of them was bound or dropped meanwhile.
    """
    for field in form.file_fields:
        ids = [each["id"] for each in recorded.get(field, ())]
        if not ids:
            continue
        bound = update(Attachment).where(Attachment.id.in_(ids), *_staged(field))
        done = session.execute(bound.values(case_id=case_id, element=form.key))
        if cast("CursorResult[Any]", done).rowcount != len(ids):
            raise Rejected({field: GONE})


def _staged(field: str) -> tuple[ColumnElement[bool], ...]:
    return Attachment.case_id.is_(None), Attachment.field == field


def drop_stale_files(session: Session, now: datetime) -> list[str]:
    """Forget files whose form was never completed; returns their ids, for `remove_files` after the commit."""
    stale = (Attachment.case_id.is_(None), Attachment.uploaded_at < now - STAGED_FOR)
    # What the statement itself removed: a file that a form binds at this very moment must stay on the disk.
    return list(session.scalars(delete(Attachment).where(*stale).returning(Attachment.id)))


def erased_files(session: Session) -> list[str]:
    """Ids of the files whose cases were erased, for `remove_files`: a crash may have left some on the disk."""
    return list(session.scalars(select(Attachment.id).where(Attachment.name == ERASED_NAME)))


def orphan_files(session: Session, folder: Path, now: datetime) -> list[str]:
    """Ids of files that no row names: a crash between file and row left them. Younger ones may still get theirs."""
    old = (now - STAGED_FOR).timestamp()
    found = [each.name for each in folder.glob("??/*") if each.is_file() and each.stat().st_mtime < old]
    orphans: list[str] = []
    for first in range(0, len(found), 500):
        some = found[first : first + 500]
        known = set(session.scalars(select(Attachment.id).where(Attachment.id.in_(some))))
        orphans += [each for each in some if each not in known]
    return orphans


def remove_files(folder: Path, file_ids: Iterable[str]) -> None:
    """Delete files from the disk, once no row wants them any more; those that are gone already are passed over."""
    for file_id in file_ids:
        path_of(folder, file_id).unlink(missing_ok=True)
