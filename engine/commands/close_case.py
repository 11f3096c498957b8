"""Ends a case beside the diagram: the reporter withdraws it, or who directs the work closes it, with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.access import Actor, held_with, ownership
from engine.commands.cases import LoadedCase, close_tasks, load_by_number, record, run
from engine.commands.fire_timers import fire_first
from engine.commands.reasons import as_value, check_reason
from engine.errors import Conflict, NotFound, Rejected
from engine.store.models import Case

WITHDRAWN = "Ditarik oleh pelapor"
CANCELLED = "Dibatalkan"
REFERRED = "Diarahkan ke instansi berwenang"
MERGED = "Digabung dengan {number}"
WAYS = {"dibatalkan": CANCELLED, "diarahkan": REFERRED, "digabung": MERGED}  # how who directs the work may close it


def withdraw_case(session: Session, actor: Actor, number: str, reason: str, *, now: datetime) -> None:
    """The reporter, or a clerk on his behalf, takes the complaint back; a reason is welcome, not required.

    Raises NotFound (not his case), Conflict (already closed), Rejected, Incident.
    """
    case = load_by_number(session, number)
    lane = case.deployed.diagram.reporter_lane
    lanes = case.deployed.diagram.lanes
    owned = ownership(actor, lanes, lane=lane.name if lane else "", unit=None, owner_id=case.reporter_id)
    if owned is None:
        raise NotFound
    check_reason(reason, required=False)
    facts = {"actor": actor.account_id, "for": owned.for_account, "appointment": owned.appointment}
    _close(session, case, "case_withdrawn", facts, reason, WITHDRAWN, now)


def cancel_case(
    session: Session,
    actor: Actor,
    number: str,
    reason: str,
    *,
    now: datetime,
    way: str = "dibatalkan",
    into: str = "",
) -> None:
    """Whoever directs the work (`memindah`) ends a case that must not go on.

    `way`: one of WAYS; `into`: number of the reporter's other case when it is merged. Raises as `withdraw_case`.
    """
    case = load_by_number(session, number)
    held = held_with(actor, case.deployed.diagram.lanes, "moves")
    if held is None:
        raise NotFound
    if way not in WAYS:
        raise Rejected({"cara": "Pilih salah satu."})
    into = into.strip().upper() if way == "digabung" else ""
    check_reason(reason, gabung=_not_mergeable(session, case, into) if way == "digabung" else None)
    facts = {"actor": actor.account_id, "appointment": held.id, "way": way, "into": into or None}
    _close(session, case, "case_cancelled", facts, reason, WAYS[way].format(number=into), now)


def _not_mergeable(session: Session, case: LoadedCase, into: str) -> str | None:
    """Why the case cannot be merged into another: its reporter must be able to follow that one."""
    reporter = session.scalar(select(Case.reporter_id).where(Case.number == into))
    if into == case.number:
        return "Tulis nomor aduan yang lain."
    if reporter is None or reporter != case.reporter_id:
        return "Tidak ada aduan lain dari pelapor yang sama dengan nomor itu."
    return None


def _close(
    session: Session,
    case: LoadedCase,
    type: str,
    facts: Mapping[str, str | bool | None],
    reason: str,
    outcome: str,
    now: datetime,
) -> None:
    if case.closed_at is not None:
        raise Conflict("Aduan ini sudah ditutup.")
    fire_first(session, case, now)
    moment = case.moment(now)
    step = run(case, lambda: case.deployed.program.cancel(case.state, moment))
    facts = {**facts, "channel": "web", "kept": True}
    event = record(session, case, step, type, moment, facts, as_value(reason), outcome=outcome)
    close_tasks(session, step.closed, "cancelled", event.at)
