"""What happens beside the diagram to some demo cases: withdrawn, closed otherwise, moved, sent back, reopened.

No step has a name here: a twist asks what the lane of the open task may do.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.commands.close_case import WAYS
from webapp.cli.demo.office import Here, Office, pick
from webapp.cli.demo.plan import Plan
from webapp.cli.demo.seasons import awake

Turn = Generator[datetime, datetime, datetime]


@dataclass
class Trail:
    """One case on its way, and what has happened to it so far."""

    office: Office
    plan: Plan
    here: Here | None = None  # the open task; None when the case is closed
    done: int = 0  # steps that staff completed
    turned: bool = False  # the twist has happened
    mover: str | None = None  # the last step completed in a lane that directs the work
    unit: str | None = None  # the last one completed by a unit

    def note(self, here: Here) -> None:
        """A step was completed."""
        lane = self.office.lane_of(here)
        self.done += here.owner_id is None
        self.mover = here.element if lane.moves else self.mover
        self.unit = here.element if lane.unit_variable else self.unit

    def after(self, at: datetime, least: float, most: float) -> datetime:
        """Some working minutes later."""
        return self.office.time.after(at, self.plan.rng.uniform(least, most))

    @property
    def reason(self) -> str:
        """Why it happens."""
        return self.plan.twist.reason if self.plan.twist is not None else ""

    @property
    def answering(self) -> str:
        """The unit whose it is in the end."""
        return self.plan.story.writer.facts["bidang"]


def next_turn(trail: Trail) -> Callable[[Trail, datetime], Turn] | None:
    """What happens now instead of the next step; None when nothing does."""
    plan, here = trail.plan, trail.here
    if trail.turned:
        return None
    if plan.move is not None:
        return _told_move if here is not None and here.unit not in (None, plan.move["unit"]) else None
    if plan.twist is None:
        return None
    if here is None:
        return _reopen if plan.twist.id == "dibuka_kembali" and trail.unit else None
    turn, ripe = _usual(plan.twist.id, trail, here)
    return turn if ripe else None


def _usual(twist: str, trail: Trail, here: Here) -> tuple[Callable[[Trail, datetime], Turn], bool]:
    """The turn of an open case, and whether its moment has come."""
    directs = trail.office.lane_of(here).moves
    if twist in WAYS:
        return _cancel, directs
    if twist == "ditarik":
        return _withdraw, trail.done > trail.plan.rng.randrange(4)
    if twist == "dialihkan":
        return _move, here.unit is not None
    if twist == "salah_klasifikasi":
        return _send_up, here.unit is not None and trail.mover is not None
    return _send_back, twist == "dikembalikan" and directs and trail.unit is not None


def _told_move(trail: Trail, at: datetime) -> Turn:
    told = trail.plan.move or {}
    return (yield from _hand_over(trail, told["unit"], told["alasan"], at))


def _move(trail: Trail, at: datetime) -> Turn:
    return (yield from _hand_over(trail, trail.answering, trail.reason, at))


def _hand_over(trail: Trail, unit: str, reason: str, at: datetime) -> Turn:
    at = yield trail.after(at, 15, 240)
    actor = trail.office.with_right("moves", at)
    if actor is not None and trail.here is not None and trail.here.unit != unit:
        trail.office.move(trail.here, actor, unit, reason, at)
    return at


def _withdraw(trail: Trail, at: datetime) -> Turn:
    plan, office = trail.plan, trail.office
    at = yield trail.after(at, 5, 120) if plan.by_clerk else awake(at + timedelta(hours=plan.rng.uniform(0.2, 6)))
    actor = office.for_reporter(plan, at)
    if actor is not None:
        office.withdraw(plan, actor, trail.reason, at)
    return at


def _cancel(trail: Trail, at: datetime) -> Turn:
    at = yield trail.after(at, 10, 110)
    actor = trail.office.with_right("moves", at)
    if actor is not None and trail.plan.twist is not None:
        trail.office.cancel(trail.plan, actor, trail.plan.twist.id, trail.reason, at)
    return at


def _send_up(trail: Trail, at: datetime) -> Turn:
    """A unit wants the classification looked at again; who directs the work consents."""
    office, plan = trail.office, trail.plan
    at = yield trail.after(at, 20, 300)
    proposer = pick(office.owners(trail.here, at), plan.rng) if trail.here is not None else None
    if proposer is None or trail.mover is None:
        return at
    proposal = office.propose(plan, proposer, trail.mover, trail.reason, at)
    at = yield trail.after(at, 10, 90)
    consenting = office.with_right("moves", at, other_than=proposer)
    if consenting is not None:
        office.consent(plan, consenting, proposal, at)
    return at


def _send_back(trail: Trail, at: datetime) -> Turn:
    """Who directs the work wants the unit's answer completed; somebody of the unit consents."""
    office, plan = trail.office, trail.plan
    at = yield trail.after(at, 5, 60)
    proposer = office.with_right("moves", at)
    if proposer is None or trail.unit is None:
        return at
    proposal = office.propose(plan, proposer, trail.unit, trail.reason, at)
    at = yield trail.after(at, 15, 120)
    unit = [each for each in office.staff(at) if any(held.unit == trail.answering for held in each.held)]
    consenting = pick([each for each in unit if each.account_id != proposer.account_id], plan.rng)
    if consenting is not None:
        office.consent(plan, consenting, proposal, at)
    return at


def _reopen(trail: Trail, at: datetime) -> Turn:
    at = yield trail.after(at, 450, 6 * 450)
    actor = trail.office.with_right("moves", at)
    if actor is not None and trail.unit is not None:
        trail.office.reopen(trail.plan, actor, trail.unit, trail.reason, at)
    return at
