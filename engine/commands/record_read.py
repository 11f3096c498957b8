"""Writes down who read what: one event in the reader's own stream of the day. Knows no page.

It is no part of the transaction of what is read: a reading changes nothing, and its trace must stand before the first
byte of the answer. What cannot be written down is not shown (docs/decisions/0012-reading.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.access import Actor
from engine.commands.streams import append
from engine.errors import Conflict
from engine.history.event import moment_from
from engine.reading import COALESCED, CONSOLE, SAME, ReadKind, reading_rows, stream_of
from engine.store import models
from engine.store.database import transaction

ATTEMPTS = 25  # two tabs at once take the same number: the later one takes the next
LOOKED_BACK = 20  # readings of the day among which an equal one is sought
BUSY = "Jejak baca sedang tidak dapat ditulis, jadi halaman ini tidak dibuka. Coba lagi sebentar lagi."


def record_read(
    engine: Engine,
    actor: Actor | None,
    kind: ReadKind,
    facts: Mapping[str, Any],
    *,
    now: datetime,
    values: Mapping[str, Any] | None = None,
    channel: str = "web",
) -> None:
    """Write the reading down in a short transaction of its own. Raises Conflict when it cannot be; show nothing then.

    `facts` are plain data of the body: `case` (id) or `cases`, `seen` (how far its stream had come), `identity`,
    `page`, ...; `values` what was typed, such as the words of a search: erasable. `actor` None is the command line.
    The same person, the same kind and the same facts within ten minutes are one reading.
    """
    reader = actor.account_id if actor is not None else CONSOLE
    held = sorted(each.id for each in actor.held) if actor is not None else []
    body = {"actor": reader, "appointments": held, "channel": channel, **facts}
    for _ in range(ATTEMPTS):
        try:
            with transaction(engine) as session:
                _record(session, reader, kind, body, values, now)
        except IntegrityError:
            continue
        return
    raise Conflict(BUSY)


def _record(
    session: Session,
    reader: str,
    kind: ReadKind,
    body: Mapping[str, Any],
    values: Mapping[str, Any] | None,
    now: datetime,
) -> None:
    stream = stream_of(reader, now)
    if kind in COALESCED and not values and _just_read(session, stream, kind, body, now):
        return
    event = append(session, stream, kind, now, body, values)
    session.execute(insert(models.Reading), reading_rows(orjson.loads(event.body)))


def _just_read(session: Session, stream: str, kind: str, body: Mapping[str, Any], now: datetime) -> bool:
    """Whether an equal reading stands among the last ones. One of an earlier state of the case is not equal."""
    lately: Sequence[bytes] = session.scalars(
        select(models.Event.body)
        .where(models.Event.stream == stream)
        .order_by(models.Event.seq.desc())
        .limit(LOOKED_BACK)
    ).all()
    for each in map(orjson.loads, lately):
        if moment_from(each["at"]) < now - SAME:
            return False
        if each["type"] == kind and not each["values"] and all(each.get(name) == value for name, value in body.items()):
            return True
    return False
