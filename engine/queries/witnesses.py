"""Outside witnesses and what they confirmed, as the stream `saksi` tells; and checkpoints for anyone to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.history.event import moment_from
from engine.history.witness import Witness, read_witness
from engine.store.models import Checkpoint, Event

STREAM = "saksi"
MOST_SIZE = 2**63 - 1  # a larger number in an address is no size
PAGE = 25


@dataclass
class Seen:
    """A witness, since when the office knows it, and the newest checkpoint that it confirmed."""

    witness: Witness
    since: datetime
    size: int = 0
    at: datetime | None = None  # when the witness signed
    lines: dict[int, str] = field(default_factory=dict)  # size -> its line in the note


def witnesses(session: Session) -> list[Seen]:
    """Those that are known now, in the order in which they came."""
    found: dict[str, Seen] = {}
    events = select(Event.body).where(Event.stream == STREAM).order_by(Event.seq)
    for body in map(orjson.loads, session.scalars(events)):
        if body["type"] == "witness_added":
            witness = read_witness(body["witness"])
            found[witness.name] = Seen(witness, moment_from(body["at"]))
        elif body["type"] == "witness_removed":
            found.pop(body["name"], None)
        elif body["name"] in found:
            seen = found[body["name"]]
            seen.lines[body["size"]] = body["line"]
            if body["size"] >= seen.size:
                seen.size, seen.at = body["size"], moment_from(body["signed"])
    return list(found.values())


@dataclass(frozen=True)
class Point:
    """A signed checkpoint with the names of those who confirmed it."""

    size: int
    at: datetime
    streams: int
    root: bytes
    heads: bytes
    note: str  # with the witnesses' lines
    confirmed: tuple[str, ...]


@dataclass(frozen=True)
class Points:
    """A page of checkpoints, the newest first."""

    rows: list[Point]
    older: int | None  # ask for those below this size for more


def newest_points(session: Session, seen: Sequence[Seen], below: int | None = None, count: int = PAGE) -> Points:
    """The newest checkpoints, or those below a size."""
    wanted = select(Checkpoint).order_by(Checkpoint.size.desc()).limit(count + 1)
    if below is not None:
        wanted = wanted.where(Checkpoint.size < min(below, MOST_SIZE))
    rows = session.scalars(wanted).all()
    points = [_point(row, seen) for row in rows[:count]]
    return Points(points, points[-1].size if len(rows) > count else None)


def point_of(session: Session, seen: Sequence[Seen], size: int | None = None) -> Point:
    """The checkpoint of this size, or the newest. Raises NotFound."""
    wanted = select(Checkpoint).order_by(Checkpoint.size.desc()).limit(1)
    if size is not None:
        if size > MOST_SIZE:
            raise NotFound
        wanted = wanted.where(Checkpoint.size == size)
    row = session.scalars(wanted).first()
    if row is None:
        raise NotFound
    return _point(row, seen)


def _point(row: Checkpoint, seen: Sequence[Seen]) -> Point:
    told = [each for each in seen if row.size in each.lines]
    note = row.note + "".join(f"{each.lines[row.size]}\n" for each in told)
    names = tuple(each.witness.name for each in told)
    return Point(row.size, row.at, row.streams, bytes(row.root), bytes(row.heads), note, names)
