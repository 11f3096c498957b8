"""Takes new events into the Merkle log and signs its new state, both in one transaction. Knows no case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Engine, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.history import verify
from engine.history.event import moment_from, moment_text
from engine.history.keys import Signer
from engine.history.merkle import subtree
from engine.history.verify import head_leaf, leaf_hash, node_hash
from engine.store.database import transaction
from engine.store.log import log_size, newest_checkpoint, read_nodes, stored_frontier
from engine.store.models import Base, Checkpoint, Event, HeadNode, StreamHead

BATCH = 500
_EVENT = Base.metadata.tables["event"]
_GIVE_PLACE = update(_EVENT).where(_EVENT.c.id == bindparam("this_event")).values(log_index=bindparam("place"))


@dataclass(frozen=True)
class _Heads:
    """The tree of heads after a batch."""

    streams: int
    root: bytes


def extend_log(engine: Engine, signer: Signer, now: datetime, batch: int = BATCH) -> int:
    """Take the oldest events that are in no log yet, at most `batch`; returns how many.

    Of two workers at once one wins; the other takes nothing and looks again in its next round. Private keys whose time
    is over are thrown away.
    """
    signer.drop_expired(now)
    try:
        with transaction(engine) as session:
            return _extend(session, signer, now, batch)
    except IntegrityError:
        return 0


def _extend(session: Session, signer: Signer, now: datetime, batch: int) -> int:
    # The size is read before the events: whoever enlarges the log meanwhile takes the place of our first leaf.
    size = log_size(session)
    before = newest_checkpoint(session)
    waiting = select(Event.id, Event.stream, Event.seq, Event.body, Event.hash).where(Event.log_index.is_(None))
    events = session.execute(waiting.order_by(Event.id).limit(batch)).all()
    if not events:
        return 0
    frontier = stored_frontier(session, size)
    made = [node for event in events for node in frontier.append(leaf_hash(bytes.fromhex(event.hash)))]
    # The compare-and-set: leaf number `size` can be written once, so nothing below happens for the loser.
    nodes = [{"level": level, "index": index, "hash": hash} for level, index, hash in sorted(made)]
    session.connection().execute(insert(Base.metadata.tables["log_node"]), nodes)
    places = [{"this_event": event.id, "place": size + nth} for nth, event in enumerate(events)]
    session.connection().execute(_GIVE_PLACE, places)
    heads = _move_heads(session, events, before.streams if before is not None else 0)
    at = max([now, *([before.at] if before is not None else []), *(_time_of(event.body, now) for event in events)])
    point = verify.Checkpoint(signer.origin, frontier.size, frontier.root(), heads.streams, heads.root, moment_text(at))
    row = {"size": point.size, "root": point.root, "streams": point.streams, "heads": point.heads, "at": at}
    session.execute(insert(Checkpoint), row | {"note": signer.sign(point)})
    return len(events)


def _time_of(body: bytes, now: datetime) -> datetime:
    """When an event says it happened; a body that says nothing readable is for `aduan verify` to report."""
    try:
        return moment_from(orjson.loads(body)["at"])
    except (ValueError, KeyError, TypeError):
        return now


def _move_heads(session: Session, events: Sequence[Any], streams: int) -> _Heads:
    """Bring the tree of heads to the last events of the streams."""
    last = {event.stream: event for event in events}  # in the order of first appearance
    places = select(StreamHead.stream, StreamHead.index).where(StreamHead.stream.in_(last))
    known: dict[str, int] = dict(session.execute(places).all())
    rows = []
    for stream, event in last.items():
        index = known.get(stream)
        if index is None:
            index, streams = streams, streams + 1
        rows.append({"stream": stream, "index": index, "seq": event.seq, "hash": event.hash})
    _put(session, StreamHead, ["stream"], rows)
    leaves = {row["index"]: head_leaf(row["stream"], row["seq"], row["hash"]) for row in rows}
    changed = _changed_nodes(session, leaves, streams)
    nodes = [{"level": level, "index": index, "hash": hash} for (level, index), hash in changed.items()]
    _put(session, HeadNode, ["level", "index"], nodes)
    edge = [(level, (streams >> level) - 1) for level in range(streams.bit_length()) if streams >> level & 1]
    kept = read_nodes(session, HeadNode, edge)
    return _Heads(streams, subtree(lambda level, index: kept[level, index], 0, streams))


def _changed_nodes(session: Session, leaves: dict[int, bytes], streams: int) -> dict[tuple[int, int], bytes]:
    """Every complete subtree that holds a changed leaf."""
    changed = {(0, index): hash for index, hash in leaves.items()}
    level, indices = 0, set(leaves)
    while indices:
        parents = {index >> 1 for index in indices if (index >> 1) + 1 <= streams >> (level + 1)}
        children = [(level, 2 * parent + side) for parent in parents for side in (0, 1)]
        nodes = read_nodes(session, HeadNode, [child for child in children if child not in changed]) | changed
        for parent in parents:
            changed[level + 1, parent] = node_hash(nodes[level, 2 * parent], nodes[level, 2 * parent + 1])
        level, indices = level + 1, parents
    return changed


def _put(
    session: Session, table: type[StreamHead] | type[HeadNode], key: list[str], rows: list[dict[str, Any]]
) -> None:
    make = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    statement = make(Base.metadata.tables[table.__tablename__])
    new = {name: statement.excluded[name] for name in rows[0] if name not in key}
    session.connection().execute(statement.on_conflict_do_update(index_elements=key, set_=new), rows)
