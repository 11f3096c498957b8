"""Holds the rows that find readings against the events of the reading streams. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from engine.history.verify import Broken
from engine.reading import KINDS, PREFIX, reading_rows
from engine.store.models import Event, Reading

PAGE = 2000
_COLUMNS = ("stream", "seq", "kind", "reader", "at", "case_id")


def check_readings(session: Session) -> Iterator[Broken]:
    """Where a reading cannot be found as its event tells it, or a row tells of one that was none."""
    last, rows = 0, 0
    while events := _events(session, last):
        found = _rows(session, last, events[-1].id)
        rows += sum(map(len, found.values()))
        for event in events:
            stated = _stated(event.body)
            if found.get((event.stream, event.seq), set()) != stated:
                yield Broken(f"{event.stream} nomor {event.seq}", "tidak ditemukan seperti yang dicatatnya (reading)")
        last = events[-1].id
    if rows != session.scalar(select(func.count()).select_from(Reading)):
        yield Broken("reading", "memuat baris yang bukan milik peristiwa baca mana pun")


def _events(session: Session, after: int) -> Sequence[Any]:
    columns = select(Event.id, Event.stream, Event.seq, Event.body)
    which = (Event.id > after, Event.stream >= PREFIX, Event.stream < f"{PREFIX[:-1]}0")  # "0" follows "/"
    return session.execute(columns.where(*which).order_by(Event.id).limit(PAGE)).all()


def _rows(session: Session, after: int, last: int) -> dict[tuple[str, int], set[tuple[Any, ...]]]:
    joined = and_(Event.stream == Reading.stream, Event.seq == Reading.seq)
    which = select(*(getattr(Reading, name) for name in _COLUMNS)).join(Event, joined)
    found: dict[tuple[str, int], set[tuple[Any, ...]]] = {}
    for row in session.execute(which.where(Event.id > after, Event.id <= last)):
        found.setdefault((row.stream, row.seq), set()).add(tuple(row))
    return found


def _stated(body: bytes) -> set[tuple[Any, ...]]:
    try:
        facts = orjson.loads(body)
        rows = reading_rows(facts) if facts["type"] in KINDS else []
    except (KeyError, TypeError, ValueError):
        return set()  # what its body should say, the chain has told already
    return {tuple(row[name] for name in _COLUMNS) for row in rows}
