"""Reads the stored Merkle log and the tree of heads: size, newest checkpoint, proofs. Writes nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from engine.history.merkle import EMPTY_ROOT, Frontier, consistency_proof, inclusion_proof
from engine.store.models import Checkpoint, HeadNode, LogNode, StreamHead

Nodes = type[LogNode] | type[HeadNode]
_MANY = 400  # pairs in one statement, below every driver's limit of parameters


def log_size(session: Session) -> int:
    """How many events the log holds."""
    last = session.scalar(select(func.max(LogNode.index)).where(LogNode.level == 0))
    return 0 if last is None else last + 1


def newest_checkpoint(session: Session) -> Checkpoint | None:
    """The latest signed state of the log."""
    return session.scalars(select(Checkpoint).order_by(Checkpoint.size.desc()).limit(1)).first()


def read_nodes(session: Session, table: Nodes, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """The stored ones of these (level, index)."""
    places, found = list(wanted), {}
    for start in range(0, len(places), _MANY):
        which = tuple_(table.level, table.index).in_(places[start : start + _MANY])
        rows = session.execute(select(table.level, table.index, table.hash).where(which))
        found.update({(level, index): bytes(hash) for level, index, hash in rows})
    return found


def stored_frontier(session: Session, size: int) -> Frontier:
    """The right edge of the log when it held `size` events."""
    places = [(level, (size >> level) - 1) for level in reversed(range(size.bit_length())) if size >> level & 1]
    nodes = read_nodes(session, LogNode, places)
    return Frontier(size, [nodes[place] for place in places])


class _Known:
    """Stored nodes that were read once. A missing node is a LookupError."""

    def __init__(self, session: Session, table: Nodes) -> None:
        self._session, self._table = session, table
        self._nodes: dict[tuple[int, int], bytes] = {}

    def read(self, level: int, index: int) -> bytes:
        """One node."""
        if (level, index) not in self._nodes:
            self._nodes.update(read_nodes(self._session, self._table, [(level, index)]))
        return self._nodes[level, index]

    def prepare(self, indices: Iterable[int], size: int) -> None:
        """Read at once what proofs of these leaves need."""
        wanted: set[tuple[int, int]] = set()

        def note(level: int, index: int) -> bytes:
            wanted.add((level, index))
            return EMPTY_ROOT

        for index in indices:
            inclusion_proof(note, index, size)
        self._nodes.update(read_nodes(self._session, self._table, wanted - self._nodes.keys()))

    def forget(self) -> None:
        """Keep the memory small."""
        self._nodes.clear()


class Proofs:
    """Proofs at the newest checkpoint, hashes in base64."""

    def __init__(self, session: Session, point: Checkpoint) -> None:
        self._session = session
        self._point = point
        self._log, self._heads = _Known(session, LogNode), _Known(session, HeadNode)

    def prepare(self, places: Iterable[int], heads: Iterable[int]) -> None:
        """Read at once what proofs of these events and of these streams' ends need."""
        self._log.prepare(places, self._point.size)
        self._heads.prepare(heads, self._point.streams)

    def forget(self) -> None:
        """Keep the memory small when many proofs are made."""
        self._log.forget()
        self._heads.forget()

    def inclusion(self, index: int) -> list[str]:
        """That the event at this place stands in the log."""
        return _texts(inclusion_proof(self._log.read, index, self._point.size))

    def head(self, stream: str) -> dict[str, object]:
        """That the stream ends where the log says: its place among the streams, and the path."""
        index = self._session.scalars(select(StreamHead.index).where(StreamHead.stream == stream)).one()
        return self.head_at(index)

    def head_at(self, index: int) -> dict[str, object]:
        """The same for the stream at this place."""
        return {"index": index, "proof": _texts(inclusion_proof(self._heads.read, index, self._point.streams))}

    def consistency(self, earlier: int) -> list[str]:
        """That the log of `earlier` entries is the beginning of this one."""
        return _texts(consistency_proof(self._log.read, earlier, self._point.size))


def _texts(hashes: Iterable[bytes]) -> list[str]:
    return [base64.b64encode(each).decode() for each in hashes]
