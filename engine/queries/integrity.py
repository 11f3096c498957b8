"""Walks the whole stored history once: chain, values, log, checkpoints, heads. Writes nothing; knows no cases.

What a check means stands in engine.history.verify; here it is fed from the database, page by page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from engine.history import verify
from engine.history.event import moment_text
from engine.history.merkle import Frontier, root_of
from engine.history.verify import Broken, Chain, Key, check_values, head_leaf, is_late, leaf_hash, open_note
from engine.queries.proofs import pair_of
from engine.store.models import Base, Checkpoint, Event, EventValue, HeadNode, LogNode, StreamHead

PAGE = 2000
_EVENT, _VALUE, _NODE = (Base.metadata.tables[each.__tablename__] for each in (Event, EventValue, LogNode))
_COLUMNS = (_EVENT.c.id, _EVENT.c.stream, _EVENT.c.seq, _EVENT.c.body, _EVENT.c.hash, _EVENT.c.log_index)


def read_body(body: bytes) -> Any:
    """As `verify.canonical_json`, five times as fast. Raises ValueError."""
    value = orjson.loads(body)
    if orjson.dumps(value, option=orjson.OPT_SORT_KEYS) != body:
        raise ValueError("tidak ditulis dalam bentuk baku")
    return value


@dataclass
class Walked:
    """How far history holds."""

    events: int = 0
    logged: int = 0
    erased: int = 0
    checkpoints: int = 0
    uncovered: list[str] = field(default_factory=list)
    newest: verify.Checkpoint | None = None
    broken: Broken | None = None  # the first thing that does not hold


def walk(session: Session, keys: Sequence[Key], now: str, earlier: verify.Checkpoint | None = None) -> Walked:
    """Check everything in the order of the log, up to the first event that does not hold."""
    walker = _Walker(session, keys, now, earlier)
    try:
        walker.log()
        walker.tail()
    except Broken as broken:
        walker.done.broken = broken
    return walker.done


class _Walker:
    def __init__(self, session: Session, keys: Sequence[Key], now: str, earlier: verify.Checkpoint | None) -> None:
        self.session, self.keys, self.now, self.earlier = session, keys, now, earlier
        self.done, self.chain, self.frontier = Walked(), Chain(read_body), Frontier()
        self.checkpoints = iter(session.scalars(select(Checkpoint).order_by(Checkpoint.size)).all())
        self.awaited = next(self.checkpoints, None)
        self.latest = ""  # latest `at` so far, of an event or a checkpoint

    def log(self) -> None:
        """Every event in the log."""
        last = select(func.max(LogNode.index)).where(LogNode.level == 0)
        size = max(-1 if each is None else each for each in (
            self.session.scalar(last), self.session.scalar(select(func.max(Event.log_index)))
        )) + 1  # fmt: skip
        while self.done.logged < size:
            self._page(min(self.done.logged + PAGE, size))
        newest = self.done.newest
        if self.awaited is not None or size != (newest.size if newest else 0):
            signed = self.awaited.size if self.awaited is not None else newest.size if newest else 0
            raise Broken("catatan", f"memuat {size} peristiwa, tetapi titik periksa menyatakan {signed}")
        if self.earlier is not None and self.earlier.size > size:
            where = f"titik periksa pembanding (ukuran {self.earlier.size})"
            raise Broken(where, f"catatan sekarang lebih pendek, {size}: riwayat dipotong")
        if newest is not None:
            self._check_heads(newest)

    def tail(self) -> None:
        """Events that no checkpoint covers yet: chained already, and young."""
        which = _EVENT.c.log_index.is_(None)
        values = self._values(which)
        for row in self.session.execute(select(*_COLUMNS).where(which).order_by(_EVENT.c.id)):
            where = f"{row.stream} nomor {row.seq}"
            at = self._event(row, values)["at"]
            if is_late(at, self.now):
                raise Broken(where, "sudah lebih dari lima menit tetapi belum tercantum dalam catatan")
            self.done.uncovered.append(where)

    def _page(self, end: int) -> None:
        start, made = self.done.logged, dict[tuple[int, int], bytes]()
        which = and_(_EVENT.c.log_index >= start, _EVENT.c.log_index < end)
        values = self._values(which)
        rows = iter(self.session.execute(select(*_COLUMNS).where(which).order_by(_EVENT.c.log_index)).all())
        nodes = self._nodes(start, end)
        for place in range(start, end):
            row = next(rows, None)
            if row is None or row.log_index != place:
                raise Broken(f"tempat {place} dalam catatan", "peristiwanya hilang")
            where = f"{row.stream} nomor {row.seq}"
            self.latest = max(self.latest, self._event(row, values)["at"])
            for level, index, hash in self.frontier.append(leaf_hash(bytes.fromhex(row.hash))):
                made[level, index] = hash
                if nodes.get((level, index)) != hash:
                    raise Broken(where, f"bukan yang tercantum dalam catatan (tempat {place}, tingkat {level})")
            self.done.logged = place + 1
            self._signed(place + 1)
        if nodes.keys() != made.keys():
            raise Broken("catatan", f"memuat simpul yang bukan bagiannya: {min(nodes.keys() - made.keys())}")

    def _event(self, row: Any, values: dict[tuple[str, int], dict[str, Any]]) -> dict[str, Any]:
        where = f"{row.stream} nomor {row.seq}"
        facts = self.chain.add(bytes(row.body), row.hash, where)
        if (facts["stream"], facts["seq"]) != (row.stream, row.seq):
            raise Broken(where, f"isinya adalah milik {facts['stream']} nomor {facts['seq']}")
        self.done.erased += check_values(facts, values.get((row.stream, row.seq), {}), where)
        self.done.events += 1
        return facts

    def _values(self, which: Any) -> dict[tuple[str, int], dict[str, Any]]:
        joined = and_(_VALUE.c.stream == _EVENT.c.stream, _VALUE.c.seq == _EVENT.c.seq)
        found: dict[tuple[str, int], dict[str, Any]] = {}
        columns = (_VALUE.c.stream, _VALUE.c.seq, _VALUE.c.name, _VALUE.c.salt, _VALUE.c.value)
        for stream, seq, name, *pair in self.session.execute(select(*columns).join(_EVENT, joined).where(which)).all():
            found.setdefault((stream, seq), {})[name] = pair_of(*pair)
        return found

    def _nodes(self, start: int, end: int) -> dict[tuple[int, int], bytes]:
        """The stored subtrees that end within these places."""
        levels = range(end.bit_length())
        which = or_(*(
            and_(_NODE.c.level == level, _NODE.c.index >= start >> level, _NODE.c.index < end >> level)
            for level in levels
        ))  # fmt: skip
        rows = self.session.execute(select(_NODE.c.level, _NODE.c.index, _NODE.c.hash).where(which))
        return {(level, index): bytes(hash) for level, index, hash in rows}

    def _signed(self, size: int) -> None:
        """Hold a checkpoint of this size, a stored one and the one from outside, against the log."""
        if self.awaited is not None and self.awaited.size == size:
            point = open_note(self.awaited.note, self.keys)
            self._check_row(self.awaited, point)
            self._check_root(point, f"titik periksa ukuran {size}")
            if point.at < self.latest:
                raise Broken(f"titik periksa ukuran {size}", "waktunya mendahului yang dicakupnya")
            self.latest, self.done.newest = point.at, point
            self.done.checkpoints += 1
            self.awaited = next(self.checkpoints, None)
        if self.earlier is not None and self.earlier.size == size:
            where = f"titik periksa pembanding (ukuran {size})"
            self._check_root(self.earlier, where)
            if self._heads_root() != self.earlier.heads:
                raise Broken(where, "ujung riwayat berbeda")

    def _check_row(self, row: Checkpoint, point: verify.Checkpoint) -> None:
        stored = (row.size, bytes(row.root), row.streams, bytes(row.heads), moment_text(row.at))
        if stored != (point.size, point.root, point.streams, point.heads, point.at):
            raise Broken(f"titik periksa ukuran {row.size}", "barisnya berbeda dari catatan bertanda tangannya")

    def _check_root(self, point: verify.Checkpoint, where: str) -> None:
        if self.frontier.root() != point.root:
            since = self.done.newest.size if self.done.newest is not None else 0
            reason = f"peristiwa di antara tempat {since} dan {point.size - 1} ditulis ulang sesudah ditandatangani"
            raise Broken(where, reason)

    def _leaves(self) -> Iterator[bytes]:
        return (head_leaf(stream, head.seq, head.hash) for stream, head in self.chain.heads.items())

    def _heads_root(self) -> bytes:
        return root_of(list(self._leaves()))

    def _check_heads(self, newest: verify.Checkpoint) -> None:
        """The signed heads and the stored cache of them."""
        if (newest.streams, newest.heads) != (len(self.chain.heads), self._heads_root()):
            raise Broken(f"titik periksa ukuran {newest.size}", "ujung riwayat berbeda dari yang ditandatangani")
        rows = self.session.execute(
            select(StreamHead.stream, StreamHead.seq, StreamHead.hash).order_by(StreamHead.index)
        )
        expected = [(stream, head.seq, head.hash) for stream, head in self.chain.heads.items()]
        for place, row in enumerate(rows):
            if place >= len(expected) or tuple(row) != expected[place]:
                raise Broken(f"{row[0]} nomor {row[1]}", "bukan ujung riwayat menurut catatan (stream_head)")
        frontier = Frontier()
        made = {(level, index): hash for leaf in self._leaves() for level, index, hash in frontier.append(leaf)}
        nodes = self.session.execute(select(HeadNode.level, HeadNode.index, HeadNode.hash))
        if {(level, index): bytes(hash) for level, index, hash in nodes} != made:
            raise Broken("head_node", "simpanan ujung riwayat tidak cocok dengan catatan")
