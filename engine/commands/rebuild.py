"""Gives a stored case again what its events lead to: state, position, tasks. On a person's order, never silently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.commands.cases import LoadedCase
from engine.errors import Incident
from engine.history.event import GENESIS, digest, moment_from
from engine.position import position_facts
from engine.process.diagram import Diagram
from engine.recorded import latest_version
from engine.replay import Diverged, Replayed, dues_of_tasks, promised, replay
from engine.store.deployments import all_deployed
from engine.store.models import Case, Event, Task

BROKEN_HISTORY = "Riwayat aduan ini sendiri tidak cocok. Jalankan aduan verify dan serahkan hasilnya kepada Auditor."


def rebuild_case(session: Session, case: LoadedCase) -> None:
    """Write the row and the tasks of a case anew from its history. Raises Incident when that does not hold itself."""
    stream = f"kasus/{case.id}"
    events = session.execute(select(Event.body, Event.hash).where(Event.stream == stream).order_by(Event.seq)).all()
    try:
        bodies = _chained(events)
        if latest_version(bodies) != case.deployed.checksum:
            raise ValueError("the row points to another version than its history")
        versions = {each.checksum: each.program for each in all_deployed(session)}
        path = [*replay(versions[bodies[0]["deployment"]], bodies, versions.__getitem__)]
        last = path[-1]
    except (ValueError, LookupError, Diverged) as error:
        raise Incident(BROKEN_HISTORY, "history") from error
    at = moment_from(bodies[-1]["at"])
    case.state, case.rev, case.head, case.position = last.state, last.seq, events[-1].hash, last.digest
    case.changed_at, case.next_timer_at = at, last.position.next_timer
    case.closed_at = moment_from(_closing(bodies)["at"]) if last.position.completed else None
    due, case.delivered_at = promised(bodies, path)
    names = ("state", "rev", "head", "position", "changed_at", "next_timer_at", "closed_at", "delivered_at")
    values = {"due_at": due, "awaits": bool(last.position.messages)} | {name: getattr(case, name) for name in names}
    session.execute(update(Case).where(Case.id == case.id).values(values))
    _write_tasks(session, case, bodies, path)


def _chained(events: Sequence[Any]) -> list[dict[str, Any]]:
    """The bodies, each of which names the one before. Raises ValueError."""
    bodies, previous = [], GENESIS
    for event in events:
        body = orjson.loads(event.body)
        if digest(bytes(event.body)) != event.hash or body["previous"] != previous:
            raise ValueError(f"event {body['seq']} does not follow the one before")
        bodies.append(body)
        previous = event.hash
    return bodies


def _closing(bodies: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The event that closed the case last."""
    return next(body for body in reversed(bodies) if "outcome" in body["effects"])


def _write_tasks(
    session: Session, case: LoadedCase, bodies: Sequence[dict[str, Any]], path: Sequence[Replayed]
) -> None:
    last, dues = path[-1], dues_of_tasks(path)
    rows = {task.id: task for task in session.scalars(select(Task).where(Task.case_id == case.id))}
    steps = zip(bodies, path, strict=True)
    opened = {facts["id"]: (facts, body, at.diagram) for body, at in steps for facts in body["effects"]["opened"]}
    for task_id, (facts, body, diagram) in opened.items():
        if task_id not in rows:
            rows[task_id] = Task(id=task_id, case_id=case.id, opened_at=moment_from(body["at"]))
            session.add(rows[task_id])
        _put(rows[task_id], facts, diagram, case)
        _finish(rows[task_id], "cancelled", None, None)
    for body in bodies:
        for task_id in body["effects"]["closed"]:
            done = body["type"] == "task_completed" and body["task"] == task_id
            _finish(rows[task_id], "done" if done else "cancelled", body, body["actor"] if done else None)
    for facts in position_facts(last.diagram, last.position, last.assignees, last.dues)["tasks"]:
        _put(rows[facts["id"]], facts, last.diagram, case)
        _finish(rows[facts["id"]], "open", None, None)
    for task_id, row in rows.items():
        row.due_at = dues.get(task_id)
    session.flush()
    case.assignees, case.dues = dict(last.assignees), dict(last.dues)
    case.open_units = {task.id: rows[task.id].unit for task in last.position.tasks}


def _put(row: Task, facts: dict[str, Any], diagram: Diagram, case: LoadedCase) -> None:
    row.element, row.lane, row.unit = facts["element"], facts["lane"], facts["unit"]
    row.owner_id = case.reporter_id if diagram.lanes[row.lane].is_reporter else None
    row.assignee_id = facts.get("assignee")


def _finish(row: Task, status: str, body: dict[str, Any] | None, by: str | None) -> None:
    row.status, row.finished_by = status, by
    row.finished_at = moment_from(body["at"]) if body is not None else None
