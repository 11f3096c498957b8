"""Delivers a message or signal to the one element of the one case that waits for it, with what its form recorded.

Who may: whoever could do a task in the lane where the element stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.access import Actor, Ownership, may_deliver
from engine.commands.attachments import bind_files, describe_files
from engine.commands.cases import LoadedCase, close_tasks, load_by_number, outcome_of, position_of, record, run
from engine.commands.complete_task import lanes_of
from engine.commands.fire_timers import fire_first
from engine.errors import Conflict, NotFound, TooLate
from engine.position import task_unit
from engine.process.runtime import Step, WaitingMessage
from engine.store.models import Account, Event

OVER = "Ini tidak ditunggu lagi. Tulisan Anda belum terkirim; salinannya ada di bawah."


@dataclass(frozen=True)
class Delivered:
    """What a delivery led to."""

    case_id: str
    number: str
    next_lanes: tuple[str, ...]  # roles that hold the case now
    outcome: str | None = None  # set when the case ended
    repeated: bool = False  # the same `_kunci` came again: nothing was done twice


def deliver_message(
    session: Session,
    actor: Actor,
    number: str,
    message_id: str,
    values: Mapping[str, Any],
    *,
    now: datetime,
    key: str | None = None,
    channel: str = "web",
) -> Delivered:
    """Let a waiting message arrive with values that its form has cleaned.

    Raises NotFound (unknown, or not the actor's), Conflict (received or no longer awaited), Rejected (a file is gone),
    Incident.
    """
    case = load_by_number(session, number)
    message = _awaited(case, message_id)
    if message is None:
        return received_before(session, case, message_id, actor, key)
    diagram = case.deployed.diagram
    owned = may_deliver(actor, diagram, case.reporter_id, message.element, task_unit(diagram, message))
    # Without a form it is for the diagram itself to throw.
    if owned is None or diagram.elements[message.element].form_key is None:
        raise NotFound
    fire_first(session, case, now)
    if _awaited(case, message_id) is None:
        raise TooLate("Waktunya sudah habis dan aduan berjalan terus tanpa isian Anda. Salinannya ada di bawah.")
    step = _deliver(session, case, message, actor, owned, values, now=now, key=key, channel=channel)
    return Delivered(case.id, case.number, lanes_of(case, step), outcome_of(case, step))


def _awaited(case: LoadedCase, message_id: str) -> WaitingMessage | None:
    return next((each for each in position_of(case).messages if each.id == message_id), None)


def _deliver(
    session: Session,
    case: LoadedCase,
    message: WaitingMessage,
    actor: Actor,
    owned: Ownership,
    values: Mapping[str, Any],
    *,
    now: datetime,
    key: str | None,
    channel: str,
) -> Step:
    form = case.deployed.form_of(message.element)
    moment = case.moment(now)
    read = case.deployed.diagram.read_variables
    given = {name: values.get(name) for name in sorted(read & (form.properties.keys() | values.keys()))}
    step = run(case, lambda: case.deployed.program.deliver(case.state, message.id, given, moment))
    facts = {
        "actor": actor.account_id,
        "for": owned.for_account,
        "appointment": owned.appointment,
        "channel": channel,
        "message": message.id,
        "name": message.name,
        "element": message.element,
        "key": key,
        "set": given,
    }
    recorded = describe_files(session, form, values, actor.account_id)
    event = record(session, case, step, "message_received", moment, facts, recorded, form.case_columns(values))
    bind_files(session, case.id, form, recorded)
    close_tasks(session, step.closed, "cancelled", event.at)
    for closed in step.closed:
        case.open_units.pop(closed, None)
    return step


def received_before(session: Session, case: LoadedCase, message_id: str, actor: Actor, key: str | None) -> Delivered:
    """The first result for the same `_kunci`; for others whose it was a Conflict. Raises NotFound for everyone else."""
    bodies = [
        orjson.loads(body)
        for body in session.scalars(select(Event.body).where(Event.stream == f"kasus/{case.id}").order_by(Event.seq))
    ]
    facts = next(
        (each for body in bodies for each in body["effects"].get("messages", ()) if each["id"] == message_id), None
    )
    diagram = case.deployed.diagram
    if facts is None or facts["element"] not in diagram.elements:
        raise NotFound
    if may_deliver(actor, diagram, case.reporter_id, facts["element"], facts["unit"]) is None:
        raise NotFound
    done = next((body for body in bodies if body.get("message") == message_id), None)
    if done is None:
        raise Conflict(OVER)
    if key is not None and (done["key"], done["actor"]) == (key, actor.account_id):
        return Delivered(case.id, case.number, (), repeated=True)
    mine = done["actor"] == actor.account_id
    name = "Anda" if mine else session.scalar(select(Account.name).where(Account.id == done["actor"]))
    if not mine and actor.account_id == case.reporter_id:
        name = "petugas"  # staff are named to staff; the reporter reads roles
    elif done["actor"] == case.reporter_id and not mine:
        name = "pelapor"
    raise Conflict(f"Ini sudah dicatat {name}. Tulisan Anda belum terkirim; salinannya ada di bawah.", by=name)
