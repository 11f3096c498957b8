"""The life of one demo case: who does what next, and when. It wants a moment, and acts once that moment has come."""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import datetime, timedelta

from engine.access import Actor
from engine.errors import TooLate
from webapp.cli.demo.office import Here, Office, pick
from webapp.cli.demo.plan import Plan
from webapp.cli.demo.running import duration
from webapp.cli.demo.seasons import awake
from webapp.cli.demo.topics import course
from webapp.cli.demo.twists import Trail, next_turn

Life = Generator[datetime, datetime, None]  # yields when it wants to act, is sent the moment it acts


def live(office: Office, plan: Plan, filed: Callable[[], None]) -> Life:
    """One case from filing to where its plan leaves it."""
    at = yield from _file(office, plan)
    filed()
    trail = Trail(office, plan)
    while True:
        here = trail.here = office.open_task(plan)
        turn = next_turn(trail)
        if turn is not None:
            trail.turned = True
            at = yield from turn(trail, at)
            continue
        if here is None:
            return
        acting = yield from _step(office, plan, here, at)
        if acting is None:
            return
        at, actor = acting
        if actor is not None and _is_still_open(office, plan, here):
            try:
                office.complete(plan, here, actor, at)
            except TooLate:
                continue  # a timer was first, and the case went on without this
            trail.note(here)


def wait_for_timer(office: Office, case_id: str, due: datetime) -> Life:
    """The worker fires a timer a few seconds after it is due, unless the case went on meanwhile."""
    at = yield due + timedelta(seconds=3)
    if office.timers.get(case_id) == due:
        office.fire(case_id, at)


def _file(office: Office, plan: Plan) -> Generator[datetime, datetime, datetime]:
    """Who is new registers first; a clerk does it while the person waits."""
    minutes = plan.rng.uniform(4, 12)
    early = plan.start - timedelta(minutes=minutes)
    at = yield office.time.at(office.time.minute(plan.start) - minutes) if plan.by_clerk else early
    if not office.is_known(plan.reporter):
        office.register(plan.reporter, at)
    at = yield max(at, plan.start)
    office.file(plan, at)
    return at


def _step(
    office: Office, plan: Plan, here: Here, at: datetime
) -> Generator[datetime, datetime, tuple[datetime, Actor | None] | None]:
    """When the open task is completed and by whom; None when this life leaves it open."""
    key = office.key_of(here)
    is_reporters = here.owner_id is not None
    actors = [] if is_reporters else office.owners(here, at)
    if key == plan.stops_at or not plan.story.tells(key) or not (actors or is_reporters):
        yield from _leave_open(office, plan, here, at)
        return None
    if is_reporters:
        if plan.silent:
            return None
        at = yield when_reporter_acts(office, plan, at, plan.rng.lognormvariate(3, 1))
        return at, office.for_reporter(plan, at)
    minutes = plan.minutes.get(here.element)
    if minutes is None:
        minutes = duration(office.version, office.version.diagram.elements[here.element], plan.rng)
    if here.unit is not None and plan.rng.random() * 1000 < course()["ambil"]:
        at = yield from _claim(office, plan, here, at, minutes * 0.2)
        minutes *= 0.8
    at = yield office.time.after(at, minutes)
    return at, pick(office.owners(here, at), plan.rng)


def _claim(
    office: Office, plan: Plan, here: Here, at: datetime, minutes: float
) -> Generator[datetime, datetime, datetime]:
    at = yield office.time.after(at, minutes)
    actor = pick(office.owners(here, at), plan.rng)
    if actor is not None and _is_still_open(office, plan, here):
        office.claim(here, actor, at)
    return at


def _leave_open(office: Office, plan: Plan, here: Here, at: datetime) -> Life:
    if plan.claimed and here.owner_id is None:
        yield from _claim(office, plan, here, at, plan.rng.uniform(5, 60))


def _is_still_open(office: Office, plan: Plan, here: Here) -> bool:
    now = office.open_task(plan)
    return now is not None and now.id == here.id


def when_reporter_acts(office: Office, plan: Plan, at: datetime, hours: float) -> datetime:
    """Some hours later: by day, or while the counter is open when a clerk acts for the reporter."""
    later = awake(at + timedelta(hours=hours))
    return office.time.after(later, plan.rng.uniform(1, 30)) if plan.by_clerk else later
