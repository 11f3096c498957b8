"""Makes the demo on a database: people first, then all cases in one transaction, so that there is never half a demo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from engine.settings import Settings
from engine.store.database import transaction
from engine.store.models import Account, Case
from webapp.cli.demo.accounts import make_accounts
from webapp.cli.demo.cases import make_cases
from webapp.cli.demo.office_time import OfficeTime
from webapp.cli.demo.stories import people

CASES = 14
SEED = 1


def make_demo(
    settings: Settings,
    engine: Engine,
    *,
    count: int = CASES,
    seed: int = SEED,
    now: datetime,
    tell: Callable[[], None] = lambda: None,
) -> list[str]:
    """Register who is missing and make `count` cases; returns their numbers. Raises NotFound without a deployment."""
    with transaction(engine) as session:
        make_accounts(session, opening(now))
    with transaction(engine) as session:
        return make_cases(session, settings.files, settings.process_id, count=count, seed=seed, now=now, tell=tell)


def opening(now: datetime) -> datetime:
    """When the demo office opened: accounts and the diagram must be older than the first case."""
    return OfficeTime(now).opening


def has_cases(session: Session) -> bool:
    """Whether anybody filed anything yet."""
    return session.scalar(select(Case.id).limit(1)) is not None


def nobody_else(session: Session) -> bool:
    """Whether the database holds no account beside the demo's, so that a public password endangers nobody."""
    ours = [person.email for person in people()]
    others = select(func.count()).select_from(Account).where(Account.email.not_in(ours) | Account.email.is_(None))
    return session.scalar(others) == 0
