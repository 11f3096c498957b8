"""Follows the log of events and says what each means for people. Names no step of the SOP.

The events are the outbox: what was rolled back is none, and what happened is told once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import orjson
from sqlalchemy import CursorResult, Engine, func, select, update
from sqlalchemy.orm import Session

from engine.access import ADMINISTRATOR
from engine.history.event import moment_from
from engine.queries.proofs import short_code
from engine.store.database import transaction
from engine.store.deployments import Deployed, deployed
from engine.store.log import log_size
from engine.store.models import Account, Case, Cursor, Deployment, Event, MoveProposal, Task
from engine.worker import messages as m
from engine.worker.desk import Desk
from engine.worker.messages import Note, Way
from engine.worker.people import Person, Staff, Whose, staff_of
from engine.worker.writing import FOLLOWER, ensure_cursor, write

log = logging.getLogger(__name__)
BATCH = 100  # events: on SQLite others wait while their messages are written
_STREAM = "kasus/"


@dataclass(frozen=True)
class CaseFacts:
    """What messages about a case need to know of it, as it stands now."""

    id: str
    number: str
    version: Deployed
    reporter: Person
    head: str
    delivered_at: datetime | None
    closed_at: datetime | None
    next_timer_at: datetime | None


@dataclass(frozen=True)
class Known:
    """What was read for a batch of events."""

    cases: Mapping[str, CaseFacts]
    open_tasks: Mapping[str, Any]  # by id
    done: frozenset[tuple[str, str]]  # case and element of steps that were done before
    proposals: frozenset[tuple[str, int]]  # those that wait
    staff: Staff
    desk: Desk


def begin(session: Session) -> None:
    """Where a first worker begins: at the start of a fresh log; an office with a past is told only what is new."""
    if session.scalar(select(Cursor.place).where(Cursor.name == FOLLOWER)) is None:
        ensure_cursor(session, FOLLOWER, log_size(session))


def skip_history(session: Session) -> None:
    """Nobody is told what has happened until now, logged or not: for a history that was made up."""
    waiting = select(func.count()).select_from(Event).where(Event.log_index.is_(None))
    place = log_size(session) + (session.scalar(waiting) or 0)
    ensure_cursor(session, FOLLOWER, place)
    session.execute(update(Cursor).where(Cursor.name == FOLLOWER, Cursor.place < place).values(place=place))


def notify(engine: Engine, desk: Desk, now: datetime, batch: int = BATCH) -> int:
    """Tell people what the oldest events mean that nobody was told of, at most `batch`; returns how many events.

    The messages and the cursor's advance are one transaction: nothing is lost, nothing is said twice.
    """
    with transaction(engine) as session:
        place = session.scalar(select(Cursor.place).where(Cursor.name == FOLLOWER)) or 0
        rows = session.execute(
            select(Event.log_index, Event.stream, Event.body).where(Event.log_index >= place)
            .order_by(Event.log_index).limit(batch)
        ).all()  # fmt: skip
        if not rows:
            return 0
        bodies = [orjson.loads(row.body) for row in rows if row.stream.startswith(_STREAM)]
        notes = notes_of(bodies, _known(session, desk, bodies, now))
        at = (Cursor.name == FOLLOWER, Cursor.place == place)
        moved = session.execute(update(Cursor).where(*at).values(place=rows[-1].log_index + 1))
        if cast("CursorResult[Any]", moved).rowcount != 1:
            return 0  # another worker was quicker; it has said it
        write(session, desk, notes, now)
        return len(rows)


def notes_of(bodies: Iterable[Mapping[str, Any]], known: Known) -> list[Note]:
    """What these events mean for whom. A task that several of them handed on is news once for each person."""
    found: dict[tuple[str, str], Note] = {}
    for body in bodies:
        for note in _notes(body, known):
            found[note.task_id or note.key, note.account_id] = note
    return list(found.values())


def _notes(body: Mapping[str, Any], known: Known) -> list[Note]:
    case = known.cases.get(_case_id(body))
    if case is None:
        return []
    try:
        told = [*_for_owners(body, case, known), *_beside(body, case, known), *_for_reporter(body, case, known)]
        return [*told, *_announced(body, case, known)]
    except (LookupError, TypeError, ValueError, AttributeError):
        # One event that says something unheard of must not keep everyone from all others.
        log.exception("event %s of case %s tells nobody anything", body.get("seq"), case.id)
        return []


def _case_id(body: Mapping[str, Any]) -> str:
    return str(body["stream"]).removeprefix(_STREAM)


# ---- reading ----


def _known(session: Session, desk: Desk, bodies: Sequence[Mapping[str, Any]], now: datetime) -> Known:
    ids = sorted({_case_id(body) for body in bodies})
    tasks = select(
        Task.id, Task.case_id, Task.element, Task.lane, Task.unit, Task.assignee_id, Task.status, Task.due_at
    ).where(Task.case_id.in_(ids))
    rows = session.execute(tasks).all()
    waiting = select(MoveProposal.case_id, MoveProposal.seq)
    waiting = waiting.where(MoveProposal.case_id.in_(ids), MoveProposal.settled.is_(False))
    return Known(
        cases={case.id: case for case in case_facts(session, Case.id.in_(ids))},
        open_tasks={row.id: row for row in rows if row.status == "open"},
        done=frozenset((row.case_id, row.element) for row in rows if row.status == "done"),
        proposals=frozenset((case_id, seq) for case_id, seq in session.execute(waiting)),
        staff=staff_of(session, now),
        desk=desk,
    )


def case_facts(session: Session, *which: Any) -> list[CaseFacts]:
    """The cases that these conditions choose."""
    rows = session.execute(
        select(
            Case.id, Case.number, Case.deployment_id, Deployment.checksum, Case.reporter_id, Account.email,
            Account.active, Case.head, Case.delivered_at, Case.closed_at, Case.next_timer_at,
        )
        .join(Deployment, Deployment.id == Case.deployment_id)
        .join(Account, Account.id == Case.reporter_id)
        .where(*which)
    )  # fmt: skip
    return [
        CaseFacts(
            row.id, row.number, deployed(session, row.deployment_id, row.checksum),
            Person(row.reporter_id, row.email), row.head, row.delivered_at, row.closed_at, row.next_timer_at,
        )
        for row in rows
    ]  # fmt: skip


# ---- staff ----


def _for_owners(body: Mapping[str, Any], case: CaseFacts, known: Known) -> Iterator[Note]:
    """Those whose task is open now because of this event, but whoever opened it: he has just been there."""
    for task_id, mark in _handed_on(body, case, known):
        row = known.open_tasks.get(task_id)
        lane = case.version.diagram.lanes.get(row.lane) if row is not None else None
        if row is None or lane is None or lane.is_reporter:
            continue
        again = (case.id, row.element) in known.done
        kind = m.RETURNED if again else m.NEW_TASK
        step = case.version.diagram.elements[row.element].label
        text = m.step_sentence(kind, case.number, step, row.due_at)
        way = m.way_of_step(case.version.standard_of(row.element))
        for person in known.staff.owners(Whose(row.lane, row.unit, row.assignee_id)):
            if person.account_id != body.get("actor"):
                key = f"{m.NEW_TASK}/{task_id}{mark}/{person.account_id}"
                yield Note(key, person.account_id, person.email, kind, text, case.id, case.number, task_id, way)


def _handed_on(body: Mapping[str, Any], case: CaseFacts, known: Known) -> Iterator[tuple[str, str]]:
    """Tasks that came to somebody by this event, with what sets it apart from an earlier time."""
    yield from ((str(task["id"]), "") for task in body["effects"]["opened"])
    if body["type"] == "task_moved":
        yield str(body["task"]), f"/{body['seq']}"
    if body["type"] == "variable_set":  # may have changed whose a task is; who had it knows of it already
        yield from ((row.id, "") for row in known.open_tasks.values() if row.case_id == case.id and row.unit)


def _beside(body: Mapping[str, Any], case: CaseFacts, known: Known) -> Iterator[Note]:
    """Proposals for those who may agree, incidents for Pengelola Sistem."""
    diagram = case.version.diagram
    if body["type"] == "move_proposed" and (case.id, body["seq"]) in known.proposals:
        people = known.staff.working(diagram) if body["directs"] else known.staff.directing(diagram)
        for person in people:
            if person.account_id != body["actor"]:
                yield staff_note(m.PROPOSAL, case, person, str(body["seq"]), Way.GATHERED)
    if body["type"] == "incident_raised":
        for person in known.staff.with_role(ADMINISTRATOR):
            yield staff_note(m.HELD_UP, case, person, str(body["seq"]), Way.GATHERED)


def _announced(body: Mapping[str, Any], case: CaseFacts, known: Known) -> Iterator[Note]:
    """What service tasks tell, each once to each person."""
    for place, service in enumerate(body["effects"].get("services", ())):
        if "text" not in service:
            continue
        mark, text = f"{body['seq']}.{place}", m.announcement(case.number, str(service["text"]))
        if "lane" not in service:
            yield told_reporter(known.desk, case, m.ANNOUNCED, mark, text)
            continue
        for person in known.staff.owners(Whose(str(service["lane"]), service["unit"] or None, None)):
            key = f"{m.ANNOUNCED}/{case.id}/{mark}/{person.account_id}"
            account = person.account_id
            yield Note(key, account, person.email, m.ANNOUNCED, text, case.id, case.number, way=Way.GATHERED)


def staff_note(kind: str, case: CaseFacts, person: Person, mark: str, way: Way, due: datetime | None = None) -> Note:
    """Something about a case as a whole, once per `mark`."""
    key = f"{kind}/{case.id}/{mark}/{person.account_id}"
    text = m.case_sentence(kind, case.number, due)
    return Note(key, person.account_id, person.email, kind, text, case.id, case.number, way=way)


# ---- the reporter ----


def _for_reporter(body: Mapping[str, Any], case: CaseFacts, known: Known) -> Iterator[Note]:
    kind, seq = body["type"], str(body["seq"])
    if kind == "case_opened":
        yield reporter_note(known.desk, case, m.RECEIVED, seq)
    if kind == "case_reopened":
        yield reporter_note(known.desk, case, m.REOPENED, seq)
    by_himself = kind == "case_withdrawn" and not body.get("for")
    if "outcome" in body["effects"] and not by_himself:
        yield reporter_note(known.desk, case, m.CLOSED, seq, outcome=str(body["effects"]["outcome"]))
    if case.closed_at is None and case.delivered_at == moment_from(body["at"]) and body["effects"]["opened"]:
        yield reporter_note(known.desk, case, m.ANSWERED, seq, status=_status(body, case))


def _status(body: Mapping[str, Any], case: CaseFacts) -> str:
    """The sentence of the diagram for the step that the reporter reached."""
    elements = case.version.diagram.elements
    told = (elements[task["element"]].properties.get("status", "") for task in body["effects"]["opened"])
    return next((status for status in told if status and "{" not in status), "")


def reporter_note(desk: Desk, case: CaseFacts, kind: str, mark: str, *, status: str = "", outcome: str = "") -> Note:
    """What the reporter is told once per `mark`, with the short code of the history's last event."""
    until = case.next_timer_at if kind in (m.ANSWERED, m.CLOSING) else None
    text = m.reporter_sentence(kind, case.number, status=status, outcome=outcome, until=until)
    return told_reporter(desk, case, kind, mark, text, until)


def told_reporter(
    desk: Desk, case: CaseFacts, kind: str, mark: str, text: str, until: datetime | None = None
) -> Note:  # fmt: skip
    """A sentence for the reporter, by a mail of its own. `until`: when the case closes by itself."""
    body = m.reporter_body(text, desk.link(case.number), short_code(case.head), until)
    who = case.reporter
    key = f"{kind}/{case.id}/{mark}/{who.account_id}"
    return Note(key, who.account_id, who.email, kind, text, case.id, case.number, way=Way.OWN, body=body)
