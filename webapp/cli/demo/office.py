"""The demo office at work: each act is a real command in a transaction of its own, as in production."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, and_, select
from sqlalchemy.orm import Session

from engine.access import Actor, held_with, ownership
from engine.commands.accounts import register_account
from engine.commands.attachments import receive_file
from engine.commands.claim_task import claim_task
from engine.commands.close_case import cancel_case, withdraw_case
from engine.commands.complete_task import complete_task
from engine.commands.fire_timers import fire_timers
from engine.commands.move_task import move_task
from engine.commands.move_token import consent_move, propose_move, reopen_case
from engine.commands.open_case import open_case
from engine.errors import Rejected
from engine.process.diagram import Lane
from engine.process.forms import Form
from engine.queries.actors import account_with_contact, actor_of_account
from engine.queries.choices import tables
from engine.store.database import transaction
from engine.store.deployments import Deployed
from engine.store.models import Base
from engine.worktime import WIB
from webapp.cli.demo.accounts import appoint
from webapp.cli.demo.files import make_file
from webapp.cli.demo.office_time import OfficeTime
from webapp.cli.demo.plan import Plan
from webapp.cli.demo.reporters import Reporter
from webapp.cli.demo.stories import PASSWORD, people

_CASE, _TASK = Base.metadata.tables["case"], Base.metadata.tables["task"]
_open = and_(_TASK.c.case_id == _CASE.c.id, _TASK.c.status == "open")
# Not in the order of ids: those are random, and the same seed must go the same way.
_HERE = (
    select(_CASE.c.next_timer_at, _TASK.c.id, _TASK.c.element, _TASK.c.lane, _TASK.c.unit, _TASK.c.owner_id)
    .select_from(_CASE.outerjoin(_TASK, _open))
    .order_by(_TASK.c.opened_at, _TASK.c.element)
    .limit(1)
)
Here = Any  # a row of _HERE with a task in it


@dataclass(frozen=True)
class Leave:
    """Who is away on which days."""

    account_id: str
    days: Sequence[date]


class Office:
    """Staff, reporters and cases of one demo."""

    def __init__(self, engine: Engine, files: Path, version: Deployed, time: OfficeTime) -> None:
        self.engine, self.files, self.version, self.time = engine, files, version, time
        self.numbers: list[str] = []
        self.timers: dict[str, datetime | None] = {}  # case -> when its next timer is due
        self.new_timers: list[tuple[str, datetime]] = []
        self.leaves: list[Leave] = []
        self._staff: dict[date, list[Actor]] = {}
        with transaction(engine) as session:
            names = {name for form in version.forms.values() for name in form.tables}
            self._tables = tables(session, names)
            found = (account_with_contact(session, each.email) for each in people() if each.appointments)
            self.account_ids = [each for each in found if each is not None]

    # Who acts

    def staff(self, at: datetime) -> list[Actor]:
        """Everybody on duty on a day, with the appointments in force."""
        day = at.astimezone(WIB).date()
        if day not in self._staff:
            away = {each.account_id for each in self.leaves if day in each.days}
            with transaction(self.engine) as session:
                actors = [actor_of_account(session, each, at) for each in self.account_ids if each not in away]
            self._staff[day] = [each for each in actors if each is not None]
        return self._staff[day]

    def owners(self, here: Here, at: datetime) -> list[Actor]:
        """Staff whose task it is."""
        lanes = self.version.diagram.lanes
        return [
            each
            for each in self.staff(at)
            if ownership(each, lanes, lane=here.lane, unit=here.unit, owner_id=None) is not None
        ]

    def with_right(self, right: str, at: datetime, other_than: Actor | None = None) -> Actor | None:
        """Somebody on duty whose lane has a right such as `moves`."""
        lanes, barred = self.version.diagram.lanes, other_than.account_id if other_than else None
        able = (each for each in self.staff(at) if held_with(each, lanes, right) and each.account_id != barred)
        return next(able, None)

    def for_reporter(self, plan: Plan, at: datetime) -> Actor | None:
        """The reporter, or the clerk who stands in for one who cannot log in."""
        if plan.by_clerk:
            return self.with_right("on_behalf", at)
        with transaction(self.engine) as session:
            return actor_of_account(session, plan.reporter.account_id or "", at)

    def units(self) -> list[str]:
        """Units for which somebody works."""
        held = (held.unit for actor in self.staff(self.time.end) for held in actor.held)
        return list(dict.fromkeys(unit for unit in held if unit is not None))

    def appoint(self, account_id: str, entry: dict[str, Any], days: Sequence[date], at: datetime) -> None:
        """Appoint somebody for some days."""
        with transaction(self.engine) as session:
            appoint(session, account_id, entry, since=days[0], until=days[-1], now=at)
        self._staff.clear()

    # Where a case stands

    def open_task(self, plan: Plan) -> Here | None:
        """The task that has been open longest; None when the case is closed. Notes when the next timer is due."""
        with self.engine.connect() as connection:
            found = connection.execute(_HERE.where(_CASE.c.id == plan.case_id)).one()
        if self.timers.get(plan.case_id) != found.next_timer_at:
            self.timers[plan.case_id] = found.next_timer_at
            if found.next_timer_at is not None:
                self.new_timers.append((plan.case_id, found.next_timer_at))
        return found if found.id is not None else None

    def key_of(self, here: Here) -> str:
        """The form key of an open task."""
        return self.version.diagram.elements[here.element].form_key or str(here.element)

    def lane_of(self, here: Here) -> Lane:
        """The lane of an open task."""
        return self.version.diagram.lanes[here.lane]

    # What is done

    def is_known(self, reporter: Reporter) -> bool:
        """Whether the reporter has an account; finds those that were there before."""
        if reporter.account_id is None and reporter.contact:
            with transaction(self.engine) as session:
                reporter.account_id = account_with_contact(session, reporter.contact)
        return reporter.account_id is not None

    def register(self, reporter: Reporter, at: datetime) -> None:
        """The reporter registers, or a clerk writes the name down."""
        clerk = None if reporter.logs_in else self.with_right("on_behalf", at)
        with transaction(self.engine) as session:
            reporter.account_id = register_account(
                session, name=reporter.name, contact=reporter.contact, now=at,
                password=PASSWORD if reporter.logs_in else None, actor=clerk.account_id if clerk else None,
            )  # fmt: skip

    def file(self, plan: Plan, at: datetime) -> None:
        """Open the case with its first form. Raises LookupError when nobody can."""
        actor = self.for_reporter(plan, at)
        if actor is None or plan.reporter.account_id is None:
            raise LookupError(f"nobody files {plan.key}")
        form = self.version.form_of(self.version.first_task.id)
        with transaction(self.engine) as session:
            values = self._typed(session, plan, form, actor, at)
            opened = open_case(
                session, actor, self.version.process_id, values, now=at, reporter_id=plan.reporter.account_id,
                channel=plan.channel,
            )  # fmt: skip
        plan.case_id, plan.number = opened.case_id, opened.number
        self.numbers.append(opened.number)

    def complete(self, plan: Plan, here: Here, actor: Actor, at: datetime) -> None:
        """Fill the form of an open task in."""
        channel = plan.channel if here.owner_id is not None else "web"
        with transaction(self.engine) as session:
            values = self._typed(session, plan, self.version.form_of(here.element), actor, at)
            complete_task(session, actor, here.id, values, now=at, channel=channel)

    def claim(self, here: Here, actor: Actor, at: datetime) -> None:
        """Take a task from the unit's list."""
        with transaction(self.engine) as session:
            claim_task(session, actor, here.id, now=at)

    def move(self, here: Here, actor: Actor, unit: str, reason: str, at: datetime) -> None:
        """Hand a task to another unit."""
        with transaction(self.engine) as session:
            move_task(session, actor, here.id, unit, reason, now=at)

    def withdraw(self, plan: Plan, actor: Actor, reason: str, at: datetime) -> None:
        """The reporter takes the complaint back."""
        with transaction(self.engine) as session:
            withdraw_case(session, actor, plan.number, reason, now=at)

    def cancel(self, plan: Plan, actor: Actor, way: str, reason: str, at: datetime) -> None:
        """Close a case that must not go on."""
        into = plan.joins.number if plan.joins is not None else ""
        with transaction(self.engine) as session:
            cancel_case(session, actor, plan.number, reason, now=at, way=way, into=into)

    def propose(self, plan: Plan, actor: Actor, target: str, reason: str, at: datetime) -> int:
        """Propose that the case go on from another step; returns the proposal's number."""
        with transaction(self.engine) as session:
            return propose_move(session, actor, plan.number, target, reason, now=at)

    def consent(self, plan: Plan, actor: Actor, proposal: int, at: datetime) -> None:
        """Agree to a proposal."""
        with transaction(self.engine) as session:
            consent_move(session, actor, plan.number, proposal, now=at)

    def reopen(self, plan: Plan, actor: Actor, target: str, reason: str, at: datetime) -> None:
        """Begin a new cycle of a closed case."""
        with transaction(self.engine) as session:
            reopen_case(session, actor, plan.number, target, reason, now=at)

    def fire(self, case_id: str, at: datetime) -> None:
        """Let a timer fire."""
        with transaction(self.engine) as session:
            fire_timers(session, case_id, at)

    def _typed(self, session: Session, plan: Plan, form: Form, actor: Actor, at: datetime) -> dict[str, Any]:
        """What was typed, cleaned by the form itself; files are received as from a browser."""
        posted: dict[str, Sequence[str]] = {name: [text] for name, text in plan.story.typed(form.key).items()}
        for name in plan.files.get(form.key, ()) if form.file_fields else ():
            field = form.file_fields[0]
            received = receive_file(
                session, self.files, field=field, name=name, data=make_file(name), account_id=actor.account_id, now=at
            )
            posted[field] = [*posted.get(field, ()), received]
        cleaned = form.clean(posted, self._tables)
        if cleaned.errors:
            raise Rejected(cleaned.errors, f"Teks demo tidak cocok dengan formulir «{form.key}».")
        return cleaned.values


def pick(actors: Sequence[Actor], rng: random.Random) -> Actor | None:
    """One of them; None when there is nobody."""
    return rng.choice(actors) if actors else None
