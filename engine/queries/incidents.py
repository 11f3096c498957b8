"""Cases that are held up, as Pengelola Sistem reads them: where, since when and why, never what was written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from engine.history.event import moment_from
from engine.store.deployments import deployed
from engine.store.models import Case, Deployment, Event, Task

LIMIT = 200  # a page, and what one press of the button tries


@dataclass(frozen=True)
class HeldUp:
    """A case that cannot go on."""

    number: str
    cause: str
    since: datetime | None  # None: no event says it, since row and history have parted
    step: str
    timer_due: bool  # a timer should have fired by now


def count_held_up(session: Session) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(Case).where(Case.incident.is_not(None))) or 0


def held_up(session: Session, now: datetime) -> list[HeldUp]:
    """Those that have changed longest ago first, at most LIMIT of them."""
    columns = (Case.id, Case.number, Case.incident, Case.outcome, Case.next_timer_at, Case.deployment_id)
    which = (
        select(*columns, Deployment.checksum, Event.body)
        .join(Deployment, Deployment.id == Case.deployment_id)
        .outerjoin(Event, (Event.stream == literal("kasus/").concat(Case.id)) & (Event.seq == Case.rev))
        .where(Case.incident.is_not(None))
        .order_by(Case.changed_at, Case.number)
        .limit(LIMIT)
    )
    rows = session.execute(which).all()
    since = {row.id: _raised(row.body) for row in rows}
    since |= _raised_before(session, [case_id for case_id, at in since.items() if at is None])
    steps = _steps(session, rows)
    return [
        HeldUp(
            number=row.number,
            cause=row.incident,
            since=since[row.id],
            step=steps.get(row.id) or row.outcome or "",
            timer_due=row.next_timer_at is not None and row.next_timer_at < now,
        )
        for row in rows
    ]


def _raised(text: bytes | None) -> datetime | None:
    body = orjson.loads(text) if text is not None else {}
    return moment_from(body["at"]) if body.get("type") == "incident_raised" else None


def _raised_before(session: Session, case_ids: list[str]) -> dict[str, datetime | None]:
    """For the few cases in which something followed: the last time it was said."""
    found: dict[str, datetime | None] = dict.fromkeys(case_ids)
    streams = {f"kasus/{case_id}": case_id for case_id in case_ids}
    events = select(Event.stream, Event.body).where(Event.stream.in_(streams)).order_by(Event.stream, Event.seq)
    for row in session.execute(events) if streams else ():
        found[streams[row.stream]] = _raised(row.body) or found[streams[row.stream]]
    return found


def _steps(session: Session, rows: Iterable[Any]) -> dict[str, str]:
    """Names of the open steps of each case."""
    diagrams = {row.id: deployed(session, row.deployment_id, row.checksum).diagram for row in rows}
    found: dict[str, dict[str, None]] = {}
    tasks = select(Task.case_id, Task.element).where(Task.case_id.in_(diagrams), Task.status == "open")
    for task in session.execute(tasks.order_by(Task.opened_at, Task.id)):
        found.setdefault(task.case_id, {})[diagrams[task.case_id].elements[task.element].label] = None
    return {case_id: ", ".join(names) for case_id, names in found.items()}
