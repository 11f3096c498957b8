"""Holds stored cases against their events: replay, state, tasks; and deployments against theirs. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.history.event import canonical, digest, moment_from
from engine.history.verify import Broken
from engine.position import position_facts
from engine.process import diagram as diagrams
from engine.process.runtime import Program, RunError, compile_specs
from engine.replay import Diverged, Replayed, replay
from engine.store.models import Case, Deployment, Event, Task

PAGE = 100


def check_deployments(session: Session) -> Iterator[Broken]:
    """Every deployed version must be what its event says; one finding for each that is not."""
    bodies = session.scalars(select(Event.body).where(Event.stream.startswith("proses/"))).all()
    facts = [each for each in map(_parsed, bodies) if each.get("type") == "process_deployed"]
    stated = {(str(each["stream"]).removeprefix("proses/"), each["number"]): each["checksum"] for each in facts}
    rows = {(row.process_id, row.number): row for row in session.scalars(select(Deployment).order_by(Deployment.id))}
    for process_id, number in sorted(stated.keys() | rows.keys()):
        row = rows.get((process_id, number))
        where = f"proses/{process_id} versi {number}"
        if row is None or stated.get((process_id, number)) != row.checksum:
            yield Broken(where, "tidak cocok dengan peristiwa pemberlakuannya")
        elif digest(canonical({"xml": digest(row.xml), "forms": digest(row.forms)})) != row.checksum:
            yield Broken(where, "diagram atau formulirnya diubah sesudah diberlakukan")
        elif compile_specs(row.xml, process_id) != row.specs:
            yield Broken(where, "bentuk jalannya bukan yang lahir dari diagram")


class CaseCheck:
    """Checks cases one by one; keeps the programs of their deployments ready."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._programs: dict[int, tuple[str, Program]] = {}

    def all(self) -> Iterator[tuple[str, Broken | None]]:
        """Every case's number with what does not hold first, None when all holds; then streams that lost their case."""
        last = ""
        while cases := self._page(last):
            last = cases[-1].id
            streams = [f"kasus/{case.id}" for case in cases]
            events = self._by_stream(streams)
            tasks = self._tasks([case.id for case in cases])
            for case in cases:
                yield case.number, self._found(case, events.get(f"kasus/{case.id}", []), tasks.get(case.id, []))
        known = set(self._session.scalars(select(Case.id)))
        opened = select(Event.stream).where(Event.stream.startswith("kasus/"), Event.seq == 1).order_by(Event.id)
        for stream in self._session.scalars(opened):
            if stream.removeprefix("kasus/") not in known:
                yield stream, Broken(stream, "aduannya hilang dari tabel")

    def one(self, number: str) -> Broken | None:
        """What does not hold first in this case. The case must exist."""
        case = self._session.scalars(select(Case).where(Case.number == number)).one()
        stream = f"kasus/{case.id}"
        events, tasks = self._by_stream([stream]), self._tasks([case.id])
        return self._found(case, events.get(stream, []), tasks.get(case.id, []))

    def _page(self, after: str) -> Sequence[Case]:
        return self._session.scalars(select(Case).where(Case.id > after).order_by(Case.id).limit(PAGE)).all()

    def _by_stream(self, streams: list[str]) -> dict[str, list[Any]]:
        which = select(Event.stream, Event.seq, Event.hash, Event.body).where(Event.stream.in_(streams))
        found: dict[str, list[Any]] = {}
        for row in self._session.execute(which.order_by(Event.stream, Event.seq)):
            found.setdefault(row.stream, []).append(row)
        return found

    def _tasks(self, case_ids: list[str]) -> dict[str, list[Task]]:
        found: dict[str, list[Task]] = {}
        for task in self._session.scalars(select(Task).where(Task.case_id.in_(case_ids))):
            found.setdefault(task.case_id, []).append(task)
        return found

    def _program(self, deployment_id: int) -> tuple[str, Program]:
        if deployment_id not in self._programs:
            row = self._session.get_one(Deployment, deployment_id)
            # Compiled anew from the diagram, so that nothing is taken on trust that no event covers.
            program = Program(diagrams.read(row.xml), compile_specs(row.xml, row.process_id))
            self._programs[deployment_id] = row.checksum, program
        return self._programs[deployment_id]

    def _found(self, case: Case, events: Sequence[Any], tasks: Sequence[Task]) -> Broken | None:
        try:
            self._check(case, events, tasks)
        except Diverged as diverged:
            return Broken(f"kasus/{case.id} nomor {diverged.seq}", f"diputar ulang tidak cocok: {diverged.reason}")
        except Broken as broken:
            return broken
        except (KeyError, TypeError, ValueError, RunError) as error:
            return Broken(f"kasus/{case.id}", f"tidak terbaca ({error!r})")
        return None

    def _check(self, case: Case, events: Sequence[Any], tasks: Sequence[Task]) -> None:
        where = f"{case.number} (kasus/{case.id} nomor {len(events)})"
        if not events or (case.rev, case.head) != (events[-1].seq, events[-1].hash):
            raise Broken(where, f"aduan tersimpan pada langkah {case.rev}, bukan pada ujung riwayatnya")
        bodies = [_parsed(event.body) for event in events]
        checksum, program = self._program(case.deployment_id)
        first = bodies[0]
        if (first["number"], first["reporter"], first["deployment"]) != (case.number, case.reporter_id, checksum):
            raise Broken(where, "nomor, pelapor, atau versi diagramnya bukan yang dicatat saat dibuka")
        last = [*replay(program, bodies)][-1]
        if case.position != last.digest:
            raise Broken(where, "kedudukan tersimpan bukan yang dicatat peristiwa terakhir")
        if case.state != last.state:
            raise Broken(where, "keadaan tersimpan bukan yang lahir dari riwayat")
        _check_columns(case, bodies, last, where)
        _check_tasks(program, bodies, last, tasks, where)


def _check_columns(case: Case, bodies: Sequence[Any], last: Replayed, where: str) -> None:
    at = moment_from(bodies[-1]["at"])
    closed = at if last.position.completed else None
    outcome = bodies[-1]["effects"].get("outcome")
    stored = (case.changed_at, case.next_timer_at, case.closed_at, case.outcome)
    if stored != (at, last.position.next_timer, closed, outcome):
        raise Broken(where, "waktu, batas waktu, atau hasil aduan bukan yang dicatat")


def _check_tasks(program: Program, bodies: Sequence[Any], last: Replayed, tasks: Sequence[Task], where: str) -> None:
    """Each task row must say what the events say: who may do it, or who did it and when."""
    expected = _finished(bodies)
    for facts in position_facts(program.diagram, last.position, last.assignees)["tasks"]:
        names = ("element", "lane", "unit", "assignee")
        expected[facts["id"]] = ("open", *(facts[name] for name in names))
    stored = {task.id: _stored(task) for task in tasks}
    for task_id in sorted(expected.keys() | stored.keys()):
        if stored.get(task_id) != expected.get(task_id):
            raise Broken(where, f"tugas {task_id} tersimpan lain daripada yang dicatat riwayat")


def _finished(bodies: Iterable[Any]) -> dict[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    for body in bodies:
        done = body["task"] if body["type"] == "task_completed" else None
        for each in body["effects"]["closed"]:
            at = moment_from(body["at"])
            found[each] = ("done", at, body["actor"]) if each == done else ("cancelled", at, None)
    return found


def _stored(task: Task) -> tuple[str, str, str, str | None, str | None] | tuple[str, datetime | None, str | None]:
    if task.status == "open":
        return ("open", task.element, task.lane, task.unit, task.assignee_id)
    return (task.status, task.finished_at, task.finished_by)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
