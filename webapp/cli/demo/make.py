"""Makes the demo on a database: its people, then a history of cases that reads as if the office had used the system.

Every act is committed on its own, as in production, and nothing of it is sent to anybody afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from engine.queries.choices import labels
from engine.settings import Settings
from engine.store.calendars import current_calendar
from engine.store.database import transaction
from engine.store.deployments import latest_deployed
from engine.store.models import Account, Case
from engine.worker.news import skip_history
from engine.worker.rounds import log_events
from engine.worktime import WIB
from webapp.cli.demo.accounts import make_accounts
from webapp.cli.demo.agenda import Agenda
from webapp.cli.demo.leave import away_once
from webapp.cli.demo.life import live
from webapp.cli.demo.office import Office
from webapp.cli.demo.office_time import OfficeTime
from webapp.cli.demo.plan import Planner
from webapp.cli.demo.stories import people

CASES = 60
SEED = 7
_DAYS_EACH = 2  # so many days of history for each case, within:
_DAYS = (28, 365)


def make_demo(
    settings: Settings,
    engine: Engine,
    *,
    count: int = CASES,
    seed: int = SEED,
    now: datetime,
    tell: Callable[[], None] = lambda: None,
) -> list[str]:
    """Register who is missing and make `count` cases up to `now`; returns their numbers in the order of filing.

    `tell` is called for each case that is filed. Raises NotFound without a deployment.
    """
    with transaction(engine) as session:
        make_accounts(session, opening(now, count))
    numbers = _make_cases(settings, engine, count, seed, now, tell) if count else []
    with transaction(engine) as session:
        skip_history(session)
    log_events(engine, settings.keys, now)
    return numbers


def opening(now: datetime, count: int = CASES) -> datetime:
    """When the demo office opened: accounts and the diagram must be older than the first case."""
    day = _first_day(now, count) - timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return datetime.combine(day, time(9), WIB)


def has_cases(session: Session) -> bool:
    """Whether anybody filed anything yet."""
    return session.scalar(select(Case.id).limit(1)) is not None


def nobody_else(session: Session) -> bool:
    """Whether the database holds no account beside the demo's, so that a public password endangers nobody."""
    ours = [person.email for person in people()]
    others = select(func.count()).select_from(Account).where(Account.email.not_in(ours) | Account.email.is_(None))
    return session.scalar(others) == 0


def _make_cases(
    settings: Settings, engine: Engine, count: int, seed: int, now: datetime, tell: Callable[[], None]
) -> list[str]:
    begin = datetime.combine(_first_day(now, count), time(0), WIB)
    with transaction(engine) as session:
        version = latest_deployed(session, settings.process_id)
        hours = OfficeTime(current_calendar(session).calendar, begin, now.astimezone(WIB))
        units = labels(session)["unit"]
    office = Office(engine, settings.files, version, hours)
    agenda = Agenda(office)
    staffed = {code: units[code] for code in office.units() if code in units}
    for plan in Planner(version, hours, seed, staffed).plans(count):
        agenda.add(live(office, plan, tell))
    agenda.add(away_once(office))
    agenda.run(now)
    return office.numbers


def _first_day(now: datetime, count: int) -> datetime:
    days = min(max(count * _DAYS_EACH, _DAYS[0]), _DAYS[1])
    return now.astimezone(WIB) - timedelta(days=days)
