"""What may be done to a case beside its diagram, and by whom; moves that wait for a second person. Writes nothing.

The commands decide: here stands only what a page offers, so that nobody is offered what would be refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from engine.access import Actor, Held, Rights, held_with, read_by_role
from engine.history.event import moment_from
from engine.process.diagram import Diagram, Element
from engine.process.runtime import RunError
from engine.queries.cases import Sight
from engine.queries.recorded_values import ERASED
from engine.store.deployments import deployed
from engine.store.models import Account, Case, Deployment, Event, EventValue, MoveProposal, Task

PAGE = 50


@dataclass(frozen=True)
class Proposal:
    """A move that waits for a second person, as this actor sees it."""

    seq: int
    at: datetime
    by: str  # name of who proposes
    own: bool
    source: str  # the steps that were open
    target: str
    reason: str  # empty for those who do not read what was written
    went_on: bool  # since then, so that nobody can consent any more
    may_consent: bool
    may_decline: bool


@dataclass(frozen=True)
class Operations:
    """What this actor may do to the case now."""

    proposal: Proposal | None = None
    move_to: tuple[Element, ...] = ()  # steps that may be proposed
    reopen_at: tuple[Element, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)  # that may be set, with what they hold
    close: bool = False
    withdraw: bool = False
    open_steps: str = ""  # in words


@dataclass(frozen=True)
class Waiting:
    """A row of the list of moves that wait for this actor's word."""

    number: str
    source: str
    target: str
    by: str
    at: datetime


def operations(session: Session, actor: Actor, seen: Sight) -> Operations:
    """Everything that the page of a case may offer to this actor."""
    lanes, closed = seen.deployed.diagram.lanes, seen.case.closed_at is not None
    directs = held_with(actor, lanes, "moves") is not None
    if closed:
        erased = directs and _is_erased(session, seen.case.id)
        return Operations(reopen_at=seen.deployed.program.targets if directs and not erased else ())
    tasks = list(session.scalars(select(Task).where(Task.case_id == seen.case.id, Task.status == "open")))
    proposal = _proposal(session, actor, seen, tasks)
    here = [task.element for task in tasks]
    proposes = proposal is None and _acting(actor, seen.deployed.diagram) is not None and seen.reads_as_staff
    return Operations(
        proposal=proposal,
        move_to=tuple(each for each in seen.deployed.program.targets if [each.id] != here) if proposes else (),
        variables=_variables(seen, tasks) if directs else {},
        close=directs,
        withdraw=held_with(actor, lanes, "on_behalf") is not None,
        open_steps=_labels(seen.deployed.diagram, here),
    )


def waiting_moves(session: Session, actor: Actor, rights: Rights) -> list[Waiting]:
    """Moves that this actor could consent to, oldest first; never the own ones. At most two statements."""
    if not any(held.role in rights for held in actor.held):
        return []
    stream = literal("kasus/").concat(MoveProposal.case_id)
    statement = (
        select(Case.id, Case.number, Case.deployment_id, Deployment.checksum, Event.body, Task.id.label("task"),
               Task.element)
        .select_from(MoveProposal)
        .join(Case, Case.id == MoveProposal.case_id)
        .join(Deployment, Deployment.id == Case.deployment_id)
        .join(Event, (Event.stream == stream) & (Event.seq == MoveProposal.seq))
        .outerjoin(Task, (Task.case_id == Case.id) & (Task.status == "open"))
        .where(MoveProposal.settled.is_(False), Case.closed_at.is_(None), read_by_role(actor, rights))
        .order_by(Event.id, Task.id)
    )  # fmt: skip
    by_case: dict[str, list[Any]] = {}
    for row in session.execute(statement):
        by_case.setdefault(row.id, []).append(row)
    found = [_waiting(session, actor, rows) for rows in by_case.values()]
    kept = [each for each in found if each is not None][:PAGE]
    names = _names(session, {body["actor"] for _, body in kept})
    return [Waiting(**row, by=names.get(body["actor"], ""), at=moment_from(body["at"])) for row, body in kept]


def _waiting(session: Session, actor: Actor, rows: list[Any]) -> tuple[dict[str, str], dict[str, Any]] | None:
    """What is known of the row without the proposer's name, and the event; None when it is not this actor's."""
    first = rows[0]
    body: dict[str, Any] = orjson.loads(first.body)
    diagram = deployed(session, first.deployment_id, first.checksum).diagram
    if not _may_consent(actor, diagram, body) or {row.task for row in rows} - {None} != set(body["tasks"]):
        return None
    source = _labels(diagram, [row.element for row in rows if row.element is not None])
    return {"number": first.number, "source": source, "target": _labels(diagram, [body["target"]])}, body


def _acting(actor: Actor, diagram: Diagram) -> Held | None:
    """The appointment with which a person who reads the case takes part (engine.commands.move_token)."""
    staff = [each for each in actor.held if each.role in diagram.lanes and not diagram.lanes[each.role].is_reporter]
    return held_with(actor, diagram.lanes, "moves") or next(iter(staff), None)


def _may_consent(actor: Actor, diagram: Diagram, body: Mapping[str, Any]) -> bool:
    """One of the two directs the work, and they are two."""
    held = _acting(actor, diagram)
    if held is None or body["actor"] == actor.account_id:
        return False
    return bool(body["directs"]) or diagram.lanes[held.role].moves


def _proposal(session: Session, actor: Actor, seen: Sight, tasks: list[Task]) -> Proposal | None:
    stream, diagram = f"kasus/{seen.case.id}", seen.deployed.diagram
    which = select(MoveProposal.seq).where(MoveProposal.case_id == seen.case.id, MoveProposal.settled.is_(False))
    event = session.scalars(select(Event).where(Event.stream == stream, Event.seq.in_(which))).first()
    if event is None or not seen.as_staff:
        return None
    body = orjson.loads(event.body)
    takes_part = seen.reads_as_staff and _acting(actor, diagram) is not None
    went_on = {task.id for task in tasks} != set(body["tasks"])
    then = select(Task.element).where(Task.id.in_(body["tasks"])).order_by(Task.opened_at, Task.id)
    reason = session.get(EventValue, (stream, event.seq, "alasan")) if seen.reads_as_staff else None
    return Proposal(
        seq=event.seq,
        at=moment_from(body["at"]),
        by=_names(session, {body["actor"]}).get(body["actor"], ""),
        own=body["actor"] == actor.account_id,
        source=_labels(diagram, session.scalars(then)),
        target=_labels(diagram, [body["target"]]),
        reason=_text(reason),
        went_on=went_on,
        may_consent=takes_part and not went_on and _may_consent(actor, diagram, body),
        may_decline=takes_part,
    )


def _text(reason: EventValue | None) -> str:
    if reason is None:
        return ""
    return str(orjson.loads(reason.value)) if reason.value is not None else ERASED


def _variables(seen: Sight, tasks: Iterable[Task]) -> dict[str, Any]:
    """What the diagram reads, but what handing an open task to another unit sets already; none of a state unread."""
    lanes = seen.deployed.diagram.lanes
    elsewhere = {lanes[task.lane].unit_variable for task in tasks}
    try:
        held = seen.deployed.program.position(seen.case.state).variables
    except RunError:
        return {}
    return {name: value for name, value in held.items() if name not in elsewhere}


def _is_erased(session: Session, case_id: str) -> bool:
    which = select(EventValue.name).where(EventValue.stream == f"kasus/{case_id}", EventValue.value.is_(None))
    return session.scalars(which.limit(1)).first() is not None


def _labels(diagram: Diagram, elements: Iterable[str]) -> str:
    return " dan ".join(dict.fromkeys(diagram.elements[each].label for each in elements))


def _names(session: Session, accounts: set[str]) -> dict[str, str]:
    if not accounts:
        return {}
    return dict(session.execute(select(Account.id, Account.name).where(Account.id.in_(accounts))).all())
