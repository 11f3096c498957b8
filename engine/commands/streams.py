"""Appends events to streams; knows their chain and nothing of what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.commands.statements import ADD_EVENT, ADD_VALUE
from engine.history.event import GENESIS, Event, make_event, moment_from, not_before
from engine.store import models


def store_event(session: Session, event: Event) -> None:
    """Write an event and its values. A seq taken by someone else is an IntegrityError."""
    row = {"stream": event.stream, "seq": event.seq, "body": event.body, "hash": event.hash}
    session.execute(ADD_EVENT, row)
    if event.values:
        rows = [
            {"stream": event.stream, "seq": event.seq, "name": name, "salt": value.salt, "value": value.text}
            for name, value in event.values.items()
        ]
        session.execute(ADD_VALUE, rows)


def append(
    session: Session,
    stream: str,
    type: str,
    at: datetime,
    facts: Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
) -> Event:
    """Append to a stream that has no row of its own to hold its head (akun/..., proses/..., sistem)."""
    head = session.execute(
        select(models.Event.seq, models.Event.hash, models.Event.body)
        .where(models.Event.stream == stream)
        .order_by(models.Event.seq.desc())
        .limit(1)
    ).first()
    seq, previous, last = 1, GENESIS, None
    if head is not None:
        seq, previous, last = head.seq + 1, head.hash, moment_from(orjson.loads(head.body)["at"])
    event = make_event(stream, seq, previous, type, not_before(at, last), facts, values)
    store_event(session, event)
    return event
