"""Dry runs of a draft on past cases: asked for and called off. The worker does them; nothing here touches a case."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, insert, select, update
from sqlalchemy.orm import Session

from engine.access import PROCESS_OWNER, Actor
from engine.commands.deploy import NotDeployable
from engine.commands.runs import CANCELLED, WAITING, add_run_job, pack_cases
from engine.errors import Conflict, NotFound, Rejected
from engine.process import diagram as diagrams
from engine.process.gate import Finding, check, holds
from engine.process.gate.findings import error
from engine.store.drafts import DraftContent, draft, pack
from engine.store.models import Appointment, Case, Deployment, DryRun, DryRunPart

KIND = "dry_run"  # of the job that does it
YEAR = timedelta(days=365)
CHOICES: dict[str, tuple[timedelta, int | None]] = {  # how far back, and how many of these
    "contoh_200": (YEAR, 200),
    "contoh_1000": (YEAR, 1000),
    "tiga_bulan": (timedelta(days=92), None),
    "setahun": (YEAR, None),
}
KEPT = 20  # newest dry runs of a draft


def start_dry_run(session: Session, actor: Actor, process_id: str, draft_id: int, choice: str, *, now: datetime) -> int:
    """Ask for a dry run of the draft as last saved; one of CHOICES. Returns its id.

    Raises NotFound, NotDeployable (the gate refuses the draft), Conflict (one is under way), Rejected (no such choice,
    no cases).
    """
    _owner(actor)
    found = draft(session, process_id, draft_id)
    if found.draft.state == "discarded":
        raise Conflict("Draf ini sudah dibuang.")
    if choice not in CHOICES:
        raise Rejected({"pilihan": "Pilih salah satu."}, "Pilih aduan mana yang dipakai untuk uji.")
    under_way = select(DryRun.id).where(DryRun.draft_id == draft_id, DryRun.state == WAITING)
    if session.scalar(under_way.limit(1)) is not None:
        raise Conflict("Masih ada uji draf ini yang berjalan. Tunggu selesai, atau hentikan dahulu.")
    _check(session, process_id, found)
    cases = _chosen(session, process_id, choice, now)
    if not cases:
        raise Rejected({"pilihan": "Tidak ada aduan."}, "Tidak ada aduan dalam masa itu, jadi tidak ada yang diuji.")
    row = {"process_id": process_id, "draft_id": draft_id, "rev": found.rev, "content": pack(found.xml, found.forms),
           "choice": choice, "cases": pack_cases(cases), "total": len(cases), "done": 0, "state": WAITING,
           "started_by": actor.account_id, "created_at": now}  # fmt: skip
    made = session.execute(insert(DryRun).returning(DryRun.id), row).scalar_one()
    add_run_job(session, KIND, made, now)
    _forget_old(session, draft_id)
    return made


def cancel_dry_run(session: Session, actor: Actor, run_id: int, *, now: datetime) -> None:
    """Call a dry run off; what was found so far stays. Raises NotFound, Conflict (it has ended)."""
    _owner(actor)
    values = {"state": CANCELLED, "finished_at": now}
    done = session.execute(update(DryRun).where(DryRun.id == run_id, DryRun.state == WAITING).values(values))
    if cast("CursorResult[Any]", done).rowcount != 1:
        raise Conflict("Uji ini sudah berakhir.")


def _owner(actor: Actor) -> None:
    if not actor.holds(PROCESS_OWNER):
        raise NotFound


def _check(session: Session, process_id: str, found: DraftContent) -> None:
    """What the gate refuses never reaches the engine, which trusts the diagrams that it runs."""
    held = frozenset(session.scalars(select(Appointment.role).distinct()))
    findings: list[Finding] = check(found.xml, found.forms, held or None)
    if holds(findings) and (drawn := diagrams.read(found.xml).process_id) != process_id:
        findings = [error(f"Kode proses harus tetap «{process_id}»; dalam gambar ini tertulis «{drawn}».", drawn)]
    if not holds(findings):
        raise NotDeployable(findings)


def _chosen(session: Session, process_id: str, choice: str, now: datetime) -> Sequence[str]:
    back, limit = CHOICES[choice]
    cases = session.scalars(
        select(Case.id)
        .join(Deployment, Deployment.id == Case.deployment_id)
        .where(Deployment.process_id == process_id, Case.opened_at > now - back, Case.opened_at <= now)
        .order_by(Case.opened_at, Case.id)
    ).all()
    if limit is None or len(cases) <= limit:
        return cases
    # Always the same sample, as far as the cases are the same: what two drafts lead to can be compared.
    drawn = set(sorted(cases, key=lambda case: hashlib.sha256(f"uji/{case}".encode()).digest())[:limit])
    return [case for case in cases if case in drawn]


def _forget_old(session: Session, draft_id: int) -> None:
    ended = select(DryRun.id).where(DryRun.draft_id == draft_id, DryRun.state != WAITING)
    old = session.scalars(ended.order_by(DryRun.id.desc()).offset(KEPT)).all()
    if old:
        session.execute(delete(DryRunPart).where(DryRunPart.run_id.in_(old)))
        session.execute(delete(DryRun).where(DryRun.id.in_(old)))
