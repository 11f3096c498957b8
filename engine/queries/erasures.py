"""The erasures of cases as their events tell them. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import exists, literal, select
from sqlalchemy.orm import Session

from engine.history.event import moment_from
from engine.store.models import Account, Case, Event, EventValue

LAST = 20


@dataclass(frozen=True)
class Erasure:
    """One erasure."""

    number: str
    at: datetime
    who: str  # empty: from the command line
    basis: str  # code
    values: int
    files: int


def last_erasures(session: Session, limit: int = LAST) -> list[Erasure]:
    """The latest ones, newest first. A case ends with its erasure: nothing may follow it."""
    stream = literal("kasus/").concat(Case.id)
    empty = exists(select(EventValue.name).where(EventValue.stream == stream, EventValue.value.is_(None)))
    last = (select(Case.number, Event.body).join(Event, (Event.stream == stream) & (Event.seq == Case.rev))
            .where(Case.closed_at.is_not(None), empty).order_by(Case.changed_at.desc()).limit(limit))  # fmt: skip
    found = [(row.number, orjson.loads(row.body)) for row in session.execute(last)]
    found = [(number, body) for number, body in found if body["type"] == "case_erased"]
    people = select(Account.id, Account.name).where(Account.id.in_({body["actor"] for _, body in found} - {None}))
    names = dict(session.execute(people).all())
    return [
        Erasure(
            number, moment_from(body["at"]), names.get(body["actor"], ""), body["basis"],
            sum(map(len, body["erased"].values())), len(body["files"]),
        )
        for number, body in found
    ]  # fmt: skip
