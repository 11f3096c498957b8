"""Lets demo cases happen: every action goes through the real commands, in the order of time, with the clock moved.

Walks whatever diagram is in force: for each open task it finds an actor whose it is, and values under its form key.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.access import Actor, held_with, ownership
from engine.commands.accounts import register_account
from engine.commands.attachments import receive_file
from engine.commands.claim_task import claim_task
from engine.commands.complete_task import complete_task
from engine.commands.fire_timers import fire_timers
from engine.commands.move_task import move_task
from engine.commands.open_case import open_case
from engine.process.forms import Form
from engine.queries.actors import account_with_contact, actor_of_account
from engine.queries.choices import tables
from engine.store.deployments import Deployed, latest_deployed
from engine.store.models import Case, Task
from webapp.cli.demo.files import make_file
from webapp.cli.demo.office_time import OfficeTime
from webapp.cli.demo.plan import Plan, plans
from webapp.cli.demo.stories import Story, people

Life = Generator[datetime, datetime, None]  # yields when it wants to act, is sent the moment it acts


def make_cases(
    session: Session,
    files: Path,
    process_id: str,
    *,
    count: int,
    seed: int,
    now: datetime,
    tell: Callable[[], None] = lambda: None,
) -> list[str]:
    """Make `count` cases of the three weeks before `now`; returns their numbers. `tell` is called after each action."""
    version = latest_deployed(session, process_id)
    office = _Office(session, files, version, OfficeTime(now))
    lives = [office.life(plan) for plan in plans(version, count, seed)]
    waiting = [(next(life), index) for index, life in enumerate(lives)]
    heapq.heapify(waiting)
    while waiting:
        at, index = heapq.heappop(waiting)
        try:
            heapq.heappush(waiting, (max(at, lives[index].send(at)), index))
        except StopIteration:
            tell()
    return office.numbers


@dataclass
class _Office:
    """The demo office at work on one database."""

    session: Session
    files: Path
    version: Deployed
    time: OfficeTime
    numbers: list[str] = field(default_factory=list)
    _walk_ins: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lanes = self.version.diagram.lanes
        ids = [account_with_contact(self.session, person.email) for person in people() if person.appointments]
        actors = (actor_of_account(self.session, each, self.time.now) for each in ids if each)
        self.staff = [actor for actor in actors if actor is not None]

    def life(self, plan: Plan) -> Life:
        """One case from filing to where its story leaves it."""
        story, minute = plan.story, plan.start
        at = yield self.time.at(minute)
        case_id = self._file(story, at)
        moved = story.move is None
        while (task := self._open_task(case_id)) is not None:
            if not moved and task.unit is not None:
                minute += plan.rng.uniform(10, 40)
                at = yield self.time.at(minute)
                moved = self._move(story, task, at)
                continue
            actor = self._owner(story, task, plan)
            if self._key(task) == story.stops_at or self._key(task) not in story.values or actor is None:
                yield from self._leave_open(plan, task, actor, minute)
                return
            minute += plan.minutes.get(task.element, 30)
            at = yield self.time.at(minute)
            values = self._typed(story, self.version.form_of(task.element), actor, at)
            complete_task(self.session, actor, task.id, values, now=at, channel=self._channel(story, task))

    def _leave_open(self, plan: Plan, task: Task, actor: Actor | None, minute: float) -> Life:
        if plan.story.claimed and actor is not None:
            at = yield self.time.at(minute + plan.rng.uniform(5, 60))
            claim_task(self.session, actor, task.id, now=at)
        if plan.story.abandoned:
            due = self.session.scalar(select(Case.next_timer_at).where(Case.id == task.case_id))
            if due is not None and due < self.time.now:
                at = yield due + timedelta(seconds=1)
                fire_timers(self.session, task.case_id, at)

    def _file(self, story: Story, at: datetime) -> str:
        reporter = self._reporter(story, at)
        clerk = self._with_right("on_behalf") if self._needs_clerk(story) else None
        actor = clerk or actor_of_account(self.session, reporter, self.time.now)
        if actor is None:
            raise LookupError(f"the reporter of {story.id} has no account")
        form = self.version.form_of(self.version.first_task.id)
        opened = open_case(
            self.session,
            actor,
            self.version.process_id,
            self._typed(story, form, actor, at),
            now=at,
            reporter_id=reporter,
            channel=story.channel if clerk else "web",
        )
        self.numbers.append(opened.number)
        return opened.case_id

    def _reporter(self, story: Story, at: datetime) -> str:
        if story.walk_in is None:
            return account_with_contact(self.session, story.reporter) or ""
        if story.walk_in not in self._walk_ins:
            clerk = self._with_right("on_behalf")
            self._walk_ins[story.walk_in] = register_account(
                self.session, name=story.walk_in, contact="", password=None, now=at,
                actor=clerk.account_id if clerk else None,
            )  # fmt: skip
        return self._walk_ins[story.walk_in]

    def _move(self, story: Story, task: Task, at: datetime) -> bool:
        mover = self._with_right("moves")
        if mover is not None and story.move is not None and story.move["unit"] != task.unit:
            move_task(self.session, mover, task.id, story.move["unit"], story.move["alasan"], now=at)
        return True

    def _typed(self, story: Story, form: Form, actor: Actor, at: datetime) -> dict[str, Any]:
        """What was typed, cleaned by the form itself; files are received as from a browser."""
        posted: dict[str, Sequence[str]] = {name: [str(each)] for name, each in story.values[form.key].items()}
        for name in story.files.get(form.key, ()) if form.file_fields else ():
            field_name = form.file_fields[0]
            received = receive_file(
                self.session, self.files, field=field_name, name=name, data=make_file(name),
                account_id=actor.account_id, now=at,
            )  # fmt: skip
            posted[field_name] = [*posted.get(field_name, ()), received]
        cleaned = form.clean(posted, tables(self.session, form.tables))
        if cleaned.errors:
            raise ValueError(f"demo texts of {story.id} do not fit the form {form.key}: {sorted(cleaned.errors)}")
        return cleaned.values

    def _owner(self, story: Story, task: Task, plan: Plan) -> Actor | None:
        """Somebody whose task it is; the clerk stands in for a reporter who cannot log in."""
        if task.owner_id is not None:
            if self._needs_clerk(story):
                return self._with_right("on_behalf")
            return actor_of_account(self.session, task.owner_id, self.time.now)
        owners = [
            each for each in self.staff if ownership(each, self.lanes, lane=task.lane, unit=task.unit, owner_id=None)
        ]
        return plan.rng.choice(owners) if owners else None

    def _with_right(self, right: str) -> Actor | None:
        return next((each for each in self.staff if held_with(each, self.lanes, right)), None)

    def _needs_clerk(self, story: Story) -> bool:
        return story.walk_in is not None or story.channel != "web"

    def _channel(self, story: Story, task: Task) -> str:
        return story.channel if task.owner_id is not None else "web"

    def _open_task(self, case_id: str) -> Task | None:
        statement = select(Task).where(Task.case_id == case_id, Task.status == "open").order_by(Task.id).limit(1)
        return self.session.scalar(statement.execution_options(populate_existing=True))

    def _key(self, task: Task) -> str:
        return self.version.diagram.elements[task.element].form_key or task.element
