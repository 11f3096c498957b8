"""Ends a case beside the diagram: the reporter withdraws it, or who directs the work cancels it, with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.access import Actor, held_with, ownership
from engine.commands.cases import LoadedCase, close_tasks, load_by_id, record, run
from engine.errors import Conflict, NotFound, Rejected
from engine.store.models import Case

WITHDRAWN = "Ditarik oleh pelapor"
CANCELLED = "Dibatalkan"
MIN_REASON, MAX_REASON = 10, 1000  # characters


def withdraw_case(session: Session, actor: Actor, number: str, reason: str, *, now: datetime) -> None:
    """The reporter, or a clerk on his behalf, takes the complaint back; a reason is welcome, not required.

    Raises NotFound (not his case), Conflict (already closed), Rejected, Incident.
    """
    case = _load(session, number)
    lane = case.deployed.diagram.reporter_lane
    lanes = case.deployed.diagram.lanes
    owned = ownership(actor, lanes, lane=lane.name if lane else "", unit=None, owner_id=case.reporter_id)
    if owned is None:
        raise NotFound
    _check(reason, required=False)
    facts = {"actor": actor.account_id, "for": owned.for_account, "appointment": owned.appointment}
    _close(session, case, "case_withdrawn", facts, reason, WITHDRAWN, now)


def cancel_case(session: Session, actor: Actor, number: str, reason: str, *, now: datetime) -> None:
    """Whoever directs the work (`memindah`) ends a case that must not go on. Raises as `withdraw_case`."""
    case = _load(session, number)
    held = held_with(actor, case.deployed.diagram.lanes, "moves")
    if held is None:
        raise NotFound
    _check(reason, required=True)
    facts = {"actor": actor.account_id, "appointment": held.id}
    _close(session, case, "case_cancelled", facts, reason, CANCELLED, now)


def _load(session: Session, number: str) -> LoadedCase:
    case_id = session.scalar(select(Case.id).where(Case.number == number))
    if case_id is None:
        raise NotFound
    return load_by_id(session, case_id)


def _check(reason: str, *, required: bool) -> None:
    length = len(reason.strip())
    if (required and length < MIN_REASON) or length > MAX_REASON:
        raise Rejected({"alasan": f"Tulis alasan {MIN_REASON} sampai {MAX_REASON} huruf."})


def _close(
    session: Session,
    case: LoadedCase,
    type: str,
    facts: Mapping[str, str | None],
    reason: str,
    outcome: str,
    now: datetime,
) -> None:
    if case.closed_at is not None:
        raise Conflict("Aduan ini sudah ditutup.")
    moment = case.moment(now)
    step = run(case, lambda: case.deployed.program.cancel(case.state, moment))
    values = {"alasan": reason.strip()} if reason.strip() else {}
    facts = {**facts, "channel": "web"}
    event = record(session, case, step, type, moment, facts, values, outcome=outcome)
    close_tasks(session, step.closed, "cancelled", event.at)
