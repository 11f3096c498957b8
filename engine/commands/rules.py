"""Whom to remind when time runs out, per process: the rules a process begins with, and how they are changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine.access import ADMINISTRATOR, Actor
from engine.commands.streams import append
from engine.errors import NotFound, Rejected
from engine.store.deployments import latest_deployed
from engine.store.models import Deployment, ReminderRule

Rule = tuple[str, str]  # when (at), whom (to)
START: frozenset[Rule] = frozenset({("hampir", "pemilik"), ("lewat", "pengarah"), ("total", "pimpinan")})
POSSIBLE: frozenset[Rule] = frozenset(
    (at, to) for at in ("hampir", "lewat", "total") for to in ("pemilik", "pengarah", "pimpinan")
)


def rules_of(session: Session, process_id: str) -> frozenset[Rule]:
    """The rules in force for a process. One that nobody has set rules for has those of the start."""
    rows = session.execute(
        select(ReminderRule.at, ReminderRule.to, ReminderRule.active).where(ReminderRule.process_id == process_id)
    ).all()
    return frozenset((row.at, row.to) for row in rows if row.active) if rows else START


def ensure_rules(session: Session) -> None:
    """Write down the rules of the start for every process that has none yet."""
    known = select(ReminderRule.process_id)
    for process_id in session.scalars(
        select(Deployment.process_id).where(Deployment.process_id.not_in(known)).distinct()
    ):
        rows = [{"process_id": process_id, "at": at, "to": to, "active": True} for at, to in sorted(START)]
        session.execute(insert(ReminderRule), rows)


def set_rules(session: Session, actor: Actor, process_id: str, wanted: Collection[Rule], *, now: datetime) -> None:
    """Put exactly these rules in force. Raises NotFound (not Pengelola Sistem, or no such process), Rejected."""
    held = next((each.id for each in actor.held if each.role == ADMINISTRATOR), None)
    if held is None:
        raise NotFound
    latest_deployed(session, process_id)
    if not set(wanted) <= POSSIBLE:
        raise Rejected({"aturan": "Pilih dari daftar."})
    ensure_rules(session)
    before = rules_of(session, process_id)
    if before == frozenset(wanted):
        return
    _write(session, process_id, frozenset(wanted))
    facts = {
        "actor": actor.account_id, "appointment": held, "channel": "web",
        "from": [list(each) for each in sorted(before)], "to": [list(each) for each in sorted(wanted)],
    }  # fmt: skip
    append(session, f"proses/{process_id}", "reminders_set", now, facts)


def _write(session: Session, process_id: str, wanted: frozenset[Rule]) -> None:
    mine = ReminderRule.process_id == process_id
    rows = session.execute(select(ReminderRule.at, ReminderRule.to).where(mine)).all()
    known = {(row.at, row.to) for row in rows}
    for at, to in sorted(known | wanted):
        active = (at, to) in wanted
        if (at, to) in known:
            which = update(ReminderRule).where(mine, ReminderRule.at == at, ReminderRule.to == to)
            session.execute(which.values(active=active))
        else:
            session.execute(insert(ReminderRule), {"process_id": process_id, "at": at, "to": to, "active": active})
