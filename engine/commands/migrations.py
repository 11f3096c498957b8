"""Many running cases go on in the version in force: looked at first, asked for, called off. The worker moves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, insert, select, update
from sqlalchemy.orm import Session

from engine.access import PROCESS_OWNER, Actor
from engine.commands.cases import load_by_id
from engine.commands.migrate_case import adopted
from engine.commands.reasons import check_reason
from engine.commands.runs import CANCELLED, WAITING, add_run_job, pack_cases
from engine.errors import Conflict, Incident, NotFound
from engine.store.deployments import Deployed, latest_deployed
from engine.store.models import Case, Deployment, MigrationRun

KIND = "migration"  # of the job that does it
HELD_UP = "Aduan ini tertahan karena gangguan. Pulihkan dahulu pada halaman Aduan tertahan."


@dataclass(frozen=True)
class Preview:
    """What would come of a case: the steps that stay open and what is newly known there, or why it cannot move."""

    refused: str | None
    open: tuple[str, ...] = ()  # names of the open steps, in the version in force
    newly_read: tuple[str, ...] = ()  # names of fields that only that version reads, found in the history


def preview_migration(session: Session, case_id: str, new: Deployed, *, now: datetime) -> Preview:
    """What would come of one case. Writes nothing. Raises NotFound."""
    case = load_by_id(session, case_id)
    try:
        step, facts = adopted(session, case, new, case.moment(now))
    except Conflict as wrong:
        return Preview(wrong.message)
    except Incident:
        return Preview(HELD_UP)
    names = tuple(new.diagram.elements[each.element].label for each in step.position.tasks)
    return Preview(None, names, tuple(sorted(facts["set"])))


def start_migration(
    session: Session, actor: Actor, process_id: str, numbers: Sequence[str] | None, reason: str, *, now: datetime
) -> int:
    """Ask that running cases (None: all on earlier versions) go on in the version in force. Returns the run's id.

    Raises NotFound, Rejected (reason, no case), Conflict (a run is under way).
    """
    _owner(actor)
    new = latest_deployed(session, process_id)
    found = session.scalars(_on_earlier_versions(new, numbers)).all()
    check_reason(reason, pilihan=None if found else "Pilih paling sedikit satu aduan yang belum selesai.")
    if session.scalar(select(MigrationRun.id).where(*_under_way(process_id)).limit(1)) is not None:
        raise Conflict("Masih ada pemindahan yang berjalan. Tunggu selesai, atau hentikan dahulu.")
    row = {"process_id": process_id, "deployment_id": new.id, "reason": reason.strip(), "started_by": actor.account_id,
           "cases": pack_cases(found), "total": len(found), "done": 0, "state": WAITING, "created_at": now}  # fmt: skip
    made = session.execute(insert(MigrationRun).returning(MigrationRun.id), row).scalar_one()
    add_run_job(session, KIND, made, now)
    return made


def cancel_migration(session: Session, actor: Actor, process_id: str, run_id: int, *, now: datetime) -> None:
    """Call a run off; cases that were moved stay moved. Raises NotFound, Conflict (it has ended)."""
    _owner(actor)
    which = (MigrationRun.id == run_id, *_under_way(process_id))
    done = session.execute(update(MigrationRun).where(*which).values(state=CANCELLED, finished_at=now))
    if cast("CursorResult[Any]", done).rowcount != 1:
        raise Conflict("Pemindahan ini sudah berakhir.")


def _on_earlier_versions(new: Deployed, numbers: Sequence[str] | None) -> Any:
    """SQL: ids of running cases of the process that are not on its version in force, oldest first."""
    running = (
        select(Case.id)
        .join(Deployment, Deployment.id == Case.deployment_id)
        .where(Deployment.process_id == new.process_id, Deployment.id != new.id, Case.closed_at.is_(None))
        .order_by(Case.opened_at, Case.id)
    )
    return running if numbers is None else running.where(Case.number.in_(numbers))


def _under_way(process_id: str) -> tuple[Any, Any]:
    return MigrationRun.process_id == process_id, MigrationRun.state == WAITING


def _owner(actor: Actor) -> None:
    if not actor.holds(PROCESS_OWNER):
        raise NotFound
