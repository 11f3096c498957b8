"""A small office to measure in: a fresh database with the SOP in force and one person for each lane."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from engine.access import Actor
from engine.commands.accounts import give_appointment, register_account
from engine.commands.deploy import deploy, read_forms
from engine.commands.seed import seed_tables
from engine.process.diagram import Diagram, Lane
from engine.queries.actors import actor_of_account
from engine.settings import FORMS, PROCESSES
from engine.store.database import open_database, transaction
from engine.store.deployments import latest_deployed
from engine.store.migrate import upgrade
from tests.rig.postgres import find_programs, private_server

STORAGES = ("sqlite", "postgresql")
PASSWORD = "sandi-bangku-ukur"  # noqa: S105  # of accounts that live as long as the measurement
DIAGRAM = PROCESSES / "aduan.bpmn"
VALUES: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "isian.json").read_text("utf-8"))


@dataclass(frozen=True)
class Office:
    """A database ready for cases, and who acts in each lane."""

    storage: str
    url: str
    database: Engine
    diagram: Diagram
    people: dict[str, Actor]  # by lane
    reporter: Actor


@contextmanager
def new_office(storage: str) -> Iterator[Office]:
    """Set up an office on `sqlite` or `postgresql`; everything of it is gone afterwards.

    Raises FileNotFoundError when PostgreSQL is not installed.
    """
    with _new_url(storage) as url:
        upgrade(url)
        database = open_database(url)
        try:
            yield furnish(storage, url, database)
        finally:
            database.dispose()


def usable_storages() -> tuple[str, ...]:
    """The storages that this machine can run."""
    return STORAGES if find_programs() else STORAGES[:1]


@contextmanager
def _new_url(storage: str) -> Iterator[str]:
    if storage == "sqlite":
        with tempfile.TemporaryDirectory(prefix="aduan-bench-") as folder:
            yield f"sqlite:///{folder}/aduan.db"
        return
    with private_server(durable=True) as server:
        server.execute("CREATE DATABASE aduan")
        yield server.url("aduan")


def furnish(storage: str, url: str, database: Engine) -> Office:
    """Put the SOP in force in a migrated database and appoint one person for each of its lanes."""
    now = datetime.now(UTC)
    with transaction(database) as session:
        seed_tables(session)
        process_id = deploy(session, DIAGRAM.read_bytes(), read_forms(FORMS), now=now).process_id
    with transaction(database) as session:
        diagram = latest_deployed(session, process_id).diagram
    people = {name: _person(database, lane, now) for name, lane in diagram.lanes.items()}
    reporter = next(people[name] for name, lane in diagram.lanes.items() if lane.is_reporter)
    return Office(storage, url, database, diagram, people, reporter)


def contact_of(lane: Lane) -> str:
    """What the person of a lane logs in with."""
    return f"{lane.id.replace('_', '.')}@ukur.test"


def _person(database: Engine, lane: Lane, now: datetime) -> Actor:
    with transaction(database) as session:
        account = register_account(session, name=lane.name, contact=contact_of(lane), password=PASSWORD, now=now)
        if not lane.is_reporter:
            unit = _value_of(lane.unit_variable) if lane.unit_variable else None
            first_day = date(2026, 1, 1)
            give_appointment(session, account, role=lane.name, unit=unit, now=now, valid_from=first_day)
        actor = actor_of_account(session, account, now)
    assert actor is not None
    return actor


def _value_of(variable: str) -> str:
    return next(str(values[variable]) for values in VALUES.values() if variable in values)
