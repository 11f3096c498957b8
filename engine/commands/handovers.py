"""A clerk has passed news on to a reporter without e-mail: written down, and an event of the case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.access import Actor, held_with
from engine.commands.cases import load_by_id, record_fact
from engine.errors import Conflict, NotFound
from engine.store.models import Handover


def deliver(session: Session, actor: Actor, handover_id: str, now: datetime) -> None:
    """Mark news as passed on, and with it older news of the same case: one call tells all of it.

    By whoever may know reporters (`identitas`). Raises NotFound, Conflict (passed on already, or the case moved).
    """
    row = session.get(Handover, handover_id)
    if row is None:
        raise NotFound
    case = load_by_id(session, row.case_id)
    clerk = held_with(actor, case.deployed.diagram.lanes, "identity")
    if clerk is None:
        raise NotFound
    waiting = (Handover.case_id == row.case_id, Handover.delivered_at.is_(None), Handover.created_at <= row.created_at)
    told = session.execute(select(Handover.id, Handover.kind).where(*waiting).order_by(Handover.created_at)).all()
    if handover_id not in {each.id for each in told}:
        raise Conflict("Kabar ini sudah disampaikan.")
    facts = {
        "actor": actor.account_id,
        "appointment": clerk.id,
        "channel": "web",
        "news": [each.kind for each in told],
    }
    event = record_fact(session, case, "news_delivered", now, facts)
    which = update(Handover).where(Handover.id.in_([each.id for each in told]))
    session.execute(which.values(delivered_at=event.at, delivered_by=actor.account_id))
