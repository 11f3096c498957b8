"""The open tasks that are exactly this actor's, and those that the actor finished."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from engine.access import Actor, owns_open_task
from engine.queries.choices import labels
from engine.queries.clocks import Clock, Spent, closes_at, spent, task_clock
from engine.store.calendars import Office, current_calendar
from engine.store.deployments import deployed
from engine.store.models import Account, Case, Deployment, Task

PAGE = 50


@dataclass(frozen=True)
class WorkRow:
    """One row of a worklist."""

    task_id: str
    number: str
    title: str
    step: str
    category: str
    unit: str
    holder: str | None  # name of who took it
    opened_at: datetime
    finished_at: datetime | None
    incident: bool
    clock: Clock | None = None  # of an open task with a deadline
    spent: Spent | None = None  # of a finished one
    closes_at: datetime | None = None  # of an open task without deadline: when the case closes by itself


def worklist(
    session: Session, actor: Actor, *, now: datetime, number: str = "", page: int = 1
) -> tuple[list[WorkRow], bool]:
    """Open tasks, most urgent first, and whether there are more. `number` filters by a part of the case number."""
    return _rows(session, owns_open_task(actor), number, page, now, finished=False)


def finished_work(
    session: Session, actor: Actor, *, now: datetime, number: str = "", page: int = 1
) -> tuple[list[WorkRow], bool]:
    """Tasks this actor finished, newest first."""
    return _rows(session, Task.finished_by == actor.account_id, number, page, now, finished=True)


def _rows(
    session: Session, which: ColumnElement[bool], number: str, page: int, now: datetime, *, finished: bool
) -> tuple[list[WorkRow], bool]:
    holder = aliased(Account)
    statement = (
        select(Task, Case, Deployment.checksum, holder.name.label("holder"))
        .join(Case, Case.id == Task.case_id)
        .join(Deployment, Deployment.id == Case.deployment_id)
        .outerjoin(holder, holder.id == Task.assignee_id)
        .where(which)
    )
    if number.strip():
        statement = statement.where(Case.number.contains(number.strip().upper(), autoescape=True))
    order = (Task.finished_at.desc(),) if finished else (Task.due_at.is_(None), Task.due_at, Task.opened_at)
    found = session.execute(statement.order_by(*order, Task.id).offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    names = labels(session)
    office = current_calendar(session)
    return [_row(session, row, names, office, now) for row in found[:PAGE]], len(found) > PAGE


def _row(session: Session, row: Any, names: dict[str, dict[str, str]], office: Office, now: datetime) -> WorkRow:
    task, case = row.Task, row.Case
    version = deployed(session, case.deployment_id, row.checksum)
    element = version.diagram.elements[task.element]
    return WorkRow(
        task_id=task.id,
        number=case.number,
        # The working title is the staff's word; reporters find their complaint under their own.
        title=(case.judul if task.owner_id else case.judul_kerja or case.judul) or "(tanpa judul)",
        step=element.label,
        category=names["kategori"].get(case.kategori or "", ""),
        unit=names["unit"].get(task.unit or "", ""),
        holder=row.holder,
        opened_at=task.opened_at,
        finished_at=task.finished_at,
        incident=case.incident is not None,
        clock=task_clock(office, version, task, now),
        closes_at=closes_at(case) if task.due_at is None and task.status == "open" else None,
        spent=spent(office, version, task),
    )
