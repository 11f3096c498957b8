"""The open tasks that are exactly this actor's, and those that the actor finished."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from engine.access import Actor, owns_open_task
from engine.queries.choices import labels
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


def worklist(session: Session, actor: Actor, *, number: str = "", page: int = 1) -> tuple[list[WorkRow], bool]:
    """Open tasks, oldest first, and whether there are more. `number` filters by a part of the case's number."""
    return _rows(session, owns_open_task(actor), number, page, finished=False)


def finished_work(session: Session, actor: Actor, *, number: str = "", page: int = 1) -> tuple[list[WorkRow], bool]:
    """Tasks this actor finished, newest first."""
    return _rows(session, Task.finished_by == actor.account_id, number, page, finished=True)


def _rows(
    session: Session, which: ColumnElement[bool], number: str, page: int, *, finished: bool
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
    order = Task.finished_at.desc() if finished else Task.opened_at
    found = session.execute(statement.order_by(order, Task.id).offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    names = labels(session)
    return [_row(session, row, names) for row in found[:PAGE]], len(found) > PAGE


def _row(session: Session, row: Any, names: dict[str, dict[str, str]]) -> WorkRow:
    task, case = row.Task, row.Case
    element = deployed(session, case.deployment_id, row.checksum).diagram.elements[task.element]
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
    )
