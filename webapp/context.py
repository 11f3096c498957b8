"""What a request knows: settings, database, who asks, the time. Knows no pages."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, cast

from flask import current_app, g
from flask import session as cookie
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine.access import Actor, Rights, lane_rights
from engine.queries.actors import actor_of_session
from engine.settings import Settings
from engine.store.database import transaction


def settings() -> Settings:
    """This installation's settings."""
    return cast("Settings", current_app.extensions["aduan_settings"])


def engine() -> Engine:
    """The database."""
    return cast("Engine", current_app.extensions["aduan_engine"])


def database() -> AbstractContextManager[Session]:
    """One transaction: leaving commits, raising rolls back."""
    return transaction(engine())


def now() -> datetime:
    """The machine's clock, in UTC."""
    return datetime.now(UTC)


def load_actor() -> None:
    """Find who asks, once a request; visitors have no actor."""
    g.actor, g.rights = None, {}
    token = cookie.get("sid")
    if token:
        with database() as session:
            g.actor = actor_of_session(session, str(token), now())
            if g.actor is not None:
                g.rights = lane_rights(session)


def visitor_or_actor() -> Actor | None:
    """Who asks, None for a visitor."""
    return cast("Actor | None", g.get("actor"))


def actor() -> Actor:
    """Who asks, in a route that visitors cannot reach."""
    found = visitor_or_actor()
    if found is None:
        raise RuntimeError("this route is not public but was reached without an actor")
    return found


def rights() -> Rights:
    """Role -> lane, for logged-in people."""
    return cast("Rights", g.get("rights") or {})


def keepers() -> str:
    """The roles that may know who a reporter is (`identitas`), as a sentence names them; visitors read it, too."""
    known = rights()
    if not known:
        with database() as session:
            known = lane_rights(session)
    return " dan ".join(name for name, lane in known.items() if lane.identity) or "petugas yang berwenang"


def page_number(args: Any) -> int:
    """`?hal=2`, from 1; nonsense counts as 1."""
    text = str(args.get("hal", "1"))
    return max(1, min(int(text), 10_000)) if text.isdecimal() and len(text) < 6 else 1
