"""Limits how often something may be tried, counted in the database so that all web processes share it."""

from __future__ import annotations

from datetime import timedelta

from flask import request

from engine.commands.accounts import attempts_since, note_attempt
from webapp.context import database, now

WINDOW = timedelta(minutes=15)


def _key(what: str, whom: str | None) -> str:
    return f"{what}:{whom if whom is not None else request.remote_addr}"


def within(what: str, limit: int, whom: str | None = None) -> bool:
    """Whether another try is allowed; `whom` is the caller's address unless given."""
    with database() as session:
        return attempts_since(session, _key(what, whom), now() - WINDOW) < limit


def count(what: str, whom: str | None = None) -> None:
    """Count one."""
    with database() as session:
        note_attempt(session, _key(what, whom), now())
