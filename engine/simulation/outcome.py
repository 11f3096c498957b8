"""What a simulation led to, to be kept with a scenario, and how two of them differ in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from engine.simulation.situation import Deadline, Passed, Situation
from engine.simulation.words import joined, when

_SHOWN = 8  # steps of a path in one sentence
_DEADLINES = 6  # sentences about them


@dataclass(frozen=True)
class Outcome:
    """The path, how it ended or who is waited for, and when things were due."""

    path: tuple[Passed, ...]
    deadlines: tuple[Deadline, ...]
    ended: bool
    outcome: str
    waiting: tuple[str, ...]  # names of open tasks
    stopped: str = ""  # why the rest could not be done
    stopped_at: str = ""  # name of the step at which

    def data(self) -> dict[str, Any]:
        """As plain JSON data."""
        due = [{**asdict(each), "due": each.due.isoformat()} for each in self.deadlines]
        return {**asdict(self), "deadlines": due}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Outcome:
        """What `data` wrote."""
        due = tuple(Deadline(**each | {"due": datetime.fromisoformat(each["due"])}) for each in data["deadlines"])
        path = tuple(Passed(**each) for each in data["path"])
        return cls(**data | {"path": path, "deadlines": due, "waiting": tuple(data["waiting"])})

    @property
    def end(self) -> str:
        """Where it stands, in words."""
        if self.ended:
            return f"selesai: {self.outcome}"
        return f"menunggu {joined(self.waiting)}" if self.waiting else "belum selesai"

    @property
    def steps(self) -> str:
        """The whole path in words."""
        return _arrows([each.name for each in self.path])


def outcome_of(situation: Situation, actions: int) -> Outcome:
    """What is kept of a simulation of so many actions."""
    stopped = "" if situation.applied >= actions and not situation.findings else _reason(situation)
    names = {each.element: each.name for each in situation.tasks}
    at = names.get(situation.element) or next(iter(names.values()), "")
    waiting = tuple(dict.fromkeys(each.name for each in situation.tasks))
    return Outcome(
        situation.path, situation.deadlines, situation.ended, situation.outcome, waiting, stopped, at if stopped else ""
    )


def _reason(situation: Situation) -> str:
    if situation.findings:
        return f"diagram belum dapat dijalankan: {situation.findings[0]}"
    if not situation.errors:
        return _lower(situation.problem)
    told = [
        f"isian «{situation.fields.get(name, name)}» {_lower(message)}" for name, message in situation.errors.items()
    ]
    return "; ".join(each.rstrip(". ") for each in told) + "."


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


def differences(before: Outcome, after: Outcome) -> list[str]:
    """How `after` differs from `before`, one sentence each; empty when both lead the same way in the same time."""
    said = []
    if not _same_path(before.path, after.path) or _stop(before) != _stop(after):
        said.append(_path_sentence(before, after))
    elif before.end != after.end:
        said.append(f"Akhirnya dahulu {before.end}; sekarang {after.end}.")
    changed = _deadline_sentences(before.deadlines, after.deadlines)
    more = len(changed) - _DEADLINES
    return said + changed[:_DEADLINES] + ([f"Dan {more} batas waktu lain."] if more > 0 else [])


def _stop(outcome: Outcome) -> tuple[str, str]:
    return outcome.stopped_at, outcome.stopped


def _same(one: Passed, other: Passed) -> bool:
    return one.element == other.element or one.name == other.name


def _same_path(one: Sequence[Passed], other: Sequence[Passed]) -> bool:
    return len(one) == len(other) and all(map(_same, one, other))


def _path_sentence(before: Outcome, after: Outcome) -> str:
    common = 0
    for one, other in zip(before.path, after.path, strict=False):
        if not _same(one, other):
            break
        common += 1
    start = f"Sesudah «{after.path[common - 1].name}»: " if common else ""
    then, now = _rest(before, common), _rest(after, common)
    said = f"{start}dahulu {then}; sekarang {now}"
    return said[:1].upper() + said[1:].rstrip(". ") + "."


def _rest(outcome: Outcome, common: int) -> str:
    names = [each.name for each in outcome.path[common:]]
    way = _arrows(names)
    if outcome.stopped:
        place = f"berhenti di «{outcome.stopped_at}»: " if outcome.stopped_at else "berhenti: "
        stop = f"{place}{outcome.stopped.rstrip('. ')}"
        return f"{way}, lalu {stop}" if way else stop
    if outcome.ended:
        return way or outcome.end
    return f"{way}, lalu {outcome.end}" if way else outcome.end


def _arrows(names: Sequence[str]) -> str:
    shown = [*names[: _SHOWN - 2], "…", names[-1]] if len(names) > _SHOWN else names
    return " → ".join(shown)


def _deadline_sentences(before: Sequence[Deadline], after: Sequence[Deadline]) -> list[str]:
    """Only of what opened both times: what did not, the path tells. "120 menit" and "2 jam" are the same."""
    rest, said = list(after), []
    for one in before:
        other = next((each for each in rest if each.element == one.element or each.name == one.name), None)
        if other is None:
            continue
        rest.remove(other)
        if when(one.due) != when(other.due):  # instants also count the events before them, by a microsecond each
            said.append(f"Batas «{other.name}»: dahulu {_due(one)}; sekarang {_due(other)}.")
    return list(dict.fromkeys(said))


def _due(deadline: Deadline) -> str:
    return f"{deadline.length} (sampai {when(deadline.due)})"
