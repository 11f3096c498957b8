"""Fires timers whose instant has passed, oldest first, each as an event of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engine.commands.cases import MISMATCH, LoadedCase, close_tasks, load_by_id, position_of, record, run
from engine.errors import Incident, TooLate
from engine.history.event import moment_text
from engine.process.runtime import WaitingTimer, after

LATE = timedelta(minutes=5)  # a firing later than this after its instant is marked
MAX_ROUNDS = 100  # a cycle after long downtime goes on in the worker's next round


def fire_timers(session: Session, case_id: str, now: datetime) -> int:
    """Fire every due timer of a case; returns how many. Raises NotFound, Conflict, Incident."""
    return fire_due(session, load_by_id(session, case_id), now)


def fire_until(session: Session, case_id: str, now: datetime, until: datetime) -> tuple[int, datetime | None]:
    """Fire those due by `until`; returns how many, and when the case's next timer is due. Raises as `fire_timers`."""
    case = load_by_id(session, case_id)
    return fire_due(session, case, now, until), case.next_timer_at


def fire_due(session: Session, case: LoadedCase, now: datetime, until: datetime | None = None) -> int:
    """The same for a loaded case, which moves on."""
    fired, last = 0, until or now
    while case.next_timer_at is not None and case.next_timer_at < now and fired < MAX_ROUNDS:
        if case.next_timer_at > last:
            break
        _fire(session, case, _next_timer(case), now)
        fired += 1
    return fired


def fire_first(session: Session, case: LoadedCase, now: datetime, task_id: str | None = None) -> None:
    """What is due comes before a command on the case, or on one of its tasks.

    Raises TooLate when it ended the case or closed that task: the firing stands, the command has nothing to do.
    """
    if fire_due(session, case, now) == 0:
        return
    if case.closed_at is not None or (task_id is not None and task_id not in case.open_units):
        raise TooLate("Waktunya sudah habis dan aduan berjalan terus tanpa isian Anda. Salinannya ada di bawah.")


def _next_timer(case: LoadedCase) -> WaitingTimer:
    timers = position_of(case).timers
    if not timers or timers[0].due != case.next_timer_at:
        raise Incident(MISMATCH, "digest")
    return timers[0]


def _fire(session: Session, case: LoadedCase, timer: WaitingTimer, now: datetime) -> None:
    recorded = case.moment(now)
    # The engine's clock stands just after this timer, so that a later timer, due meanwhile too, is not swept along.
    clock = replace(recorded, at=after(timer))
    step = run(case, lambda: case.deployed.program.fire(case.state, timer, clock))
    facts = {
        "actor": None,
        "channel": "sistem",
        "element": timer.element,
        "timer": timer.id,
        "due": moment_text(timer.due),
        "late": now - timer.due > LATE,
        "clock": moment_text(clock.at),
        "kept": True,
    }
    event = record(session, case, step, "timer_fired", recorded, facts)
    close_tasks(session, step.closed, "cancelled", event.at)
    for closed in step.closed:
        case.open_units.pop(closed, None)
