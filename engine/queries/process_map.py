"""How cases went through the diagram: frequencies, durations, ways and findings of a period, a unit, a version.

Adds up what the worker counted (engine.worker.trace); `as_of` says when that was last complete.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.mining import FLAGS, MOVED_MARK, quantile
from engine.process.diagram import Diagram
from engine.store.deployments import Deployed
from engine.store.models import CaseTrace, Heartbeat, MapCount, Reading
from engine.worktime import WIB

FOLLOWER = "trace"
STALE = timedelta(minutes=5)
_WAYS = 20
FLAG_WORDS = {
    "same_person": "Satu orang menyelesaikan langkah dari dua peran",
    "quick": "Tugas selesai kurang dari 10 detik setelah terbuka",
    "moved_by_hand": "Dipindah atau dibuka kembali di luar diagram",
    "withdrawn_late": "Ditarik setelah petugas mulai menangani",
}


@dataclass(frozen=True)
class Asked:
    """Cases filed from one day to another (in Jakarta, both included), of a unit, on a version (its id)."""

    version: int
    since: date | None = None
    until: date | None = None
    unit: str = ""


@dataclass(frozen=True)
class StepFigures:
    """A user task. Durations are working time in seconds, None where none is known."""

    element: str
    name: str
    role: str
    opened: int
    finished: int
    late: int
    median: int | None
    ninety: int | None
    waited: int | None  # median until somebody took it, of those that were taken
    share: float  # of the working time spent at all steps

    @property
    def late_share(self) -> float:
        """Of the finished ones."""
        return self.late / self.finished if self.finished else 0.0


@dataclass(frozen=True)
class Way:
    """A way that closed cases took: its code, the names of its steps, the flows, how many cases."""

    code: str
    steps: tuple[str, ...]
    flows: tuple[str, ...]
    cases: int
    beside: bool  # a token was put somewhere by hand


@dataclass(frozen=True)
class ProcessMap:
    """The figures of a page."""

    cases: int
    closed: int
    flows: dict[str, int]
    steps: list[StepFigures]  # in the order of the diagram
    ways: list[Way]  # the most frequent first
    other_ways: int  # cases on ways that are not listed
    unused: list[str]  # flows of the diagram that no case took
    findings: list[tuple[str, str, int]]  # flag, in words, cases
    as_of: datetime | None
    stale: bool

    @property
    def bottlenecks(self) -> list[StepFigures]:
        """Steps by the working time spent in them, the longest first."""
        return sorted((each for each in self.steps if each.share > 0), key=lambda each: -each.share)[:3]


def process_map(session: Session, version: Deployed, asked: Asked, now: datetime) -> ProcessMap:
    """The map of what was asked. Counts only; nothing of a single case."""
    counts = _counts(session, asked)
    as_of = session.scalar(select(Heartbeat.at).where(Heartbeat.name == FOLLOWER))
    ways = Counter({name: number for (name, _), number in counts["path"].items()})
    listed = _ways(session, version.diagram, ways)
    flows = {name: number for (name, _), number in counts["flow"].items()}
    flagged = {name: number for (name, _), number in counts["flag"].items()}
    drawn = version.diagram.flows
    return ProcessMap(
        cases=counts["cases"]["", 0],
        closed=counts["closed"]["", 0],
        flows=flows,
        steps=_steps(version.diagram, counts),
        ways=listed,
        other_ways=ways.total() - sum(each.cases for each in listed),
        unused=[_flow_words(version.diagram, each) for each in drawn if each not in flows],
        findings=[(flag, FLAG_WORDS[flag], flagged.get(flag, 0)) for flag in FLAGS],
        as_of=as_of,
        stale=as_of is None or now - as_of > STALE,
    )


_Counts = dict[str, Counter[tuple[str, int]]]


def _counts(session: Session, asked: Asked) -> _Counts:
    which = [MapCount.version == asked.version]
    if asked.since is not None:
        which.append(MapCount.day >= asked.since)
    if asked.until is not None:
        which.append(MapCount.day <= asked.until)
    if asked.unit:
        which.append(MapCount.unit == asked.unit)
    columns = MapCount.kind, MapCount.name, MapCount.bucket
    found: _Counts = defaultdict(Counter)
    for kind, name, bucket, number in session.execute(
        select(*columns, func.sum(MapCount.number)).where(*which).group_by(*columns)
    ):
        if number:
            found[kind][name, bucket] = int(number)
    return found


def _steps(diagram: Diagram, counts: _Counts) -> list[StepFigures]:
    took, waited = _histograms(counts["took"]), _histograms(counts["waited"])
    whole = counts["spent"].total()
    found = []
    for task in diagram.user_tasks:
        lengths = took.get(task.id, Counter())
        found.append(StepFigures(
            element=task.id, name=task.label, role=task.lane or "",
            opened=counts["opened"][task.id, 0], finished=lengths.total(), late=counts["late"][task.id, 0],
            median=quantile(lengths, 0.5), ninety=quantile(lengths, 0.9),
            waited=quantile(waited.get(task.id, Counter()), 0.5),
            share=counts["spent"][task.id, 0] / whole if whole else 0.0,
        ))  # fmt: skip
    return found


def _histograms(cells: Counter[tuple[str, int]]) -> dict[str, Counter[int]]:
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for (name, bucket), number in cells.items():
        found[name][bucket] = number
    return found


def _ways(session: Session, diagram: Diagram, counted: Counter[str]) -> list[Way]:
    most = counted.most_common(_WAYS)
    codes = [code for code, _ in most]
    texts: dict[str, str] = dict(
        session.execute(
            select(CaseTrace.way_code, func.min(CaseTrace.way)).where(CaseTrace.way_code.in_(codes))
            .group_by(CaseTrace.way_code)
        ).all()
    )  # fmt: skip
    return [_way(diagram, code, texts.get(code, "").split()[1:], number) for code, number in most]


def _way(diagram: Diagram, code: str, path: list[str], number: int) -> Way:
    names = []
    for each in path:
        moved = each.startswith(MOVED_MARK)
        target = each.removeprefix(MOVED_MARK) if moved else _target(diagram, each)
        element = diagram.elements.get(target)
        if element is not None and (element.kind in ("userTask", "endEvent")):
            names.append(f"(dipindah) {element.label}" if moved else element.label)
    flows = tuple(each for each in path if not each.startswith(MOVED_MARK))
    return Way(code, tuple(names), flows, number, beside=len(flows) < len(path))


def _target(diagram: Diagram, flow: str) -> str:
    drawn = diagram.flows.get(flow)
    return drawn.target if drawn is not None else ""


def _flow_words(diagram: Diagram, flow: str) -> str:
    drawn = diagram.flows[flow]
    ends = [diagram.elements[each].label or each for each in (drawn.source, drawn.target) if each in diagram.elements]
    return " → ".join(ends) + (f" ({drawn.name})" if drawn.name else "")


def identities_read(session: Session, asked: Asked) -> int:
    """Of how many cases the reporter's name and contact were opened in the period."""
    which = [Reading.kind == "identities_read", Reading.case_id != ""]
    if asked.since is not None:
        which.append(Reading.at >= datetime.combine(asked.since, time(), WIB))
    if asked.until is not None:
        which.append(Reading.at < datetime.combine(asked.until, time(), WIB) + timedelta(days=1))
    return session.scalar(select(func.count(Reading.case_id.distinct())).where(*which)) or 0
