"""Drafts as they are stored: a diagram with its forms at a revision. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import zstandard
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from engine.errors import NotFound
from engine.store.models import Account, Draft, DraftRevision

OPEN = "open"
_MOST = 2**63 - 1


@dataclass(frozen=True)
class DraftRow:
    """A draft without its content."""

    id: int
    process_id: str
    based_on: int  # number of the deployment it began from
    state: str  # open, proposed, deployed, discarded
    rev: int
    author: str
    created_at: datetime
    changed_by: str
    changed_at: datetime

    @property
    def open(self) -> bool:
        """Whether it may still be changed."""
        return self.state == OPEN


@dataclass(frozen=True)
class DraftContent:
    """A draft as it was last saved, or one of its earlier revisions."""

    draft: DraftRow
    rev: int
    xml: bytes
    forms: dict[str, Any]  # form key -> JSON Schema

    @property
    def id(self) -> int:
        """Number of the draft."""
        return self.draft.id

    @property
    def process_id(self) -> str:
        """Process it belongs to."""
        return self.draft.process_id


def drafts(session: Session, process_id: str | None = None) -> list[DraftRow]:
    """Open drafts, the one changed last first; of every process when none is named."""
    which = [Draft.state == OPEN] + ([Draft.process_id == process_id] if process_id is not None else [])
    return _rows(session, *which)


def draft(session: Session, process_id: str, draft_id: int, rev: int | None = None) -> DraftContent:
    """A draft with its content, as last saved or at an earlier revision. Raises NotFound."""
    found = _rows(session, Draft.id == draft_id, Draft.process_id == process_id) if draft_id <= _MOST else []
    if not found:
        raise NotFound
    wanted = found[0].rev if rev is None else rev
    revision = session.get(DraftRevision, (draft_id, wanted)) if wanted <= _MOST else None
    if revision is None:
        raise NotFound
    xml, forms = unpack(revision.content)
    return DraftContent(found[0], revision.rev, xml, forms)


def pack(xml: bytes, forms: dict[str, Any]) -> bytes:
    """Content of a draft as it is stored."""
    return zstandard.compress(orjson.dumps({"xml": xml.decode("utf-8", "surrogateescape"), "forms": forms}))


def unpack(content: bytes) -> tuple[bytes, dict[str, Any]]:
    """The diagram and the forms of stored content."""
    stored = orjson.loads(zstandard.decompress(content))
    return stored["xml"].encode(), stored["forms"]


def _rows(session: Session, *which: Any) -> list[DraftRow]:
    author, changer = aliased(Account), aliased(Account)
    statement = (
        select(Draft.id, Draft.process_id, Draft.based_on, Draft.state, Draft.rev, author.name, Draft.created_at,
               changer.name, Draft.changed_at)
        .join(author, author.id == Draft.author_id)
        .join(changer, changer.id == Draft.changed_by)
        .where(*which)
        .order_by(Draft.changed_at.desc(), Draft.id.desc())
    )  # fmt: skip
    found: Sequence[Any] = session.execute(statement).all()
    return [DraftRow(*row) for row in found]
