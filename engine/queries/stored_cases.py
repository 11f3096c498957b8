"""Holds stored cases against their events: replay, state, tasks, contents; and deployments against theirs.

Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from engine.history.event import canonical, digest, moment_from
from engine.history.verify import Broken
from engine.position import position_facts
from engine.process import diagram as diagrams
from engine.process.forms import Form
from engine.process.runtime import Program, RunError, compile_specs, same_state
from engine.queries.stored_contents import check_files, check_shown, parsed_values
from engine.recorded import latest_version, with_versions
from engine.replay import Diverged, Replayed, confirm, dues_of_tasks, promised, replay
from engine.store.models import Attachment, Case, Deployment, Event, EventValue, Task

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


@dataclass(frozen=True)
class _Version:
    """A deployment made ready anew from its row."""

    program: Program
    forms: dict[str, Form]

    def form_of(self, element: str) -> Form:
        return self.forms[self.program.diagram.elements[element].form_key or element]


@dataclass
class _Rows:
    """What is stored of a case besides its own row."""

    events: list[Any] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)


class CaseCheck:
    """Checks cases one by one; keeps the programs of their deployments ready.

    `files` is the folder of the attachments; without it the disk is not looked at.
    """

    def __init__(self, session: Session, files: Path | None = None) -> None:
        self._session = session
        self._files = files
        self._versions: dict[str, _Version] = {}
        self._checksums = dict(session.execute(select(Deployment.id, Deployment.checksum)).all())

    def all(self) -> Iterator[tuple[str, Broken | None]]:
        """Every case's number with what does not hold first, None when all holds; then streams that lost their case."""
        last = ""
        while cases := self._page(last):
            last = cases[-1].id
            rows = self._rows([case.id for case in cases])
            for case in cases:
                yield case.number, self._found(case, rows[case.id])
        known = set(self._session.scalars(select(Case.id)))
        opened = select(Event.stream).where(Event.stream.startswith("kasus/"), Event.seq == 1).order_by(Event.id)
        for stream in self._session.scalars(opened):
            if stream.removeprefix("kasus/") not in known:
                yield stream, Broken(stream, "aduannya hilang dari tabel")

    def one(self, number: str) -> Broken | None:
        """What does not hold first in this case. The case must exist."""
        case = self._session.scalars(select(Case).where(Case.number == number)).one()
        return self._found(case, self._rows([case.id])[case.id])

    def _page(self, after: str) -> Sequence[Case]:
        return self._session.scalars(select(Case).where(Case.id > after).order_by(Case.id).limit(PAGE)).all()

    def _rows(self, case_ids: list[str]) -> dict[str, _Rows]:
        """The rows of some cases, in one statement a table."""
        found = {case_id: _Rows() for case_id in case_ids}
        streams = [f"kasus/{case_id}" for case_id in case_ids]
        events = select(Event.stream, Event.seq, Event.hash, Event.body).where(Event.stream.in_(streams))
        for row in self._session.execute(events.order_by(Event.stream, Event.seq)):
            found[row.stream.removeprefix("kasus/")].events.append(row)
        columns = (EventValue.stream, EventValue.seq, EventValue.name, EventValue.value)
        for value in self._session.execute(select(*columns).where(EventValue.stream.in_(streams))):
            found[value.stream.removeprefix("kasus/")].values.append(value)
        for task in self._session.scalars(select(Task).where(Task.case_id.in_(case_ids))):
            found[task.case_id].tasks.append(task)
        for file in self._session.scalars(select(Attachment).where(Attachment.case_id.in_(case_ids))):
            found[file.case_id or ""].files.append(file)
        return found

    def _version(self, checksum: str) -> _Version:
        if checksum not in self._versions:
            row = self._session.scalars(select(Deployment).where(Deployment.checksum == checksum).limit(1)).one()
            # Compiled anew from the diagram, so that nothing is taken on trust that no event covers.
            program = Program(diagrams.read(row.xml), compile_specs(row.xml, row.process_id))
            forms = {key: Form(key, schema) for key, schema in orjson.loads(row.forms).items()}
            self._versions[checksum] = _Version(program, forms)
        return self._versions[checksum]

    def _program(self, checksum: str) -> Program:
        return self._version(checksum).program

    def _found(self, case: Case, rows: _Rows) -> Broken | None:
        try:
            self._check(case, rows)
        except Diverged as diverged:
            return Broken(f"kasus/{case.id} nomor {diverged.seq}", f"diputar ulang tidak cocok: {diverged.reason}")
        except Broken as broken:
            return broken
        except (KeyError, TypeError, ValueError, RunError, NoResultFound) as error:
            return Broken(f"kasus/{case.id}", f"tidak terbaca ({error!r})")
        return None

    def _check(self, case: Case, rows: _Rows) -> None:
        events = rows.events
        where = f"{case.number} (kasus/{case.id} nomor {len(events)})"
        if not events or (case.rev, case.head) != (events[-1].seq, events[-1].hash):
            raise Broken(where, f"aduan tersimpan pada langkah {case.rev}, bukan pada ujung riwayatnya")
        bodies = [_parsed(event.body) for event in events]
        checksum, first = self._checksums[case.deployment_id], bodies[0]
        if (first["number"], first["reporter"], latest_version(bodies)) != (case.number, case.reporter_id, checksum):
            raise Broken(where, "nomor, pelapor, atau versi diagramnya bukan yang dicatat riwayatnya")
        program = self._program(first["deployment"])
        path = confirm(program, bodies, case.state, self._program) or [*replay(program, bodies, self._program)]
        last = path[-1]
        if case.position != last.digest:
            raise Broken(where, "kedudukan tersimpan bukan yang dicatat peristiwa terakhir")
        if not same_state(case.state, last.state):
            raise Broken(where, "keadaan tersimpan bukan yang lahir dari riwayat")
        _check_times(case, bodies, path, where)
        if (case.due_at, case.delivered_at) != promised(bodies, path):
            raise Broken(where, "batas waktu jawaban atau waktu penyampaiannya bukan yang dicatat")
        _check_tasks(bodies, path, rows.tasks, where)
        versions, values = [*with_versions(bodies, self._version)], parsed_values(rows.values)
        check_shown(case, versions, values, where)
        check_files(versions, values, rows.files, self._files, where)


def _check_times(case: Case, bodies: Sequence[Any], path: Sequence[Replayed], where: str) -> None:
    """When it last changed, and when and how it ended. What follows the end, an erasure, ends nothing."""
    last = path[-1]
    closing = None
    for body, at in zip(bodies, path, strict=True):
        if not at.position.completed:
            closing = None
        elif closing is None:
            closing = body
    closed = moment_from(closing["at"]) if closing is not None else None
    outcome = closing["effects"].get("outcome") if closing is not None else None
    stored = (case.changed_at, case.next_timer_at, case.closed_at, case.outcome, case.awaits)
    awaits = bool(last.position.messages)
    if stored != (moment_from(bodies[-1]["at"]), last.position.next_timer, closed, outcome, awaits):
        raise Broken(where, "waktu, batas waktu, atau hasil aduan bukan yang dicatat")


def _check_tasks(bodies: Sequence[Any], path: Sequence[Replayed], tasks: Sequence[Task], where: str) -> None:
    """Each task row must say what the events say: until when and who may do it, or who did it and when."""
    last, dues = path[-1], dues_of_tasks(path)
    expected = {task: (*facts, dues.get(task)) for task, facts in _finished(bodies).items()}
    for facts in position_facts(last.diagram, last.position, last.assignees, last.dues)["tasks"]:
        names = ("element", "lane", "unit", "assignee")
        expected[facts["id"]] = ("open", *(facts[name] for name in names), dues.get(facts["id"]))
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


def _stored(task: Task) -> tuple[Any, ...]:
    if task.status == "open":
        return ("open", task.element, task.lane, task.unit, task.assignee_id, task.due_at)
    return (task.status, task.finished_at, task.finished_by, task.due_at)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
