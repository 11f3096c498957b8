"""Moves a case to another step beside the diagram, when two people agree: one proposes, another consents.

Also reopens a closed case, which needs one person: nothing is taken from anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine.access import Actor, Held, held_with, read_by_role
from engine.commands.cases import LoadedCase, close_tasks, load_by_number, position_of, record, record_fact, run
from engine.commands.fire_timers import fire_first
from engine.commands.reasons import as_value, check_reason
from engine.errors import Conflict, NotAllowed, NotFound, Rejected
from engine.process.diagram import Diagram
from engine.process.runtime import Step
from engine.store.models import Case, Event, EventValue, MoveProposal

NO_SUCH_STEP = "Pilih langkah dari daftar."


@dataclass(frozen=True)
class Proposed:
    """A proposal as its event states it."""

    seq: int
    target: str  # element
    by: str  # account
    directs: bool  # the proposer directs the work (`memindah`)
    tasks: frozenset[str]  # open when it was made


def taking_part(session: Session, actor: Actor, case_id: str, diagram: Diagram) -> Held | None:
    """The appointment with which a person may propose or consent: one in a lane, who reads the case by a role."""
    staff = [each for each in actor.held if each.role in diagram.lanes and not diagram.lanes[each.role].is_reporter]
    seen = session.scalar(select(Case.id).where(Case.id == case_id, read_by_role(actor, diagram.lanes)))
    if not staff or seen is None:
        return None
    return held_with(actor, diagram.lanes, "moves") or staff[0]


def propose_move(session: Session, actor: Actor, number: str, target: str, reason: str, *, now: datetime) -> int:
    """Propose that the case go on from another step; returns the proposal's seq.

    Raises NotFound, Rejected, Conflict (closed, or another proposal waits), Incident.
    """
    case = load_by_number(session, number)
    diagram = case.deployed.diagram
    held = taking_part(session, actor, case.id, diagram)
    if held is None:
        raise NotFound
    _check_open(case)
    fire_first(session, case, now)
    position = position_of(case)
    here = [task.element for task in position.tasks] == [target]
    wrong = NO_SUCH_STEP if target not in _targets(case) else "Aduan sudah ada pada langkah itu." if here else None
    check_reason(reason, langkah=wrong)
    if open_proposal(session, case.id) is not None:
        raise Conflict("Masih ada usulan pemindahan yang menunggu persetujuan.")
    facts = {
        "actor": actor.account_id,
        "appointment": held.id,
        "channel": "web",
        "directs": diagram.lanes[held.role].moves,
        "target": target,
        "tasks": [task.id for task in position.tasks],
    }
    event = record_fact(session, case, "move_proposed", now, facts, as_value(reason))
    session.execute(insert(MoveProposal), {"case_id": case.id, "seq": event.seq})
    return event.seq


def consent_move(session: Session, actor: Actor, number: str, seq: int, *, now: datetime) -> None:
    """Agree, as another person: the case goes on from the proposed step, what was open is closed.

    Raises NotFound, NotAllowed (one's own proposal, or neither directs the work), Conflict, Incident.
    """
    case, held, proposed = _waiting(session, actor, number, seq)
    lanes = case.deployed.diagram.lanes
    if proposed.by == actor.account_id:
        raise NotAllowed("Usulan Anda sendiri hanya dapat disetujui orang lain.")
    if not (proposed.directs or lanes[held.role].moves):
        raise NotAllowed("Usulan ini perlu disetujui pejabat yang membagi pekerjaan.")
    fire_first(session, case, now)
    if proposed.tasks != frozenset(case.open_units):
        raise Conflict("Aduan ini sudah berjalan terus sejak diusulkan. Tolak usulannya, lalu usulkan lagi bila perlu.")
    facts = {"actor": actor.account_id, "appointment": held.id, "proposal": seq, "proposer": proposed.by}
    _move(session, case, "token_moved", proposed.target, facts, {}, now)
    _settle(session, case.id, seq)


def decline_move(session: Session, actor: Actor, number: str, seq: int, *, now: datetime) -> None:
    """Put a proposal aside; its proposer may take it back the same way. Raises NotFound, Conflict."""
    case, held, _ = _waiting(session, actor, number, seq)
    facts = {"actor": actor.account_id, "appointment": held.id, "channel": "web", "proposal": seq}
    position_of(case)
    record_fact(session, case, "move_declined", now, facts)
    _settle(session, case.id, seq)


def reopen_case(session: Session, actor: Actor, number: str, target: str, reason: str, *, now: datetime) -> None:
    """Begin a new cycle of a closed case at a step; by who directs the work. Raises NotFound, Rejected, Conflict."""
    case = load_by_number(session, number)
    held = held_with(actor, case.deployed.diagram.lanes, "moves")
    if held is None:
        raise NotFound
    if case.closed_at is None:
        raise Conflict("Aduan ini masih berjalan.")
    check_reason(reason, langkah=NO_SUCH_STEP if target not in _targets(case) else None)
    if _is_erased(session, case.id):
        raise Rejected({"langkah": "Isi aduan ini sudah dihapus, jadi tidak dapat dibuka kembali."})
    facts = {"actor": actor.account_id, "appointment": held.id}
    _move(session, case, "case_reopened", target, facts, as_value(reason), now)


def open_proposal(session: Session, case_id: str) -> Proposed | None:
    """The proposal of a case that nobody has settled yet."""
    which = select(MoveProposal.seq).where(MoveProposal.case_id == case_id, MoveProposal.settled.is_(False))
    seq = session.scalar(which)
    return None if seq is None else _read(session, case_id, seq)


def _read(session: Session, case_id: str, seq: int) -> Proposed:
    """From the event, which nobody can change, not from the row that points to it. Raises NotFound."""
    text = session.scalar(select(Event.body).where(Event.stream == f"kasus/{case_id}", Event.seq == seq))
    body = orjson.loads(text) if text is not None else {}
    if body.get("type") != "move_proposed":
        raise NotFound
    return Proposed(seq, body["target"], body["actor"], body["directs"], frozenset(body["tasks"]))


def _waiting(session: Session, actor: Actor, number: str, seq: int) -> tuple[LoadedCase, Held, Proposed]:
    case = load_by_number(session, number)
    held = taking_part(session, actor, case.id, case.deployed.diagram)
    if held is None:
        raise NotFound
    _check_open(case)
    settled = session.scalar(
        select(MoveProposal.settled).where(MoveProposal.case_id == case.id, MoveProposal.seq == seq)
    )
    if settled is None:
        raise NotFound
    if settled:
        raise Conflict("Usulan ini sudah diputuskan.")
    return case, held, _read(session, case.id, seq)


def _move(
    session: Session,
    case: LoadedCase,
    type: str,
    target: str,
    facts: Mapping[str, Any],
    values: Mapping[str, Any],
    now: datetime,
) -> Step:
    moment = case.moment(now)
    step = run(case, lambda: case.deployed.program.move(case.state, target, moment))
    body = {**facts, "channel": "web", "element": target}
    event = record(session, case, step, type, moment, body, values)
    close_tasks(session, step.closed, "cancelled", event.at)
    return step


def _settle(session: Session, case_id: str, seq: int) -> None:
    which = update(MoveProposal).where(MoveProposal.case_id == case_id, MoveProposal.seq == seq)
    session.execute(which.values(settled=True))


def _targets(case: LoadedCase) -> set[str]:
    return {each.id for each in case.deployed.program.targets}


def _check_open(case: LoadedCase) -> None:
    if case.closed_at is not None:
        raise Conflict("Aduan ini sudah ditutup.")


def _is_erased(session: Session, case_id: str) -> bool:
    which = select(EventValue.name).where(EventValue.stream == f"kasus/{case_id}", EventValue.value.is_(None))
    return session.scalars(which.limit(1)).first() is not None
