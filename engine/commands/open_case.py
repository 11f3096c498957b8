"""Opens a case: gives the number, starts the diagram and completes the first task, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from engine.access import AUDITOR, Actor, Ownership, held_with
from engine.commands.cases import LoadedCase, TaskRow, dues_after, effects
from engine.commands.complete_task import finish
from engine.commands.streams import store_event
from engine.errors import Incident, NotAllowed
from engine.history.event import GENESIS, Event, make_event, moment_text
from engine.position import position_digest
from engine.process.runtime import Step
from engine.process.spiff import Moment
from engine.store.calendars import Office, current_calendar
from engine.store.deployments import Deployed, latest_deployed
from engine.store.models import Case, Counter, Task
from engine.version import VERSION

ZONE = ZoneInfo("Asia/Jakarta")
CHANNELS = ("web", "loket", "surat", "whatsapp", "facebook", "instagram")


@dataclass(frozen=True)
class Opened:
    """A case that was filed."""

    case_id: str
    number: str
    reporter_id: str
    repeated: bool = False  # the same `_kunci` came again


def open_case(
    session: Session,
    actor: Actor,
    process_id: str,
    values: Mapping[str, Any],
    *,
    now: datetime,
    reporter_id: str | None = None,
    channel: str = "web",
    key: str | None = None,
) -> Opened:
    """File a case with values that the first task's form has cleaned.

    `reporter_id` is another account when a clerk with `atas_nama` files for someone. Raises NotFound (no process in
    force), NotAllowed, Rejected (a file is gone), Incident.
    """
    if actor.holds(AUDITOR):
        raise NotAllowed("Auditor membaca dan tidak mengajukan aduan selama surat tugasnya berlaku.")
    earlier = opened_with(session, key)
    if earlier is not None:
        return earlier
    deployed = latest_deployed(session, process_id)
    owned = _ownership(actor, deployed, reporter_id)
    case, step = _start(deployed, current_calendar(session), actor, owned, now)
    case.number = _next_number(session, now)
    # Filers wait for each other at the counter, so that a twin of this post shows only now.
    earlier = opened_with(session, key)
    if earlier is not None:
        _give_back_number(session, now)
        return earlier
    _record(session, case, step, actor, owned, now, channel, key)
    first = step.opened[0]
    lane = deployed.diagram.lanes[deployed.first_task.lane or ""]
    task = TaskRow(first.id, first.element, lane.name, None, case.reporter_id, "open", None, None, None)
    finish(session, case, task, actor, owned, values, now=now, key=key, channel=channel)
    return Opened(case.id, case.number, case.reporter_id)


def opened_with(session: Session, key: str | None) -> Opened | None:
    """The case that an earlier post with this `_kunci` opened."""
    if not key:
        return None
    row = session.execute(select(Case.id, Case.number, Case.reporter_id).where(Case.key == key)).first()
    return Opened(row.id, row.number, row.reporter_id, repeated=True) if row else None


def _ownership(actor: Actor, deployed: Deployed, reporter_id: str | None) -> Ownership:
    if reporter_id is None or reporter_id == actor.account_id:
        return Ownership()
    clerk = held_with(actor, deployed.diagram.lanes, "on_behalf")
    if clerk is None:
        raise NotAllowed("Anda tidak berhak mencatat aduan atas nama orang lain.")
    return Ownership(clerk.id, reporter_id)


def _start(
    deployed: Deployed, calendar: Office, actor: Actor, owned: Ownership, now: datetime
) -> tuple[LoadedCase, Step]:
    case = LoadedCase(
        id=uuid4().hex, number="", reporter_id=owned.for_account or actor.account_id, state=b"", rev=0, head=GENESIS,
        position="", changed_at=None, closed_at=None, next_timer_at=None, deployed=deployed, calendar=calendar,
    )  # fmt: skip
    step = deployed.program.start(case.moment(now))
    if len(step.opened) != 1 or step.opened[0].element != deployed.first_task.id:
        raise Incident("Diagram tidak membuka tugas pertama bagi pelapor. Hubungi Pengelola Sistem.")
    return case, step


def _record(
    session: Session, case: LoadedCase, step: Step, actor: Actor, owned: Ownership, now: datetime, channel: str,
    key: str | None,
) -> None:  # fmt: skip
    deployed = case.deployed
    moment = case.moment(now)
    total = deployed.total
    due = case.calendar.calendar.add(moment.at, total).at if total is not None else None
    facts = {
        "actor": actor.account_id,
        "for": owned.for_account,
        "appointment": owned.appointment,
        "channel": channel,
        "reporter": case.reporter_id,
        "number": case.number,
        "process": deployed.process_id,
        "deployment": deployed.checksum,
        "calendar": case.calendar.number,
        "calendar_checksum": case.calendar.checksum,
        "due": moment_text(due) if due is not None else None,
        "application": VERSION,
    }
    event = _first_event(case, step, moment, facts)
    _insert(session, case, step, event, channel, key, due)


def _first_event(case: LoadedCase, step: Step, moment: Moment, facts: Mapping[str, Any]) -> Event:
    case.dues = dues_after(case, step, moment.at)
    case.position = position_digest(case.deployed.diagram, step.position, {}, case.dues)
    body = {**facts, "effects": effects(case, step), "position": case.position}
    return make_event(f"kasus/{case.id}", 1, GENESIS, "case_opened", moment.at, body)


def _insert(
    session: Session, case: LoadedCase, step: Step, event: Event, channel: str, key: str | None, due: datetime | None
) -> None:
    case.state, case.rev, case.head, case.changed_at = step.state, 1, event.hash, event.at
    row = {
        "id": case.id, "number": case.number, "key": key, "deployment_id": case.deployed.id,
        "reporter_id": case.reporter_id, "channel": channel, "state": case.state, "rev": 1, "head": case.head,
        "position": case.position, "opened_at": event.at, "changed_at": event.at, "due_at": due,
        "next_timer_at": step.position.next_timer, "awaits": bool(step.position.messages),
    }  # fmt: skip
    session.execute(insert(Case), row)
    store_event(session, event)
    first = step.opened[0]
    lane = case.deployed.first_task.lane
    session.execute(
        insert(Task),
        {"id": first.id, "case_id": case.id, "element": first.element, "lane": lane, "owner_id": case.reporter_id,
         "status": "open", "opened_at": event.at, "due_at": case.dues.get(first.id)},
    )  # fmt: skip


def _next_number(session: Session, now: datetime) -> str:
    """ADU-<year>-<six digits>, gapless: a rollback gives the number back."""
    name = _counter(now)
    dialect = session.get_bind().dialect.name
    make = sqlite_insert if dialect == "sqlite" else postgresql_insert
    statement = make(Counter).values(name=name, value=1)
    bump = {"value": Counter.value + 1}
    counted = statement.on_conflict_do_update(index_elements=["name"], set_=bump).returning(Counter.value)
    return f"{name}-{session.execute(counted).scalar_one():06d}"


def _give_back_number(session: Session, now: datetime) -> None:
    """The row of the counter is still ours until the end of the transaction."""
    session.execute(update(Counter).where(Counter.name == _counter(now)).values(value=Counter.value - 1))


def _counter(now: datetime) -> str:
    return f"ADU-{now.astimezone(ZONE).year}"
