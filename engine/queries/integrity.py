"""Walks the whole stored history once: chain, values, log, checkpoints, heads. Writes nothing; knows no cases.

What a check means stands in engine.history.verify; here it is fed from the database, page by page, in the order of
the log. What it keeps in memory grows with the streams and with the erased values, not with the events.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import orjson
from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from engine.history import verify
from engine.history.event import moment_text
from engine.history.merkle import Frontier, root_of
from engine.history.verify import Broken, Chain, Key, head_leaf, leaf_hash, not_late, open_note
from engine.queries.proofs import pair_of
from engine.store.log import log_size
from engine.store.models import Base, Checkpoint, Event, EventValue, HeadNode, LogNode, StreamHead

PAGE = 2000
_EVENT, _VALUE, _NODE = (Base.metadata.tables[each.__tablename__] for each in (Event, EventValue, LogNode))
_LOGGED = and_(_EVENT.c.log_index >= bindparam("start"), _EVENT.c.log_index < bindparam("end"))
_WAITING = _EVENT.c.log_index.is_(None)
_EVENTS = select(_EVENT.c.id, _EVENT.c.stream, _EVENT.c.seq, _EVENT.c.body, _EVENT.c.hash, _EVENT.c.log_index)
_VALUES = select(_EVENT.c.id, _VALUE.c.name, _VALUE.c.salt, _VALUE.c.value).join(
    _VALUE, and_(_VALUE.c.stream == _EVENT.c.stream, _VALUE.c.seq == _EVENT.c.seq)
)
_Values = dict[int, dict[str, list[str] | None]]  # id of the event -> name -> salt and text


def read_body(body: bytes) -> Any:
    """As `verify.canonical_json`, five times as fast; floats are refused where events are made. Raises ValueError."""
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
    with _uncollected():
        try:
            walker.log()
            walker.tail()
        except Broken as broken:
            walker.done.broken = broken
        except (TypeError, ValueError, OverflowError) as error:  # SQLite lets its administrator store any type anywhere
            where = f"sekitar tempat {walker.done.logged} dalam catatan"
            walker.done.broken = Broken(where, f"tersimpan dalam bentuk yang tidak terbaca ({error})")
    walker.done.erased = len(walker.chain.erased)
    return walker.done


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for cycles, which millions of rows keep busy for a quarter of the time: none is in one."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Walker:
    def __init__(self, session: Session, keys: Sequence[Key], now: str, earlier: verify.Checkpoint | None) -> None:
        self.session, self.keys, self.now, self.earlier = session, keys, now, earlier
        self.done, self.chain, self.frontier = Walked(), Chain(read_body), Frontier()
        self.latest = ""  # latest `at` so far, of an event or a checkpoint
        self.values = 0

    def log(self) -> None:
        """Every event in the log, every checkpoint, and the heads as of the newest."""
        last = self.session.scalar(select(func.max(Event.log_index)))
        size = max(log_size(self.session), 0 if last is None else last + 1)
        for start in range(0, size, PAGE):
            self._page(start, min(start + PAGE, size))
        newest, signed = self.done.newest, self.session.scalar(select(func.max(Checkpoint.size))) or 0
        if size != signed or self._count(Checkpoint) != self.done.checkpoints:
            raise Broken("catatan", f"memuat {size} peristiwa, tetapi titik periksa menyatakan {signed}")
        if self._count(LogNode) != sum(size >> level for level in range(size.bit_length())):
            raise Broken("catatan", "memuat simpul di luar ukurannya")
        if self.earlier is not None and self.earlier.size > size:
            where = f"titik periksa pembanding (ukuran {self.earlier.size})"
            raise Broken(where, f"catatan sekarang lebih pendek, {size}: riwayat dipotong")
        if newest is not None:
            self._check_heads(newest)

    def tail(self) -> None:
        """Events that no checkpoint covers yet: chained already, and young. Then what only the end can tell."""
        values = self._values(self.session.execute(_VALUES.where(_WAITING)).all())
        for id_, stream, seq, body, hash, _ in self.session.execute(_EVENTS.where(_WAITING).order_by(_EVENT.c.id)):
            self._event(stream, seq, body, hash, values.get(id_, {}))
            self.done.uncovered.append(not_late(stream, self.chain.heads[stream], self.now))
        self.chain.close()
        if self._count(EventValue) != self.values:
            raise Broken("event_value", "memuat nilai yang bukan milik peristiwa mana pun")

    def _count(self, table: type[Base]) -> int:
        return self.session.scalar(select(func.count()).select_from(table)) or 0

    def _page(self, start: int, end: int) -> None:
        within = {"start": start, "end": end}
        rows = self.session.execute(_EVENTS.where(_LOGGED).order_by(_EVENT.c.log_index), within).all()
        values = self._values(self.session.execute(_VALUES.where(_LOGGED), within).all())
        nodes, points = self._nodes(start, end), self._points(start, end)
        for place, row in zip_longest(range(start, end), rows):
            if row is None or row[5] != place:
                raise Broken(f"tempat {place} dalam catatan", f"peristiwanya hilang{self._lost()}")
            id_, stream, seq, body, hash, _ = row
            at = self._event(stream, seq, body, hash, values.get(id_, {}))
            self.latest = max(self.latest, at)
            for level, index, made in self.frontier.append(leaf_hash(bytes.fromhex(hash))):
                if nodes.pop((level, index), None) != made:
                    reason = f"bukan yang tercantum dalam catatan (tempat {place}, tingkat {level})"
                    raise Broken(f"{stream} nomor {seq}", reason)
            self.done.logged = place + 1
            if place + 1 in points:
                self._signed(points[place + 1])
            if self.earlier is not None and self.earlier.size == place + 1:
                self._compare(self.earlier)
        if nodes:
            raise Broken("catatan", f"memuat simpul yang bukan bagiannya: {min(nodes)}")

    def _event(self, stream: str, seq: int, body: bytes, hash: str, values: dict[str, list[str] | None]) -> str:
        """Hold the next event against the chain; returns when it happened."""
        where = f"{stream} nomor {seq}"
        facts = self.chain.add(bytes(body), hash, values, where)
        if (facts["stream"], facts["seq"]) != (stream, seq):
            raise Broken(where, f"isinya adalah milik {facts['stream']} nomor {facts['seq']}")
        self.done.events += 1
        return str(facts["at"])

    def _values(self, rows: Sequence[Any]) -> _Values:
        found: _Values = {}
        for id_, name, salt, text in rows:
            pair = pair_of(salt, text)
            if id_ in found:
                found[id_][name] = pair
            else:
                found[id_] = {name: pair}
        self.values += len(rows)
        return found

    def _nodes(self, start: int, end: int) -> dict[tuple[int, int], bytes]:
        """The stored subtrees that end within these places."""
        which = or_(*(
            and_(_NODE.c.level == level, _NODE.c.index >= start >> level, _NODE.c.index < end >> level)
            for level in range(end.bit_length())
        ))  # fmt: skip
        rows = self.session.execute(select(_NODE.c.level, _NODE.c.index, _NODE.c.hash).where(which)).all()
        return {(level, index): bytes(hash) for level, index, hash in rows}

    def _points(self, start: int, end: int) -> dict[int, Checkpoint]:
        """The stored checkpoints of these sizes, by size."""
        which = select(Checkpoint).where(Checkpoint.size > start, Checkpoint.size <= end)
        points = {point.size: point for point in self.session.scalars(which)}
        self.session.expunge_all()
        return points

    def _lost(self) -> str:
        """Which events are gone, as far as the stored heads of the streams can tell."""
        joined = and_(Event.stream == StreamHead.stream, Event.seq <= StreamHead.seq)
        counted = select(StreamHead.stream, StreamHead.seq).outerjoin(Event, joined)
        fewer = counted.group_by(StreamHead.stream, StreamHead.seq).having(func.count(Event.id) < StreamHead.seq)
        lost = []
        for stream, head in self.session.execute(fewer.limit(3)).all():
            kept = set(self.session.scalars(select(Event.seq).where(Event.stream == stream)))
            lost.append(f"{stream} nomor {next(seq for seq in range(1, head + 1) if seq not in kept)}")
        return f" ({', '.join(lost)})" if lost else ""

    def _signed(self, row: Checkpoint) -> None:
        """Hold a stored checkpoint against the log as it was at its size."""
        where = f"titik periksa ukuran {row.size}"
        point = open_note(row.note, self.keys)
        stored = (row.size, bytes(row.root), row.streams, bytes(row.heads), moment_text(row.at))
        if stored != (point.size, point.root, point.streams, point.heads, point.at):
            raise Broken(where, "barisnya berbeda dari catatan bertanda tangannya")
        if self.frontier.root() != point.root:
            since = self.done.newest.size if self.done.newest is not None else 0
            raise Broken(where, _rewritten(since, point))
        if point.at < self.latest:
            raise Broken(where, "waktunya mendahului yang dicakupnya")
        self.latest, self.done.newest = point.at, point
        self.done.checkpoints += 1

    def _compare(self, earlier: verify.Checkpoint) -> None:
        """Hold the checkpoint from outside against the log. Stored ones before it may be forged as well."""
        where = f"titik periksa pembanding (ukuran {earlier.size})"
        if self.frontier.root() != earlier.root:
            raise Broken(where, _rewritten(0, earlier))
        if root_of(list(self._leaves())) != earlier.heads:
            raise Broken(where, "ujung riwayat berbeda")

    def _leaves(self) -> Iterator[bytes]:
        return (head_leaf(stream, head.seq, head.hash) for stream, head in self.chain.heads.items())

    def _check_heads(self, newest: verify.Checkpoint) -> None:
        """The signed heads and the stored cache of them."""
        frontier = Frontier()
        made = {(level, index): hash for leaf in self._leaves() for level, index, hash in frontier.append(leaf)}
        if (newest.streams, newest.heads) != (len(self.chain.heads), frontier.root()):
            raise Broken(f"titik periksa ukuran {newest.size}", "ujung riwayat berbeda dari yang ditandatangani")
        columns = (StreamHead.index, StreamHead.stream, StreamHead.seq, StreamHead.hash)
        heads = ((index, stream, *head[:2]) for index, (stream, head) in enumerate(self.chain.heads.items()))
        for stored, head in zip_longest(self.session.execute(select(*columns).order_by(StreamHead.index)), heads):
            if stored is None or tuple(stored) != head:
                _, stream, seq, _ = stored or head
                raise Broken(f"{stream} nomor {seq}", "bukan ujung riwayat menurut catatan (stream_head)")
        nodes = self.session.execute(select(HeadNode.level, HeadNode.index, HeadNode.hash))
        if {(level, index): bytes(hash) for level, index, hash in nodes} != made:
            raise Broken("head_node", "simpanan ujung riwayat tidak cocok dengan catatan")


def _rewritten(since: int, point: verify.Checkpoint) -> str:
    return f"peristiwa di antara tempat {since} dan {point.size - 1} ditulis ulang sesudah ditandatangani"
