"""The database of this installation for the length of one command; knows no tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from engine.settings import Settings


@contextmanager
def opened(settings: Settings) -> Iterator[Engine]:
    """The database, closed at the end."""
    from engine.store.database import open_database

    engine = open_database(settings.database)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def one_transaction() -> Iterator[Session]:
    """One transaction on the database that the settings name."""
    from engine.settings import load_settings
    from engine.store.database import transaction

    with opened(load_settings()) as engine, transaction(engine) as session:
        yield session
