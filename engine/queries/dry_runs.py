"""Dry runs of drafts: what is read for them, how far they are, what came out. Writes nothing."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson
import zstandard
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.dry_run import OTHER, SAME, UNTOLD, Sop, Tried
from engine.errors import NotFound
from engine.process import diagram as diagrams
from engine.process.forms import Form
from engine.queries.stored_contents import parsed_values
from engine.recorded import Values
from engine.store.deployments import Deployed, deployed
from engine.store.drafts import unpack
from engine.store.models import Account, Case, Deployment, DryRun, DryRunPart, Event, EventValue

WHOLE = ""  # stands for a step where the whole is meant
_MOST = 2**63 - 1


@dataclass(frozen=True)
class RecordedCase:
    """A case with its whole history."""

    id: str
    number: str
    version: Deployed
    bodies: list[dict[str, Any]]
    values: Values


def recorded_cases(session: Session, case_ids: Sequence[str]) -> list[RecordedCase]:
    """Histories of some cases, in this order. Three statements."""
    rows = session.execute(
        select(Case.id, Case.number, Case.deployment_id, Deployment.checksum)
        .join(Deployment, Deployment.id == Case.deployment_id)
        .where(Case.id.in_(case_ids))
    ).all()
    known = {row.id: row for row in rows}
    streams = [f"kasus/{each}" for each in case_ids]
    bodies: dict[str, list[dict[str, Any]]] = defaultdict(list)
    events = select(Event.stream, Event.body).where(Event.stream.in_(streams)).order_by(Event.stream, Event.seq)
    for event in session.execute(events):
        bodies[event.stream].append(orjson.loads(event.body))
    values: dict[str, list[Any]] = defaultdict(list)
    columns = (EventValue.stream, EventValue.seq, EventValue.name, EventValue.value)
    for value in session.execute(select(*columns).where(EventValue.stream.in_(streams))):
        values[value.stream].append(value)
    return [
        RecordedCase(row.id, row.number, deployed(session, row.deployment_id, row.checksum),
                     bodies[f"kasus/{row.id}"], parsed_values(values[f"kasus/{row.id}"]))
        for row in (known[each] for each in case_ids if each in known)
    ]  # fmt: skip


@dataclass(frozen=True)
class RunRow:
    """A dry run without what came out."""

    id: int
    process_id: str
    draft_id: int
    rev: int
    choice: str
    total: int
    done: int
    state: str  # waiting, done, cancelled, failed
    started_by: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def under_way(self) -> bool:
        """Whether it may still go on."""
        return self.state == "waiting"


def dry_runs(session: Session, process_id: str, draft_id: int) -> list[RunRow]:
    """Dry runs of a draft, newest first."""
    return _rows(session, DryRun.draft_id == draft_id, DryRun.process_id == process_id)


def dry_run(session: Session, process_id: str, draft_id: int, run_id: int) -> RunRow:
    """One of them. Raises NotFound."""
    mine = (DryRun.id == run_id, DryRun.draft_id == draft_id, DryRun.process_id == process_id)
    found = _rows(session, *mine) if max(run_id, draft_id) <= _MOST else []
    if not found:
        raise NotFound
    return found[0]


def _rows(session: Session, *which: Any) -> list[RunRow]:
    columns = (DryRun.id, DryRun.process_id, DryRun.draft_id, DryRun.rev, DryRun.choice, DryRun.total, DryRun.done,
               DryRun.state, Account.name, DryRun.created_at, DryRun.finished_at)  # fmt: skip
    statement = select(*columns).join(Account, Account.id == DryRun.started_by).where(*which)
    return [RunRow(*row) for row in session.execute(statement.order_by(DryRun.id.desc()))]


# ---- what came out ----


@dataclass(frozen=True)
class Group:
    """Cases of which the same is to be said. `key` names it in addresses."""

    key: str
    text: str
    numbers: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many."""
        return len(self.numbers)


@dataclass(frozen=True)
class StepRow:
    """How a step, or the whole, stands against its time: then and by the draft."""

    element: str
    label: str
    old: str  # the SOP's time in the version that the draft began from
    new: str
    numbers: list[str]  # all cases that it was told of
    late_then: Group
    late_now: Group
    becoming: Group  # late now, and not then
    recovering: Group  # late then, and not now


@dataclass(frozen=True)
class Results:
    """What a dry run found, so far."""

    same: int
    other: int
    untold: int
    steps: list[StepRow]  # in the order of the diagram, the whole last
    partings: list[Group]  # where cases go another way, the most frequent first
    reasons: list[Group]  # why cases could not be tried
    notes: dict[str, list[Group]]  # by kind: baru, hapus, isian, akhir

    @cached_property
    def groups(self) -> dict[str, Group]:
        """All groups by key."""
        found = [*self.partings, *self.reasons, *(each for kind in self.notes.values() for each in kind)]
        for row in self.steps:
            found += [row.late_then, row.late_now, row.becoming, row.recovering]
        return {each.key: each for each in found}


def results(session: Session, run: RunRow) -> Results:
    """What came out, as far as it is done."""
    parts = session.scalars(select(DryRunPart.content).where(DryRunPart.run_id == run.id).order_by(DryRunPart.place))
    tried = [Tried.from_data(each) for part in parts for each in orjson.loads(zstandard.decompress(part))]
    kinds = [each.kind for each in tried]
    noted = {kind: None for each in tried for kind, _ in each.notes}
    notes = {
        kind: _grouped(kind, ((text, each.number) for each in tried for k, text in each.notes if k == kind))
        for kind in noted
    }
    return Results(
        same=kinds.count(SAME),
        other=kinds.count(OTHER),
        untold=kinds.count(UNTOLD),
        steps=list(_steps(session, run, tried)),
        partings=_grouped("jalan", ((each.text, each.number) for each in tried if each.kind == OTHER)),
        reasons=_grouped("alasan", ((each.text, each.number) for each in tried if each.kind == UNTOLD)),
        notes=notes,
    )


def _grouped(kind: str, told: Iterable[tuple[str, str]]) -> list[Group]:
    found: dict[str, list[str]] = defaultdict(list)
    for text, number in told:
        found[text].append(number)
    ordered = sorted(found.items(), key=lambda each: (-len(each[1]), each[0]))
    return [Group(f"{kind}-{_short(text)}", text, sorted(numbers)) for text, numbers in ordered]


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _steps(session: Session, run: RunRow, tried: Sequence[Tried]) -> Iterator[StepRow]:
    new, old = _drawn(session, run)
    late: dict[str, list[tuple[str, bool, bool]]] = defaultdict(list)
    for each in tried:
        for element, (then, now) in each.late.items():
            late[element].append((each.number, then, now))
        if each.total is not None:
            late[WHOLE].append((each.number, *each.total))
    for task in new.diagram.user_tasks:
        if task.id in late:
            before = old.diagram.elements.get(task.id) if old is not None else None
            was = before.properties.get("waktu", "") if before is not None else ""
            yield _row(task.id, task.label, was, task.properties.get("waktu", ""), late[task.id])
    if WHOLE in late:
        was = old.diagram.properties.get("waktu_total", "") if old is not None else ""
        yield _row(WHOLE, "Seluruhnya, sampai dijawab", was, new.diagram.properties.get("waktu_total", ""), late[WHOLE])


def _row(element: str, label: str, old: str, new: str, late: Sequence[tuple[str, bool, bool]]) -> StepRow:
    def group(kind: str, text: str, numbers: Iterable[str]) -> Group:
        return Group(f"{kind}-{element}", f"{label}: {text}", sorted(numbers))

    return StepRow(
        element, label, old, new, sorted(number for number, _, _ in late),
        late_then=group("dahulu", "dahulu terlambat", (each for each, then, _ in late if then)),
        late_now=group("kini", "menurut draf terlambat", (each for each, _, now in late if now)),
        becoming=group("menjadi", "menjadi terlambat", (each for each, then, now in late if now and not then)),
        recovering=group("pulih", "tidak lagi terlambat", (each for each, then, now in late if then and not now)),
    )  # fmt: skip


def _drawn(session: Session, run: RunRow) -> tuple[Sop, Sop | None]:
    """The draft that was tried, and the version in force when it was: the newest one older than the run."""
    xml, forms = unpack(session.scalars(select(DryRun.content).where(DryRun.id == run.id)).one())
    new = Sop(diagrams.read(xml), {key: Form(key, schema) for key, schema in forms.items()})
    which = (Deployment.process_id == run.process_id, Deployment.deployed_at <= run.created_at)
    newest = select(Deployment.id, Deployment.checksum).where(*which).order_by(Deployment.number.desc()).limit(1)
    row = session.execute(newest).first()
    old = deployed(session, row.id, row.checksum) if row is not None else None
    return new, Sop(old.diagram, old.forms) if old is not None else None
