"""Runs a case again from its deployment and its events; knows no database.

Each event gives the engine its clock and the seed of its ids, so the same position must come out, event by event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine.history.event import moment_from
from engine.position import assignees_after, assignees_kept, position_digest
from engine.process.diagram import Diagram
from engine.process.runtime import Position, Program, RunError, State, Step, same_state
from engine.process.spiff import Moment


class Diverged(Exception):
    """An event does not lead to where it says it led. `seq` is the first such event."""

    def __init__(self, seq: int, reason: str) -> None:
        super().__init__(f"event {seq}: {reason}")
        self.seq = seq
        self.reason = reason


@dataclass(frozen=True)
class Replayed:
    """Where a case stands after an event."""

    seq: int
    step: Step
    digest: str
    program: Program  # of the version in force after the event
    assignees: dict[str, str] = field(default_factory=dict)
    dues: dict[str, datetime | None] = field(default_factory=dict)

    @property
    def position(self) -> Position:
        """Where the case stands."""
        return self.step.position

    @property
    def diagram(self) -> Diagram:
        """The diagram in force after the event."""
        return self.program.diagram

    @property
    def state(self) -> bytes:
        """The state as it is stored; of what `confirm` answers, only the last may be asked."""
        return self.step.state


Others = Callable[[str], Program]  # checksum of a deployment -> its program; raises LookupError


def replay(program: Program, bodies: Iterable[Mapping[str, Any]], others: Others | None = None) -> Iterable[Replayed]:
    """Positions after each event of one case, in order. Raises Diverged at the first event that does not hold.

    `bodies` are the parsed bodies of the stream `kasus/<id>`, from its first event on; `program` is the one that it was
    opened with, `others` finds those that it was moved to.
    """
    at: Replayed | None = None
    for body in bodies:
        try:
            at = _next(_program(program, at, body, others), at, body, at.state if at is not None else b"")
        except _NOT_RUN as error:
            raise Diverged(int(body.get("seq", 0)), f"the diagram does not run it: {error}") from error
        if at.digest != body.get("position"):
            raise Diverged(at.seq, "it states another position than the diagram reaches")
        yield at


def confirm(
    program: Program, bodies: Iterable[Mapping[str, Any]], state: bytes, others: Others | None = None
) -> list[Replayed] | None:
    """The same for a history that holds and ends in this stored state, three times as quick; else None.

    The case stays loaded from event to event. None accuses nobody: a state that was stored in between may differ in
    the order of its keys, and then only `replay`, which does store it in between, can tell.
    """
    path: list[Replayed] = []
    try:
        for body in bodies:
            at = path[-1] if path else None
            running = _program(program, at, body, others)
            path.append(_next(running, at, body, at.step.live if at is not None else b""))
            if path[-1].digest != body.get("position"):
                return None
    except _NOT_RUN:
        return None
    return path if path and same_state(path[-1].state, state) else None


def _program(first: Program, at: Replayed | None, body: Mapping[str, Any], others: Others | None) -> Program:
    """What the event ran on."""
    if at is None or body.get("type") != "case_migrated":
        return first if at is None else at.program
    if others is None:
        raise ValueError("the case moved to another version, which is not at hand")
    return others(str(body["deployment"]))


_NOT_RUN = (RunError, KeyError, TypeError, ValueError, StopIteration)
# Events beside the diagram that leave a case where it stands.
FACTS = frozenset(
    {"move_proposed", "move_declined", "incident_raised", "incident_retried", "case_erased", "news_delivered"}
)


def _next(program: Program, at: Replayed | None, body: Mapping[str, Any], state: State) -> Replayed:
    if at is not None and (body["type"] in FACTS or (body["type"] == "incident_skipped" and "timer" not in body)):
        return replace(at, seq=int(body["seq"]))
    case_id = str(body["stream"]).removeprefix("kasus/")
    clock = moment_from(str(body.get("clock", body["at"])))
    moment = Moment(f"{case_id}/{body['seq']}", clock, given=body.get("answers", ()))
    step = program.start(moment) if at is None else _step(program, at, state, body, moment)
    held = at.assignees if at is not None else {}
    if body["type"] == "case_migrated" and at is not None:
        held = assignees_kept(at.diagram, program.diagram, step.position, held)
    assignees = assignees_after(program.diagram, step, held)
    if body["type"] == "task_claimed":
        assignees[str(body["task"])] = str(body["actor"])
    if body["type"] == "task_released":
        assignees.pop(str(body["task"]), None)
    dues = _dues(step, at.dues if at is not None else {}, body)
    digest = position_digest(program.diagram, step.position, assignees, dues)
    return Replayed(int(body["seq"]), step, digest, program, assignees, dues)


def _dues(step: Step, before: Mapping[str, datetime | None], body: Mapping[str, Any]) -> dict[str, datetime | None]:
    """When open tasks are due: what the calendar said when they opened, or when it was changed."""
    said = {each["id"]: each.get("due") for each in body["effects"]["opened"]} | body.get("dues", {})
    dues = dict(before) | {task: moment_from(due) if due is not None else None for task, due in said.items()}
    return {task.id: dues.get(task.id) for task in step.position.tasks}


def _step(program: Program, at: Replayed, state: State, body: Mapping[str, Any], moment: Moment) -> Step:
    kind = body["type"]
    if kind == "task_completed":
        return program.complete(state, str(body["task"]), body["set"], moment)
    if kind == "message_received":
        return program.deliver(state, str(body["message"]), body["set"], moment)
    if kind == "case_migrated":
        return program.adopt(at.program, state, body["set"], moment)
    if kind == "timer_fired":
        timer = next(each for each in at.position.timers if each.id == body["timer"])
        return program.fire(state, timer, moment, keep=bool(body.get("kept")))
    if kind in ("case_withdrawn", "case_cancelled"):
        return program.cancel(state, moment, keep=bool(body.get("kept")))
    if kind in ("token_moved", "case_reopened"):
        return program.move(state, str(body["element"]), moment)
    if kind == "calendar_followed":
        return program.reschedule(state, {each: moment_from(due) for each, due in body["timers"].items()}, moment)
    if kind == "incident_skipped":
        return program.drop_timer(state, str(body["timer"]), moment)
    if kind in ("task_moved", "task_claimed", "task_released", "variable_set"):
        return program.assign(state, body.get("set", {}), moment, body.get("task"))
    raise ValueError(f"unknown type of event {kind}")


def dues_of_tasks(path: Iterable[Replayed]) -> dict[str, datetime | None]:
    """When each task that ever was open is due, or was when it closed."""
    return {task: due for at in path for task, due in at.dues.items()}


def promised(bodies: Iterable[Mapping[str, Any]], path: Iterable[Replayed]) -> tuple[datetime | None, datetime | None]:
    """When the case's answer is due, and since when it is delivered: only tasks without deadline are open.

    A closed case keeps what it had.
    """
    due: datetime | None = None
    delivered: datetime | None = None
    for body, at in zip(bodies, path, strict=True):
        said = body.get("case_due", body.get("due")) if body["type"] in ("case_opened", "calendar_followed") else None
        due = moment_from(said) if said is not None else due
        if at.position.completed:
            continue
        drawn = at.diagram
        lanes = [drawn.lanes.get(drawn.elements[task.element].lane or "") for task in at.position.tasks]
        free = bool(lanes) and all(lane is not None and lane.no_deadline for lane in lanes)
        delivered = (delivered or moment_from(body["at"])) if free else None
    return due, delivered
