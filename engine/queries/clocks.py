"""The SOP's clocks in words: how a task or a case stands against its standard time, and why. Knows no page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.calendars import Office, current_calendar
from engine.store.deployments import Deployed
from engine.store.models import Case, Task
from engine.worktime import WIB, Calendar, Duration, State, explain, remaining

KINDS = {State.ON_TIME: "aman", State.NEARLY_DUE: "dekat", State.LATE: "lewat"}  # as the pages' clock is drawn


@dataclass(frozen=True)
class Clock:
    """How much time is left. `kind` is aman, dekat or lewat."""

    state: State
    words: str  # "Sisa 2 jam kerja", "Hampir lewat, sisa 20 menit kerja", "Terlambat 1 hari kerja"
    kind: str
    due: datetime
    why: str  # "3 hari kerja sejak Selasa 22 Des: ..."

    @property
    def is_late(self) -> bool:
        """Whether the standard time is over."""
        return self.state == State.LATE


@dataclass(frozen=True)
class Spent:
    """What a finished step took, against its standard."""

    words: str  # "2 jam 10 menit dari waktu baku 120 menit"
    late: bool


def task_clock(office: Office, version: Deployed, task: Task, now: datetime) -> Clock | None:
    """The clock of an open task; None in a lane without deadlines."""
    standard = version.standard_of(task.element)
    if task.due_at is None or standard is None or task.status != "open":
        return None
    return _clock(office.calendar, task.opened_at, task.due_at, standard, now)


def case_clock(office: Office, version: Deployed, case: Case, now: datetime) -> Clock | None:
    """The clock of a case until its answer is delivered or the case is closed; None after."""
    if case.due_at is None or version.total is None or case.closed_at or case.delivered_at:
        return None
    return _clock(office.calendar, case.opened_at, case.due_at, version.total, now)


def _clock(calendar: Calendar, opened: datetime, due: datetime, standard: Duration, now: datetime) -> Clock:
    state, left = standing(calendar, opened, due, now)
    why = explain(calendar.add(opened, standard))
    return Clock(state, left, KINDS[state], due, why[:1].upper() + why[1:])


def standing(calendar: Calendar, opened: datetime, due: datetime, now: datetime) -> tuple[State, str]:
    """How something that is due stands at an instant, and the same in words: "Sisa 2 jam kerja"."""
    state = calendar.state(opened, due, now)
    left = remaining(calendar, now, due)
    if state == State.NEARLY_DUE:
        left = f"hampir lewat, {left}"
    return state, left[:1].upper() + left[1:]


def spent(office: Office, version: Deployed, task: Task) -> Spent | None:
    """How long a finished task took in working time, against the SOP's time."""
    standard = version.standard_of(task.element)
    if task.finished_at is None or standard is None or task.due_at is None:
        return None
    return took(office.calendar, standard, task.opened_at, task.finished_at, late=task.finished_at > task.due_at)


def answered(office: Office, version: Deployed, case: Case) -> Spent | None:
    """How long the answer took from filing to its delivery, against the SOP's total."""
    if case.delivered_at is None or case.due_at is None or version.total is None:
        return None
    late = case.delivered_at > case.due_at
    return took(office.calendar, version.total, case.opened_at, case.delivered_at, late=late)


def took(calendar: Calendar, standard: Duration, opened: datetime, finished: datetime, *, late: bool) -> Spent:
    """What lay between two instants in working time, as the standard counts it."""
    said = _days(calendar, opened, finished) if standard.in_days else length(calendar.working_time(opened, finished))
    return Spent(f"{said} dari waktu baku {standard.number} {standard.unit}", late)


def _days(calendar: Calendar, opened: datetime, finished: datetime) -> str:
    """As the standard counts: the first is the day after the opening, the last the day on which it was done."""
    first, last = opened.astimezone(WIB).date(), finished.astimezone(WIB).date()
    after = (first + timedelta(days=each) for each in range(1, (last - first).days + 1))
    number = sum(bool(calendar.hours_on(day)) for day in after)
    return f"{number} hari kerja" if number else "kurang dari 1 hari kerja"


def length(time: timedelta) -> str:
    """ "2 jam 10 menit", "kurang dari 1 menit"."""
    minutes = time // timedelta(minutes=1)
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} jam"] if hours else []
    if rest or not parts:
        parts.append(f"{rest} menit" if minutes else "kurang dari 1 menit")
    return " ".join(parts)


@dataclass(frozen=True)
class CaseClocks:
    """All clocks of one case, by the element of a step."""

    whole: Clock | None  # until the answer is delivered
    steps: dict[str, Clock]
    spent: dict[str, Spent]
    answered: Spent | None  # what the answer took, once it was delivered
    closes_at: datetime | None  # when a delivered case will close by itself


def case_clocks(session: Session, case: Case, version: Deployed, now: datetime) -> CaseClocks:
    """The clocks of a case as its pages show them."""
    office = current_calendar(session)
    tasks = session.scalars(select(Task).where(Task.case_id == case.id).order_by(Task.opened_at)).all()
    latest = {task.element: task for task in tasks}
    clocks = {element: task_clock(office, version, task, now) for element, task in latest.items()}
    took = {element: spent(office, version, task) for element, task in latest.items() if task.status == "done"}
    return CaseClocks(
        whole=case_clock(office, version, case, now),
        steps={element: clock for element, clock in clocks.items() if clock is not None},
        spent={element: each for element, each in took.items() if each is not None},
        answered=answered(office, version, case),
        closes_at=closes_at(case),
    )


def closes_at(case: Case) -> datetime | None:
    """When a case whose answer was delivered closes by itself; None when it does not, or not yet."""
    return case.next_timer_at if case.delivered_at is not None and case.closed_at is None else None
