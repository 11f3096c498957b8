"""Running cases that are not on the version in force, and the runs that move them. Numbers and steps, no contents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.store.deployments import Deployed, deployed
from engine.store.models import Account, Case, Deployment, MigrationResult, MigrationRun, Task

_MOST = 2**63 - 1


@dataclass(frozen=True)
class RunningCase:
    """A case on an earlier version."""

    id: str
    number: str
    version: int
    opened_at: datetime
    steps: tuple[str, ...]  # names of the open steps, in its own version


def earlier_versions(session: Session, new: Deployed) -> list[tuple[int, int]]:
    """Numbers of the versions before `new` on which cases still run, with how many; newest first."""
    statement = select(Deployment.number, func.count()).select_from(Case)
    statement = statement.join(Deployment, Deployment.id == Case.deployment_id).where(*_running(new))
    grouped = statement.group_by(Deployment.number).order_by(Deployment.number.desc())
    return [(number, count) for number, count in session.execute(grouped)]


def running_cases(
    session: Session, new: Deployed, *, number: str = "", first: int = 0, count: int = 50
) -> list[RunningCase]:
    """Cases on versions other than `new` with `number` in their number, oldest first. Two statements."""
    columns = (Case.id, Case.number, Case.opened_at, Case.deployment_id, Deployment.checksum)
    statement = select(*columns).join(Deployment, Deployment.id == Case.deployment_id).where(*_running(new))
    if number:
        statement = statement.where(Case.number.contains(number, autoescape=True))
    rows = session.execute(statement.order_by(Case.opened_at, Case.id).offset(first).limit(count)).all()
    open_steps = _open_steps(session, [row.id for row in rows])
    return [
        RunningCase(row.id, row.number, version.number, row.opened_at,
                    tuple(version.diagram.elements[each].label for each in open_steps[row.id]))
        for row in rows
        for version in (deployed(session, row.deployment_id, row.checksum),)
    ]  # fmt: skip


def _running(new: Deployed) -> tuple[Any, ...]:
    return Deployment.process_id == new.process_id, Deployment.id != new.id, Case.closed_at.is_(None)


def _open_steps(session: Session, case_ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    statement = select(Task.case_id, Task.element).where(Task.case_id.in_(case_ids), Task.status == "open")
    for case_id, element in session.execute(statement.order_by(Task.opened_at, Task.id)):
        found[case_id].append(element)
    return found


@dataclass(frozen=True)
class MigrationRow:
    """A run without what came of each case."""

    id: int
    version: int  # number of the version that the cases go on in
    reason: str
    total: int
    done: int
    state: str  # waiting, done, cancelled, failed
    started_by: str
    created_at: datetime
    finished_at: datetime | None
    ended_by: str | None
    refused: int  # cases that stay where they are

    @property
    def under_way(self) -> bool:
        """Whether it may still go on."""
        return self.state == "waiting"

    @property
    def moved(self) -> int:
        """Cases that were moved."""
        return self.done - self.refused


def migration_runs(session: Session, process_id: str) -> list[MigrationRow]:
    """Runs of a process, newest first."""
    return _rows(session, MigrationRun.process_id == process_id)


def migration_run(session: Session, process_id: str, run_id: int) -> MigrationRow:
    """One of them. Raises NotFound."""
    found = _rows(session, MigrationRun.process_id == process_id, MigrationRun.id == run_id) if run_id <= _MOST else []
    if not found:
        raise NotFound
    return found[0]


def _rows(session: Session, *which: Any) -> list[MigrationRow]:
    refused = select(func.count()).where(
        MigrationResult.run_id == MigrationRun.id, MigrationResult.refused.is_not(None)
    )
    columns = (MigrationRun.id, Deployment.number, MigrationRun.reason, MigrationRun.total, MigrationRun.done,
               MigrationRun.state, Account.name, MigrationRun.created_at, MigrationRun.finished_at,
               MigrationRun.ended_by, refused.scalar_subquery())  # fmt: skip
    statement = select(*columns).join(Account, Account.id == MigrationRun.started_by)
    statement = statement.join(Deployment, Deployment.id == MigrationRun.deployment_id).where(*which)
    return [MigrationRow(*row) for row in session.execute(statement.order_by(MigrationRun.id.desc()))]


def migration_results(
    session: Session, run_id: int, *, refused: bool, first: int, count: int
) -> list[tuple[str, str | None]]:
    """Numbers of cases in order, with why they stay; `refused`: only those that stay."""
    statement = select(Case.number, MigrationResult.refused).join(Case, Case.id == MigrationResult.case_id)
    statement = statement.where(MigrationResult.run_id == run_id)
    if refused:
        statement = statement.where(MigrationResult.refused.is_not(None))
    rows = session.execute(statement.order_by(MigrationResult.place).offset(first).limit(count))
    return [(number, sentence) for number, sentence in rows]
