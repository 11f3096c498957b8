"""Follows the log and makes history findable: a row for each event of a case, its words, and the counts of the map.

All of it is a cache. One batch is one transaction with the cursor's advance, so that nothing is counted twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
import zstandard
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from engine.history.event import moment_from
from engine.mining import Cell, Fold, Passage, cells_of, read_passage
from engine.store.calendars import current_calendar
from engine.store.database import transaction
from engine.store.models import (
    Appointment,
    Base,
    CaseFlag,
    CaseTrace,
    Cursor,
    Deployment,
    Event,
    EventTrace,
    EventValue,
    Heartbeat,
    MapCount,
)
from engine.store.words import add_texts, forget_events, forget_texts, texts_in
from engine.worker.writing import ensure_cursor
from engine.worktime import WIB

FOLLOWER = "trace"  # cursor; also the heartbeat that says how old the counts are
BATCH = 500  # events: on SQLite others wait while a batch is written
_CASE = "kasus/"
_CHUNK = 400  # rows in one statement with many conditions
_MAP = Base.metadata.tables[MapCount.__tablename__]
_KEY = ("version", "day", "unit", "kind", "name", "bucket")

CaseCounts = Counter[tuple[date, str, Cell]]


@dataclass
class _Known:
    """A case as the batch found it, and as it leaves it."""

    before: CaseCounts
    passage: Passage | None
    stored: bool


def follow(engine: Engine, now: datetime, batch: int = BATCH) -> bool:
    """Take in the oldest events that are not taken in yet, at most `batch`; whether more may wait."""
    with transaction(engine) as session:
        ensure_cursor(session, FOLLOWER, 0)
        session.execute(update(Cursor).where(Cursor.name == FOLLOWER).values(place=Cursor.place))  # of two, one waits
        place = session.scalar(select(Cursor.place).where(Cursor.name == FOLLOWER)) or 0
        columns = select(Event.log_index, Event.stream, Event.seq, Event.body)
        events = session.execute(columns.where(Event.log_index >= place).order_by(Event.log_index).limit(batch)).all()
        if events:
            _take_in(session, [each for each in events if each.stream.startswith(_CASE)])
            session.execute(update(Cursor).where(Cursor.name == FOLLOWER).values(place=events[-1].log_index + 1))
        if len(events) < batch:
            _up_to_date(session, now)
    return len(events) == batch


def begin_again(session: Session) -> None:
    """Throw the cache away; the worker makes it again from the whole log."""
    ensure_cursor(session, FOLLOWER, 0)
    session.execute(update(Cursor).where(Cursor.name == FOLLOWER).values(place=0))
    forget_texts(session, list(session.scalars(select(EventTrace.place))))
    for table in (EventTrace, CaseTrace, CaseFlag, MapCount):
        session.execute(delete(table))


def _up_to_date(session: Session, now: datetime) -> None:
    make = _maker(session)(Heartbeat).values(name=FOLLOWER, at=now)
    session.execute(make.on_conflict_do_update(index_elements=["name"], set_={"at": now}))


def _maker(session: Session) -> Any:
    return sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert


def _take_in(session: Session, events: Iterable[Any]) -> None:
    bodies = {each.log_index: orjson.loads(each.body) for each in events}
    cases = _cases(session, {_case(body) for body in bodies.values()})
    roles = _roles(session, bodies.values())
    calendar = current_calendar(session).calendar
    fold = Fold(
        dict(session.execute(select(Deployment.checksum, Deployment.id)).all()).__getitem__, calendar.working_time
    )
    rows = []
    for place, body in bodies.items():
        known = cases[_case(body)]
        known.passage, traced = fold.add(known.passage, body)
        flows = "".join(f" {flow}" for flow in body.get("effects", {}).get("flows", ()))
        rows.append({
            "place": place, "case_id": _case(body), "seq": body["seq"], "at": moment_from(body["at"]),
            "kind": body["type"], "actor": body.get("actor"),
            "role": roles.get(str(body.get("appointment"))) or traced.lane, "element": body.get("element"),
            "flows": f"{flows} " if flows else "", "version": known.passage.version, "late": traced.late,
        })  # fmt: skip
    if rows:
        session.execute(insert(EventTrace), rows)
    _index(session, bodies)
    _keep(session, cases)


def _case(body: Mapping[str, Any]) -> str:
    return str(body["stream"]).removeprefix(_CASE)


def _cases(session: Session, ids: set[str]) -> dict[str, _Known]:
    cases = {each: _Known(Counter(), None, stored=False) for each in ids}
    for some in _chunks(sorted(ids)):
        for row in session.scalars(select(CaseTrace).where(CaseTrace.case_id.in_(some))):
            passage = read_passage(orjson.loads(zstandard.decompress(row.content)))
            cases[row.case_id] = _Known(_counts(passage), passage, stored=True)
    return cases


def _counts(passage: Passage) -> CaseCounts:
    """What a case adds, under the day it was filed and the unit that it is with."""
    day = _day(passage)
    return Counter({(day, passage.unit, cell): number for cell, number in cells_of(passage).items()})


def _day(passage: Passage) -> date:
    return moment_from(passage.opened).astimezone(WIB).date()


def _roles(session: Session, bodies: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    held = sorted({str(body["appointment"]) for body in bodies if body.get("appointment")})
    found: dict[str, str] = {}
    for some in _chunks(held):
        found |= dict(session.execute(select(Appointment.id, Appointment.role).where(Appointment.id.in_(some))).all())
    return found


def _index(session: Session, bodies: Mapping[int, Mapping[str, Any]]) -> None:
    """Make what was typed findable, and forget what an erasure names: it may have been read just before."""
    typed = {place: body for place, body in bodies.items() if body.get("values")}
    of_batch = {(body["stream"], body["seq"]): place for place, body in typed.items()}
    texts: dict[int, list[str]] = {}
    if typed:
        within = select(EventValue.stream, EventValue.seq, EventValue.value).join(
            Event, (Event.stream == EventValue.stream) & (Event.seq == EventValue.seq)
        ).where(Event.log_index.between(min(typed), max(typed)), EventValue.value.is_not(None))  # fmt: skip
        for row in session.execute(within):
            place = of_batch.get((row.stream, row.seq))
            if place is not None:
                texts.setdefault(place, []).extend(texts_in(orjson.loads(row.value)))
    add_texts(session, {place: " ".join(each) for place, each in texts.items()})
    for body in bodies.values():
        if body["type"] == "case_erased":
            forget_events(session, _case(body), map(int, body["erased"]))


def _keep(session: Session, cases: Mapping[str, _Known]) -> None:
    delta: CaseCounts = Counter()
    fresh: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    flags: list[dict[str, Any]] = []
    for case_id, known in cases.items():
        if known.passage is None:
            continue
        delta.update(_counts(known.passage))
        delta.subtract(known.before)
        (changed if known.stored else fresh).append(_row(case_id, known.passage))
        flags += [{"case_id": case_id, "flag": flag, "seq": seq} for flag, seq in known.passage.flags.items()]
    if fresh:
        session.execute(insert(CaseTrace), fresh)
    if changed:
        session.execute(update(CaseTrace), changed)
    if flags:
        session.execute(_maker(session)(CaseFlag).on_conflict_do_nothing(), flags)
    _add_up(session, delta)


def _row(case_id: str, passage: Passage) -> dict[str, Any]:
    return {
        "case_id": case_id, "opened_on": _day(passage), "version": passage.version, "unit": passage.unit,
        "way_code": passage.way_code, "way": passage.way, "closed": passage.closed,
        "content": zstandard.compress(orjson.dumps(passage.to_data()), 1),
    }  # fmt: skip


def _add_up(session: Session, delta: CaseCounts) -> None:
    rows = [
        {**cell._asdict(), "day": day, "unit": unit, "number": number}
        for (day, unit, cell), number in sorted(delta.items()) if number
    ]  # fmt: skip
    if rows:
        make = _maker(session)(_MAP)
        more = {"number": _MAP.c.number + make.excluded.number}
        session.execute(make.on_conflict_do_update(index_elements=list(_KEY), set_=more), rows)


def _chunks(items: Sequence[str]) -> Iterable[Sequence[str]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
