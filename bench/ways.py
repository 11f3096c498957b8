"""Three ways to take one durable step of a case: bare statements, the library with its whole JSON, and ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

import SpiffWorkflow.bpmn.specs.event_definitions.timer as spiff_timer
import SpiffWorkflow.task as spiff_task
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    event,
    insert,
    select,
    update,
)

from bench.office import DIAGRAM, VALUES, Office
from engine.commands.complete_task import complete_task
from engine.commands.open_case import open_case
from engine.store.database import transaction
from engine.store.models import Task

METADATA = MetaData()
BARE = Table(
    "bench_bare",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("state", LargeBinary, nullable=False),
    Column("rev", Integer, nullable=False),
)
BARE_LOG = Table(
    "bench_bare_log",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(32), nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)
WHOLE = Table(
    "bench_whole",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("workflow", Text, nullable=False),
)
WHOLE_HISTORY = Table(
    "bench_whole_history",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("case_id", String(32), nullable=False, index=True),
    Column("element", Text, nullable=False),
    Column("actor", String(32), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("form", Text, nullable=False),
)


class Way(Protocol):
    """One way of doing it. A case is known by an id; what a step needs is looked up before the clock runs."""

    name: str

    def open(self) -> str:
        """File a case up to its first step by staff (not timed); its id."""

    def next_step(self, case: str) -> Any:
        """What `take` needs for the case's next step, None when it is over (not timed)."""

    def take(self, step: Any) -> None:
        """Load, complete, save, commit: what is timed."""


class Floor:
    """The least a durable step could be: one SELECT, one UPDATE, one INSERT, COMMIT."""

    name = "floor"

    def __init__(self, office: Office) -> None:
        self.database = office.database
        self.state = bytes(range(256)) * 6  # about the size of our compressed state
        self.body = bytes(range(256)) * 4  # about the size of an event
        METADATA.create_all(self.database)

    def open(self) -> str:
        """A row."""
        case = uuid4().hex
        with self.database.begin() as connection:
            connection.execute(insert(BARE), {"id": case, "state": self.state, "rev": 1})
        return case

    def next_step(self, case: str) -> str:
        """The row itself: there is always a next step."""
        return case

    def take(self, step: str) -> None:
        """The three statements."""
        with self.database.begin() as connection:
            row = connection.execute(select(BARE.c.state, BARE.c.rev).where(BARE.c.id == step)).one()
            connection.execute(update(BARE).where(BARE.c.id == step).values(state=row.state, rev=row.rev + 1))
            connection.execute(insert(BARE_LOG), {"case_id": step, "body": self.body})


@dataclass(frozen=True)
class _WholeStep:
    case: str
    task: UUID
    element: str


class WholeJson:
    """SpiffWorkflow as its manual shows it: form data in the task, the whole workflow as JSON, one history row."""

    name = "whole_json"

    def __init__(self, office: Office) -> None:
        self.database = office.database
        self.actor = office.reporter.account_id
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))
        parser = SpiffBpmnParser()
        # The bare library knows no working calendar.
        parser.add_bpmn_str(DIAGRAM.read_bytes().replace(b"hari_kerja(10)", b'"P14D"'))
        self.spec = parser.get_spec(office.diagram.process_id)
        METADATA.create_all(self.database)

    def open(self) -> str:
        """A case with its first form filled in."""
        with _as_delivered():
            workflow = BpmnWorkflow(self.spec, script_engine=PythonScriptEngine())
            workflow.do_engine_steps()
            self._complete(workflow, _waiting(workflow).id)
            case = uuid4().hex
            with self.database.begin() as connection:
                row = {"id": case, "workflow": self.serializer.serialize_json(workflow)}
                connection.execute(insert(WHOLE), row)
        return case

    def next_step(self, case: str) -> _WholeStep | None:
        """Look up the waiting task."""
        with _as_delivered(), self.database.begin() as connection:
            stored = connection.execute(select(WHOLE.c.workflow).where(WHOLE.c.id == case)).scalar_one()
            workflow = self.serializer.deserialize_json(stored)
            if workflow.is_completed():
                return None
            task = _waiting(workflow)
            return _WholeStep(case, task.id, task.task_spec.bpmn_id)

    def take(self, step: _WholeStep) -> None:
        """Load everything, complete, save everything."""
        with _as_delivered(), self.database.begin() as connection:
            stored = connection.execute(select(WHOLE.c.workflow).where(WHOLE.c.id == step.case)).scalar_one()
            workflow = self.serializer.deserialize_json(stored)
            workflow.script_engine = PythonScriptEngine()
            self._complete(workflow, step.task)
            saved = self.serializer.serialize_json(workflow)
            connection.execute(update(WHOLE).where(WHOLE.c.id == step.case).values(workflow=saved))
            row = {"case_id": step.case, "element": step.element, "actor": self.actor, "at": datetime.now(UTC),
                   "form": json.dumps(VALUES[step.element])}  # fmt: skip
            connection.execute(insert(WHOLE_HISTORY), row)

    def _complete(self, workflow: BpmnWorkflow, task_id: UUID) -> None:
        task = workflow.get_task_from_id(task_id)
        task.data.update(VALUES[task.task_spec.bpmn_id])
        task.run()
        workflow.do_engine_steps()


def _waiting(workflow: BpmnWorkflow) -> Any:
    return next(iter(workflow.get_tasks(state=TaskState.READY, manual=True)))


@contextmanager
def _as_delivered() -> Iterator[None]:
    """Inside, the library draws ids and time from the machine again, as it does without our engine."""
    import time

    kept = (spiff_task.uuid4, spiff_task.time, spiff_timer.datetime)
    spiff_task.uuid4, spiff_task.time, spiff_timer.datetime = uuid4, time, datetime
    try:
        yield
    finally:
        spiff_task.uuid4, spiff_task.time, spiff_timer.datetime = kept


@dataclass(frozen=True)
class _OurStep:
    task: str
    element: str
    lane: str


class Ours:
    """`complete_task`: permission, event with salted digests, compare-and-set, form values, task rows."""

    name = "ours"

    def __init__(self, office: Office) -> None:
        self.office = office
        self.database = office.database

    def open(self) -> str:
        """A case filed by the reporter."""
        reporter, process_id = self.office.reporter, self.office.diagram.process_id
        first = self.office.diagram.first_task
        assert first is not None
        with transaction(self.database) as session:
            return open_case(session, reporter, process_id, VALUES[first.id], now=datetime.now(UTC)).case_id

    def next_step(self, case: str) -> _OurStep | None:
        """The open task."""
        waiting = select(Task.id, Task.element, Task.lane).where(Task.case_id == case, Task.status == "open")
        # Not connect(): it ends in a ROLLBACK, at which psycopg forgets every prepared statement.
        with self.database.begin() as connection:
            row = connection.execute(waiting).first()
        return _OurStep(row.id, row.element, row.lane) if row else None

    def take(self, step: _OurStep) -> None:
        """The command, in its transaction."""
        with transaction(self.database) as session:
            complete_task(
                session,
                self.office.people[step.lane],
                step.task,
                VALUES[step.element],
                now=datetime.now(UTC),
                key=uuid4().hex,
            )


WAYS = (Floor, WholeJson, Ours)


@contextmanager
def counted(database: Engine) -> Iterator[list[str]]:
    """The statements that the database is sent inside."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(database, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database, "before_cursor_execute", note)
