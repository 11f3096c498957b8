"""Cases that exist for an actor: find one, list many. For everyone else a case does not exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from engine.access import Actor, Rights, knows_identity, lane_rights, read_by_role, seen_by_role, visible_cases
from engine.errors import NotFound
from engine.queries.choices import labels
from engine.queries.clocks import Clock, case_clock
from engine.store.calendars import current_calendar
from engine.store.deployments import Deployed, deployed
from engine.store.models import Account, Case, Deployment, Task

PAGE = 50


@dataclass(frozen=True)
class Sight:
    """A case together with what this actor may read of it."""

    case: Case
    deployed: Deployed
    rights: Rights
    contents: bool  # reads what was written
    identity: bool  # reads the reporter's name and contact
    as_staff: bool  # sees it by a role, not only as its reporter
    reads_as_staff: bool  # and that role reads what was written
    reporter: Account | None  # only with `identity`


@dataclass(frozen=True)
class CaseRow:
    """One row of a list of cases."""

    number: str
    title: str
    category: str
    opened_at: datetime
    closed_at: datetime | None
    step: str  # name of the open step, or the outcome
    status: str  # the reporter's sentence
    role: str
    unit: str
    clock: Clock | None = None  # until the answer is delivered


def sight(session: Session, actor: Actor, number: str) -> Sight:
    """The case with this number. Raises NotFound when it does not exist for the actor."""
    rights = lane_rights(session)
    statement = (
        select(Case, Deployment.checksum)
        .join(Deployment, Deployment.id == Case.deployment_id)
        .where(Case.number == number, visible_cases(actor, rights))
    )
    row = session.execute(statement).first()
    if row is None:
        raise NotFound
    return sight_of(session, actor, row.Case, row.checksum, rights)


def sight_of(session: Session, actor: Actor, case: Case, checksum: str, rights: Rights) -> Sight:
    """What the actor, who has a reason to see this case, may read of it."""
    identity = knows_identity(actor, rights, case.reporter_id)
    by_role = select(seen_by_role(actor, rights).label("as_staff"), read_by_role(actor, rights).label("reads_as_staff"))
    as_staff, reads_as_staff = session.execute(by_role.select_from(Case).where(Case.id == case.id)).one()
    return Sight(
        case=case,
        deployed=deployed(session, case.deployment_id, checksum),
        rights=rights,
        contents=actor.account_id == case.reporter_id or reads_as_staff,
        identity=identity,
        as_staff=as_staff,
        reads_as_staff=reads_as_staff,
        reporter=session.get(Account, case.reporter_id) if identity else None,
    )


def own_cases(session: Session, actor: Actor, *, now: datetime, page: int = 1) -> tuple[list[CaseRow], bool]:
    """Cases that this person reported, newest first, and whether there are more."""
    mine = Case.reporter_id == actor.account_id
    return _rows(session, select(Case).where(mine), page, now, readable=mine, own=True)


def unanswered_late(now: datetime) -> ColumnElement[bool]:
    """SQL: running past the SOP's total, and not answered."""
    return and_(Case.closed_at.is_(None), Case.delivered_at.is_(None), Case.due_at < now)


def seen_cases(
    session: Session, actor: Actor, *, now: datetime, number: str = "", state: str = "", page: int = 1
) -> tuple[list[CaseRow], bool]:
    """Cases this actor may see, newest first. `state`: "" all, "berjalan", "terlambat", "selesai"."""
    rights = lane_rights(session)
    statement = select(Case).where(visible_cases(actor, rights))
    if number.strip():
        statement = statement.where(Case.number.contains(number.strip().upper(), autoescape=True))
    if state == "berjalan":
        statement = statement.where(Case.closed_at.is_(None))
    if state == "terlambat":
        statement = statement.where(unanswered_late(now))
    if state == "selesai":
        statement = statement.where(Case.closed_at.is_not(None))
    readable = or_(Case.reporter_id == actor.account_id, read_by_role(actor, rights))
    return _rows(session, statement, page, now, readable=readable)


def _rows(
    session: Session,
    statement: Select[Case],
    page: int,
    now: datetime,
    *,
    readable: ColumnElement[bool],
    own: bool = False,
) -> tuple[list[CaseRow], bool]:
    ordered = statement.order_by(Case.opened_at.desc(), Case.id).offset((page - 1) * PAGE).limit(PAGE + 1)
    cases = list(session.scalars(ordered))
    open_tasks: dict[str, list[Task]] = {}
    ids = [case.id for case in cases]
    for task in session.scalars(select(Task).where(Task.case_id.in_(ids), Task.status == "open").order_by(Task.id)):
        open_tasks.setdefault(task.case_id, []).append(task)
    titled = set(session.scalars(select(Case.id).where(Case.id.in_(ids), readable)))
    checksums = dict(session.execute(select(Deployment.id, Deployment.checksum)).all())
    names, office = labels(session), current_calendar(session)
    rows = []
    for case in cases[:PAGE]:
        version = deployed(session, case.deployment_id, checksums[case.deployment_id])
        # The working title is the staff's word; reporters find their complaint under their own.
        title = (case.judul if own else case.judul_kerja or case.judul) or ""
        row = _case_row(case, open_tasks.get(case.id, []), version, names, title if case.id in titled else "")
        rows.append(replace(row, clock=case_clock(office, version, case, now)))
    return rows, len(cases) > PAGE


def _case_row(
    case: Case, tasks: list[Task], version: Deployed, names: dict[str, dict[str, str]], title: str
) -> CaseRow:
    task = tasks[0] if tasks else None
    element = version.diagram.elements[task.element] if task is not None else None
    return CaseRow(
        number=case.number,
        title=title,
        category=names["kategori"].get(case.kategori or "", ""),
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        step=element.label if element else (case.outcome or ("Menunggu pesan" if case.awaits else "")),
        status=status_now(version, tasks, names["unit"]) or (case.outcome or ""),
        role=task.lane if task is not None else "",
        unit=units_of(tasks, names["unit"]),
    )


def units_of(tasks: Sequence[Task], names: Mapping[str, str]) -> str:
    """Names of the units that have these tasks, each once."""
    return ", ".join(sorted({names[task.unit] for task in tasks if task.unit is not None and task.unit in names}))


def status_now(version: Deployed, tasks: Sequence[Task], names: Mapping[str, str]) -> str:
    """The sentence of a case with these open tasks: of the first one's step, with all units that are at it."""
    if not tasks:
        return ""
    together = [task for task in tasks if task.element == tasks[0].element]
    return status_sentence(version, tasks[0].element, units_of(together, names))


def status_sentence(version: Deployed, element: str | None, unit: str) -> str:
    """The sentence that the reporter reads while this task is open (property `status`)."""
    if element is None:
        return ""
    task = version.diagram.elements[element]
    sentence = task.properties.get("status", f"Menunggu: {task.label}" if task.awaits_message else task.label)
    return sentence.replace("{unit}", unit or "Bidang/unit kerja terkait")
