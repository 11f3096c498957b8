"""One past case tried on a draft: the same way, another, or not to be told; and which of its steps are late."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from engine.dry_run.past import BESIDE, BY_HAND, Past, read_past
from engine.dry_run.sop import Sop
from engine.dry_run.trial import Trial
from engine.dry_run.ways import Parting, Way, is_end, parting, parts
from engine.process.forms import Tables
from engine.process.runtime import Program
from engine.worktime import Calendar, Duration

SAME, OTHER, UNTOLD = "sama", "lain", "tidak"
PATIENCE = 1.0  # seconds of processor time that one case may take


@dataclass(frozen=True)
class Draft:
    """What is tried, and what a try needs beside it."""

    sop: Sop
    program: Program
    calendar: Calendar  # the one in force
    tables: Tables


@dataclass(frozen=True)
class Recorded:
    """A case as its whole stream tells of it."""

    id: str
    number: str
    bodies: Sequence[Mapping[str, Any]]
    values: Mapping[int, Mapping[str, Any]]  # seq -> name -> value, without those that were erased
    sop: Sop  # the version that it ran on
    renamed: Mapping[str, str] = field(default_factory=dict)  # element of it -> the draft's, where the id was changed


@dataclass(frozen=True)
class Tried:
    """What came of one case; plain data, without anything that people typed."""

    number: str
    kind: str  # sama, lain, tidak
    text: str = ""  # where it parts, or why it cannot be told
    notes: tuple[tuple[str, str], ...] = ()  # kind (baru, hapus, isian, akhir) and sentence
    late: Mapping[str, tuple[bool, bool]] = field(default_factory=dict)  # step of the draft -> late then, late now
    total: tuple[bool, bool] | None = None  # the whole, only of a case that goes the same way

    def data(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Tried:
        """As it was stored."""
        return cls(**data)


def try_case(draft: Draft, case: Recorded, now: datetime) -> Tried:
    """Try one case. Time goes on from its last event to `now`, as it did in truth."""
    past = read_past(case.bodies, case.values, case.sop, lambda element: case.renamed.get(element, element))
    known = frozenset(case.renamed.get(each, each) for each in case.sop.tasks)
    trial = Trial(
        case.id, draft.program, case.sop, draft.sop, past, known, draft.calendar, draft.tables,
        until=time.thread_time() + PATIENCE,
    )  # fmt: skip
    trial.run(now)
    parts = _parting(past, trial)
    late = _late_steps(past, trial, now)
    if trial.stuck or (trial.halted and parts is None):
        return Tried(case.number, UNTOLD, trial.halted, _notes(past, trial), late)
    if parts is not None:
        return Tried(case.number, OTHER, parts.text, _notes(past, trial), late)
    return Tried(
        case.number, SAME, "", (*_notes(past, trial), *_ending(past, trial)), late, _late_total(past, trial, now)
    )


def _parting(past: Past, trial: Trial) -> Parting | None:
    """Compared are steps that both know: what is new or gone altogether is told of by itself."""
    old = [each for each in past.way if each in trial.new.tasks or is_end(each)]
    new = [each for each in trial.way if each in trial.known or is_end(each)]
    if trial.halted:
        old = old[: len(new)]  # how it would have gone on is not known
    else:
        new = _not_further(past, trial, old, new)
    way = (Way(old, trial.new.label), Way(new, trial.new.label))
    return parting(*way, parallel=past.parallel or trial.parallel)


def _not_further(past: Past, trial: Trial, old: list[str], new: list[str]) -> list[str]:
    """Where a case waited at a step that the draft spares it, it would only have been further: that is no other way."""
    waited = [*past.cut, [each.element for each in past.open.values()]]
    then, now = parts(old), parts(new)
    if not len(then) == len(now) == len(waited):
        return new
    kept: list[str] = []
    for was, is_, open_ in zip(then, now, waited, strict=True):
        tail = [each for each in was[-1:] if each in (BESIDE, BY_HAND)]
        body = was[: len(was) - len(tail)]
        spared = any(each not in trial.new.tasks for each in open_)
        kept += was if spared and is_[: len(body)] == body and is_[len(is_) - len(tail) :] == tail else is_
    return kept


def _notes(past: Past, trial: Trial) -> tuple[tuple[str, str], ...]:
    gone = {each.was: None for each in past.openings if each.element not in trial.new.tasks}
    told = [("hapus", f"dahulu melalui «{trial.old.label(each)}», yang tidak ada lagi") for each in gone]
    return (*trial.notes, *told)


def _ending(past: Past, trial: Trial) -> tuple[tuple[str, str], ...]:
    if past.closing is None or trial.closed is None or past.closing == trial.closed:
        return ()
    when = "lebih awal" if trial.closed < past.closing else "lebih lambat"
    return (("akhir", f"berakhir dengan hasil yang sama, tetapi {when}"),)


def _late_steps(past: Past, trial: Trial, now: datetime) -> dict[str, tuple[bool, bool]]:
    """Steps that the case goes through in both, from when they opened to when they were done, by both standards.

    The recorded times stand: nobody knows whether people would have been quicker.
    """
    seen: Counter[str] = Counter()
    found: dict[str, tuple[bool, bool]] = {}
    for each in past.openings:
        seen[each.element] += 1
        if each.element not in trial.new.tasks or seen[each.element] > trial.reached[each.element]:
            continue
        old, new = trial.old.standard_of(each.was), trial.new.standard_of(each.element)
        if old is None and new is None:
            continue
        before = found.get(each.element, (False, False))
        span = (each.opened, each.ended or now)
        late = (_late(trial.calendar, *span, old), _late(trial.calendar, *span, new))
        found[each.element] = (before[0] or late[0], before[1] or late[1])
    return found


def _late_total(past: Past, trial: Trial, now: datetime) -> tuple[bool, bool] | None:
    old, new = trial.old.total, trial.new.total
    if old is None and new is None:
        return None
    end = past.delivered or past.closed or now
    return _late(trial.calendar, past.opened, end, old), _late(trial.calendar, past.opened, end, new)


def _late(calendar: Calendar, opened: datetime, ended: datetime, standard: Duration | None) -> bool:
    return standard is not None and calendar.add(opened, standard).at < ended
