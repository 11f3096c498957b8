"""Drafts of a process: begun, saved, restored, discarded. Nothing here touches what is in force."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import orjson
from sqlalchemy import CursorResult, delete, insert, select, update
from sqlalchemy.orm import Session

from engine.access import PROCESS_OWNER, Actor
from engine.commands.pin import pinned
from engine.errors import Conflict, NotFound, Rejected
from engine.process.diagram import MAX_BYTES, DiagramError, parse_xml
from engine.store.deployments import all_deployed, latest_deployed
from engine.store.drafts import DraftContent, draft, pack
from engine.store.models import Draft, DraftPresence, DraftRevision

AUTOMATIC = "otomatis"
BEGUN, IMPORTED, RESTORED, FORMS = "mulai", "impor", "pulih", "formulir"
KEPT_APART = timedelta(minutes=5)  # of saves that follow each other more closely only the last is kept
FORGOTTEN = timedelta(minutes=5)  # a tab that was not heard of for so long has no row any more
MAX_FORMS = 2_000_000  # bytes of JSON
_CLOSED = {
    "discarded": "Draf ini sudah dibuang.",
    "proposed": "Draf ini sedang diusulkan. Tarik dahulu usulannya bila ingin mengubahnya.",
    "deployed": "Draf ini sudah diberlakukan. Mulailah draf baru.",
}
MAX_DRAFTS = 100  # open ones of a process


def begin_draft(
    session: Session,
    actor: Actor,
    process_id: str,
    *,
    now: datetime,
    xml: bytes | None = None,
    forms: Mapping[str, Any] | None = None,
    number: int | None = None,
    reason: str = BEGUN,
) -> int:
    """A new draft; what is not given comes from deployment `number`, or from the one in force. Returns its id.

    Raises NotFound (not Pemilik Proses, no such process or version), Rejected (not a diagram's file at all).
    """
    _owner(actor)
    base = latest_deployed(session, process_id)
    if number is not None:
        found = [each for each in all_deployed(session) if (each.process_id, each.number) == (process_id, number)]
        if not found:
            raise NotFound
        base = found[0]
    taken = session.scalars(select(Draft.id).where(Draft.process_id == process_id, Draft.state == "open")).all()
    if len(taken) >= MAX_DRAFTS:
        raise Rejected({"draf": "Buang draf yang tidak dipakai lagi."}, f"Sudah ada {MAX_DRAFTS} draf terbuka.")
    given = _schemas(base.forms) if forms is None else forms
    # A version that was in force begins as it was, with what it called then.
    content = _content(base.xml, given) if xml is None else _content(*pinned(session, xml, given))
    row = {"process_id": process_id, "based_on": base.number, "state": "open", "rev": 1, "author_id": actor.account_id,
           "created_at": now, "changed_at": now, "changed_by": actor.account_id}  # fmt: skip
    made = session.execute(insert(Draft).returning(Draft.id), row).scalar_one()
    _add_revision(session, made, 1, actor, now, reason, content)
    return made


def save_draft(
    session: Session,
    actor: Actor,
    process_id: str,
    draft_id: int,
    rev: int,
    *,
    now: datetime,
    xml: bytes | None = None,
    forms: Mapping[str, Any] | None = None,
    reason: str = AUTOMATIC,
) -> int:
    """Save over revision `rev`; what is not given stays as it is. Returns the new revision.

    Raises NotFound, Conflict (someone saved in between, or the draft is closed), Rejected (nothing that can be kept).
    """
    _owner(actor)
    before = draft(session, process_id, draft_id)
    if not before.draft.open:
        raise Conflict(_CLOSED.get(before.draft.state, "Draf ini tidak dapat diubah lagi."))
    if before.rev != rev:
        raise _overtaken(before)
    content = _content(*pinned(session, before.xml if xml is None else xml, before.forms if forms is None else forms))
    if content == _content(before.xml, before.forms):
        return rev
    values = {"rev": rev + 1, "changed_at": now, "changed_by": actor.account_id}
    done = session.execute(update(Draft).where(Draft.id == draft_id, Draft.rev == rev).values(values))
    if cast("CursorResult[Any]", done).rowcount != 1:
        raise _overtaken(draft(session, process_id, draft_id))
    _add_revision(session, draft_id, rev + 1, actor, now, reason, content)
    if reason == AUTOMATIC:
        _thin_out(session, draft_id, rev, actor, now)
    return rev + 1


def restore_revision(
    session: Session, actor: Actor, process_id: str, draft_id: int, earlier: int, rev: int, *, now: datetime
) -> int:
    """Make an earlier revision the newest one again; what lies between stays in the history. Raises as `save_draft`."""
    _owner(actor)
    old = draft(session, process_id, draft_id, earlier)
    return save_draft(session, actor, process_id, draft_id, rev, now=now, xml=old.xml, forms=old.forms, reason=RESTORED)


def discard_draft(session: Session, actor: Actor, process_id: str, draft_id: int, *, now: datetime) -> None:
    """Put a draft away; its revisions stay. Raises NotFound."""
    _owner(actor)
    draft(session, process_id, draft_id)
    values = {"state": "discarded", "changed_at": now, "changed_by": actor.account_id}
    session.execute(update(Draft).where(Draft.id == draft_id).values(values))
    session.execute(delete(DraftPresence).where(DraftPresence.draft_id == draft_id))


def reopen_draft(session: Session, actor: Actor, process_id: str, draft_id: int, *, now: datetime) -> None:
    """Take a discarded draft up again. Raises NotFound."""
    _owner(actor)
    draft(session, process_id, draft_id)
    values = {"state": "open", "changed_at": now, "changed_by": actor.account_id}
    session.execute(update(Draft).where(Draft.id == draft_id).values(values))


def note_presence(session: Session, actor: Actor, draft_id: int, tab: str, *, now: datetime) -> None:
    """Write down that a person has a draft open in a tab, and forget tabs that were closed. Raises NotFound."""
    _owner(actor)
    mine = (DraftPresence.draft_id == draft_id, DraftPresence.account_id == actor.account_id, DraftPresence.tab == tab)
    known = session.execute(update(DraftPresence).where(*mine).values(seen_at=now))
    if cast("CursorResult[Any]", known).rowcount:
        return
    session.execute(delete(DraftPresence).where(DraftPresence.seen_at < now - FORGOTTEN))
    row = {"draft_id": draft_id, "account_id": actor.account_id, "tab": tab, "since": now, "seen_at": now}
    session.execute(insert(DraftPresence), row)


def _owner(actor: Actor) -> None:
    if not actor.holds(PROCESS_OWNER):
        raise NotFound


def _schemas(forms: Mapping[str, Any]) -> dict[str, Any]:
    return {key: form.schema for key, form in forms.items()}


def _content(xml: bytes, forms: Mapping[str, Any]) -> bytes:
    """What is stored. The file must be XML and the forms JSON objects; all else is for the gate to find."""
    if len(xml) > MAX_BYTES:
        raise Rejected({"xml": "Berkas diagram lebih besar dari 1 MB."}, "Berkas diagram lebih besar dari 1 MB.")
    try:
        parse_xml(xml)
        text = xml.decode("utf-8")
    except (DiagramError, UnicodeDecodeError) as wrong:
        message = wrong.message if isinstance(wrong, DiagramError) else "Berkas diagram harus ditulis dalam UTF-8."
        raise Rejected({"xml": message}, message) from wrong
    try:
        kept = {str(key): dict(schema) for key, schema in forms.items()}
        if len(json.dumps(kept)) > MAX_FORMS:
            raise ValueError("too large")
        orjson.dumps(kept)
    except (ValueError, TypeError, AttributeError, RecursionError) as wrong:
        message = "Formulir harus berupa objek JSON, semuanya bersama paling banyak 2 MB."
        raise Rejected({"forms": message}, message) from wrong
    return pack(text.encode(), kept)


def _overtaken(newer: DraftContent) -> Conflict:
    row = newer.draft
    return Conflict(f"{row.changed_by} sudah menyimpan draf ini lebih dahulu.", by=row.changed_by, at=row.changed_at)


def _add_revision(
    session: Session, draft_id: int, rev: int, actor: Actor, now: datetime, reason: str, content: bytes
) -> None:
    row = {"draft_id": draft_id, "rev": rev, "at": now, "account_id": actor.account_id, "reason": reason,
           "content": content}  # fmt: skip
    session.execute(insert(DraftRevision), row)


def _thin_out(session: Session, draft_id: int, rev: int, actor: Actor, now: datetime) -> None:
    """Drop the save before this one when the same person made it a moment ago and it was automatic as well."""
    earlier = session.execute(
        select(DraftRevision.rev, DraftRevision.at)
        .where(DraftRevision.draft_id == draft_id, DraftRevision.rev < rev)
        .order_by(DraftRevision.rev.desc())
        .limit(1)
    ).first()
    # The one before stays when it closes a stretch of KEPT_APART, so that a long drawing session leaves a trail.
    if earlier is None or now - earlier.at < KEPT_APART:
        session.execute(
            delete(DraftRevision).where(
                DraftRevision.draft_id == draft_id,
                DraftRevision.rev == rev,
                DraftRevision.reason == AUTOMATIC,
                DraftRevision.account_id == actor.account_id,
                DraftRevision.at > now - KEPT_APART,
            )
        )
