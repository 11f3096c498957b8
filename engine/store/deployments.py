"""Deployments read from the database and kept ready to run; knows nothing of cases."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.process import diagram as diagrams
from engine.process.diagram import Diagram, Element, Lane
from engine.process.forms import Form
from engine.process.runtime import Program
from engine.store.models import Base, Deployment
from engine.worktime import Calendar, Duration


@dataclass(frozen=True)
class Deployed:
    """An immutable version of a diagram with its forms, ready to run."""

    id: int
    process_id: str
    number: int
    checksum: str
    deployed_at: datetime
    xml: bytes
    diagram: Diagram
    forms: dict[str, Form]
    program: Program

    def form_of(self, element: str) -> Form:
        """The form of a user task."""
        return self.forms[self.diagram.elements[element].form_key or element]

    def lane_of(self, element: str) -> Lane | None:
        """The lane of a task."""
        return self.diagram.lanes.get(self.diagram.elements[element].lane or "")

    def due_of(self, element: str, opened: datetime, calendar: Calendar) -> datetime | None:
        """When a task that opens now is due; None in a lane without deadlines, or without a readable `waktu`."""
        lane, standard = self.lane_of(element), self.standard_of(element)
        return None if standard is None or (lane and lane.no_deadline) else calendar.add(opened, standard).at

    def standard_of(self, element: str) -> Duration | None:
        """The SOP's time for a task (Mutu Baku)."""
        drawn = self.diagram.elements.get(element)  # a case may have done it in another version
        return _duration(drawn.properties.get("waktu", "")) if drawn is not None else None

    @property
    def total(self) -> Duration | None:
        """The SOP's time for the whole, from filing until the answer is delivered."""
        return _duration(self.diagram.properties.get("waktu_total", ""))

    @property
    def first_task(self) -> Element:
        """The task whose form opens a case; the gate has made sure that there is one."""
        first = self.diagram.first_task
        if first is None:
            raise NotFound
        return first


@lru_cache(maxsize=1000)
def _duration(text: str) -> Duration | None:
    try:
        return Duration.parse(text)
    except ValueError:
        return None


_TABLE = Base.metadata.tables["deployment"]
_ALL = select(_TABLE.c.id, _TABLE.c.checksum).order_by(_TABLE.c.id)  # built once: every request asks it
_ready: dict[tuple[int, str], Deployed] = {}
_lock = threading.Lock()


def deployed(session: Session, deployment_id: int, checksum: str) -> Deployed:
    """The deployment, from memory after its first use: it can never change under its checksum."""
    found = _ready.get((deployment_id, checksum))
    if found is None:
        row = session.get_one(Deployment, deployment_id)
        found = _load(row)
        with _lock:
            found = _ready.setdefault((deployment_id, row.checksum), found)
    return found


def _load(row: Deployment) -> Deployed:
    diagram = diagrams.read(row.xml)
    return Deployed(
        id=row.id,
        process_id=row.process_id,
        number=row.number,
        checksum=row.checksum,
        deployed_at=row.deployed_at,
        xml=row.xml,
        diagram=diagram,
        forms={key: Form(key, schema) for key, schema in orjson.loads(row.forms).items()},
        program=Program(diagram, row.specs),
    )


def all_deployed(session: Session) -> list[Deployed]:
    """Every deployment, oldest first."""
    return [deployed(session, row.id, row.checksum) for row in session.execute(_ALL).all()]


def deployment_times(session: Session, process_id: str) -> list[tuple[int, datetime]]:
    """Number of each version and when it came into force, oldest first."""
    statement = select(Deployment.number, Deployment.deployed_at).where(Deployment.process_id == process_id)
    return [(row.number, row.deployed_at) for row in session.execute(statement.order_by(Deployment.number))]


def latest_deployed(session: Session, process_id: str) -> Deployed:
    """The version in force. Raises NotFound when the process was never deployed."""
    statement = select(Deployment.id, Deployment.checksum).where(Deployment.process_id == process_id)
    row = session.execute(statement.order_by(Deployment.number.desc()).limit(1)).first()
    if row is None:
        raise NotFound
    return deployed(session, row.id, row.checksum)
