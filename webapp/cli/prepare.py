"""What must be there before the web starts: schema, tables, a diagram in force, in demo mode people and cases."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine.commands.deploy import NotDeployable, deploy, read_forms
from engine.commands.seed import seed_tables
from engine.commands.set_calendar import set_start_calendar
from engine.errors import NotFound
from engine.history.keys import load_signer
from engine.process import diagram as diagrams
from engine.process.gate import Finding, check, holds
from engine.process.spiff import check_injection
from engine.settings import FORMS, PROCESSES, Settings
from engine.store.database import transaction
from engine.store.deployments import all_deployed, latest_deployed
from engine.store.migrate import upgrade
from webapp.cli.demo.make import has_cases, make_demo, opening
from webapp.cli.front import complain
from webapp.cli.opened import opened
from webapp.cli.process import sentence

log = logging.getLogger(__name__)


def prepare(settings: Settings, processes: Path = PROCESSES, forms: Path = FORMS) -> None:
    """Bring everything up to date. Raises ClickException when no diagram is in force and none can be."""
    check_injection()
    upgrade(settings.database)
    load_signer(settings.keys)
    now = datetime.now(UTC)
    with opened(settings) as engine:
        with transaction(engine) as session:
            seed_tables(session)
            wants_demo = settings.demo and not has_cases(session)
            set_start_calendar(session, approved=settings.demo, now=opening(now) if wants_demo else now)
        deploy_missing(engine, processes, forms, opening(now) if wants_demo else now)
        if wants_demo:
            click.echo("Menyiapkan akun dan aduan contoh ...")
            make_demo(settings, engine, now=now)


def deploy_missing(engine: Engine, processes: Path, forms: Path, now: datetime) -> None:
    """Put in force each diagram whose process has no deployment yet: of several files the one named as the process.

    The others are kept ready for whoever wants them, and left alone.
    A broken file is named and left aside; what is in force keeps running.
    """
    broken = False
    for path in sorted(processes.glob("*.bpmn")):
        process_id = _process_id(path)
        if path.stem != process_id and (processes / f"{process_id}.bpmn").exists():
            continue
        with transaction(engine) as session:
            findings = _consider(session, path, read_forms(forms, path), now)
        if findings:
            broken = True
            _report(path, findings)
    with transaction(engine) as session:
        if not all_deployed(session):
            raise click.ClickException(
                f"Belum ada diagram yang berlaku. Perbaiki diagram dalam {processes}, lalu mulai lagi."
            )
    if broken:
        complain("Yang berlaku sebelumnya tetap berjalan.")


def _process_id(path: Path) -> str:
    try:
        return diagrams.read(path.read_bytes()).process_id
    except diagrams.DiagramError:
        return ""


def _consider(session: Session, path: Path, forms: dict[str, object], now: datetime) -> list[Finding]:
    """Deploy a file when its process has no deployment; returns what keeps it from that."""
    xml = path.read_bytes()
    try:
        diagram = diagrams.read(xml)
        version = latest_deployed(session, diagram.process_id)
    except diagrams.DiagramError:
        return check(xml, forms, None)
    except NotFound:
        return _deploy(session, xml, forms, now)
    if version.xml == xml and {key: form.schema for key, form in version.forms.items()}.items() <= forms.items():
        return []
    broken = [each for each in check(xml, forms, None) if not holds([each])]
    if not broken:
        click.echo(f"{path.name} berbeda dari versi yang berlaku. Untuk memberlakukannya: aduan process deploy {path}")
    return broken


def _deploy(session: Session, xml: bytes, forms: dict[str, object], now: datetime) -> list[Finding]:
    try:
        done = deploy(session, xml, forms, now=now)
    except NotDeployable as refused:
        return refused.findings
    log.info("deployed process %s version %s", done.process_id, done.number)
    return []


def _report(path: Path, findings: list[Finding]) -> None:
    complain(f"{path} tidak dapat diberlakukan:")
    for finding in findings:
        complain(sentence(finding))
        log.error("diagram %s is broken at %s: %s", path.name, finding.element or "(file)", finding.message)
