"""A stream of events with what people typed, read for a page. Knows no kind of event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.history.event import moment_from
from engine.store.models import Event, EventValue


@dataclass(frozen=True)
class StoredEvent:
    """An event with the values that are not erased."""

    seq: int
    type: str
    at: datetime
    body: dict[str, Any]
    hash: str
    values: dict[str, Any]

    @property
    def erased(self) -> tuple[str, ...]:
        """Names of the values of which only the digest is left."""
        return tuple(name for name in self.body.get("values", {}) if name not in self.values)


def stored_events(session: Session, stream: str) -> list[StoredEvent]:
    """A stream from its beginning, with values. Two statements."""
    values: dict[int, dict[str, Any]] = {}
    for row in session.scalars(select(EventValue).where(EventValue.stream == stream)):
        if row.value is not None:
            values.setdefault(row.seq, {})[row.name] = orjson.loads(row.value)
    events = session.scalars(select(Event).where(Event.stream == stream).order_by(Event.seq))
    found = []
    for event in events:
        body = orjson.loads(event.body)
        at = moment_from(body["at"])
        found.append(StoredEvent(event.seq, body["type"], at, body, event.hash, values.get(event.seq, {})))
    return found
