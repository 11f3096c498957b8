"""Deploys a diagram with its forms through the gate, as an immutable version and an event of its process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.commands.pin import pinned, pins
from engine.commands.streams import append
from engine.errors import NotFound, Refusal
from engine.history.event import canonical, digest
from engine.process import diagram as diagrams
from engine.process.gate import Finding, check, holds
from engine.process.runtime import compile_specs
from engine.store.deployments import all_deployed
from engine.store.models import Appointment, Deployment


class NotDeployable(Refusal):
    """The gate found what must be mended first. What was deployed before keeps running."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("Diagram ini belum dapat diberlakukan.")
        self.findings = findings


@dataclass(frozen=True)
class Deployed:
    """The version that is in force after the command."""

    process_id: str
    number: int
    checksum: str
    fresh: bool  # False when this very content was in force already
    warnings: list[Finding]


def deploy(
    session: Session, xml: bytes, forms: Mapping[str, Any], *, now: datetime, actor: str | None = None
) -> Deployed:
    """Put a diagram and its forms in force. Raises NotDeployable with every finding."""
    xml, forms = pinned(session, xml, forms)
    held_roles = frozenset(session.scalars(select(Appointment.role).distinct()))
    findings = check(xml, forms, held_roles or None)
    if not holds(findings):
        raise NotDeployable(findings)
    return put_in_force(session, xml, forms, findings, now=now, actor=actor)


def deploy_again(session: Session, number: int, process_id: str | None = None, *, now: datetime) -> Deployed:
    """Put an earlier version in force again, as a new one and through the same gate.

    `process_id` None: of the only process that there is. Raises NotFound (no such version, or it is not clear of which
    process), NotDeployable.
    """
    versions = [each for each in all_deployed(session) if process_id in (None, each.process_id)]
    found = [each for each in versions if each.number == number]
    if len({each.process_id for each in versions}) != 1 or not found:
        raise NotFound
    forms = {key: form.schema for key, form in found[0].forms.items()}
    return deploy(session, found[0].xml, forms, now=now)


def put_in_force(
    session: Session,
    xml: bytes,
    forms: Mapping[str, Any],
    findings: list[Finding],
    *,
    now: datetime,
    actor: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Deployed:
    """The same for a diagram that has passed the gate already, with what the gate found; `facts` go into the event."""
    diagram = diagrams.read(xml)
    checksum, stored_forms = checksum_of(xml, forms)
    latest = session.execute(
        select(Deployment.number, Deployment.checksum)
        .where(Deployment.process_id == diagram.process_id)
        .order_by(Deployment.number.desc())
        .limit(1)
    ).first()
    if latest is not None and latest.checksum == checksum:
        return Deployed(diagram.process_id, latest.number, checksum, fresh=False, warnings=findings)
    number = latest.number + 1 if latest is not None else 1
    row = {"process_id": diagram.process_id, "number": number, "checksum": checksum, "xml": xml, "forms": stored_forms,
           "specs": compile_specs(xml, diagram.process_id), "deployed_at": now}  # fmt: skip
    session.execute(insert(Deployment), row)
    stated = {"actor": actor, "number": number, "checksum": checksum, **(facts or {})}
    stated |= {"calls": calls} if (calls := pins(xml)) else {}
    append(session, f"proses/{diagram.process_id}", "process_deployed", now, stated)
    return Deployed(diagram.process_id, number, checksum, fresh=True, warnings=findings)


def checksum_of(xml: bytes, forms: Mapping[str, Any]) -> tuple[str, bytes]:
    """The checksum of a diagram with those of the forms that it uses, and these as they are stored."""
    used = {each.form_key for each in diagrams.read(xml).elements.values() if each.form_key}
    kept = {key: forms[key] for key in sorted(used) if key in forms}
    stored_forms = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return digest(canonical({"xml": digest(xml), "forms": digest(stored_forms)})), stored_forms


def read_forms(folder: Path, diagram: Path | None = None) -> dict[str, Any]:
    """Every `<key>.json` of a folder; a file that is no JSON stands as its error text, which the gate reports.

    Where two diagrams have a step in common but not its form, the other form lies in a folder within, named as the file
    of the diagram.
    """
    forms: dict[str, Any] = {}
    own = sorted((folder / diagram.stem).glob("*.json")) if diagram is not None else []
    for path in [*sorted(folder.glob("*.json")), *own]:
        try:
            forms[path.stem] = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, OSError, RecursionError) as error:
            forms[path.stem] = f"{path.name}: {error}"
    return forms
