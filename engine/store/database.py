"""Opens SQLite or PostgreSQL the durable way and gives transactions; knows no tables."""

from __future__ import annotations

import logging
import platform
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session

from engine.errors import TooLate

log = logging.getLogger(__name__)


def _sqlite_module() -> ModuleType:
    """A SQLite newer than Debian 12's, which lies in the range of a WAL corruption (facts.md)."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        log.warning("pysqlite3 has no build for %s: using SQLite %s", platform.machine(), sqlite3.sqlite_version)
        return sqlite3
    module: ModuleType = dbapi2
    return module


def _open_sqlite(url: str) -> Engine:
    module = _sqlite_module()
    arguments = {"isolation_level": None, "check_same_thread": False}
    # Parameters of a failed statement hold what people typed: never in a log.
    engine = create_engine(url, module=module, connect_args=arguments, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        for pragma in (
            "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", "trusted_schema=OFF",
            "secure_delete=ON",  # erased text is overwritten, not only unlinked
            "recursive_triggers=ON",  # without it REPLACE deletes a row of history and no trigger sees it
        ):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "before_cursor_execute")
    def take_write_lock(conn: Any, cursor: Any, statement: str, *_: object) -> None:
        # Reads run in autocommit; the lock is taken at the first write, so that engine work happens before it.
        verb = statement.lstrip()[:6].upper()
        if verb in ("INSERT", "UPDATE", "DELETE") and not conn.connection.dbapi_connection.in_transaction:
            cursor.execute("BEGIN IMMEDIATE")

    return engine


def _open_postgresql(url: str) -> Engine:
    arguments = {"autocommit": True}
    engine = create_engine(url, connect_args=arguments, pool_pre_ping=True, pool_size=10, hide_parameters=True)

    @event.listens_for(engine, "before_cursor_execute")
    def begin(conn: Any, cursor: Any, statement: str, *_: object) -> None:
        # As on SQLite: reads run in autocommit (each sees its own snapshot anyway), which spares them two round trips.
        idle = conn.connection.dbapi_connection.info.transaction_status == TransactionStatus.IDLE
        if idle and statement.lstrip()[:6].upper() != "SELECT":
            cursor.execute("BEGIN")

    return engine


def open_database(url: str) -> Engine:
    """An engine for `sqlite:///path` or `postgresql://...`. Raises ValueError for another database."""
    backend = make_url(url).get_backend_name()
    if backend == "sqlite":
        return _open_sqlite(url)
    if backend == "postgresql":
        return _open_postgresql(url)
    raise ValueError(f"ADUAN_DATABASE_URL: {backend} is neither sqlite nor postgresql")


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One transaction: returning commits, raising (but TooLate) rolls all back. Commands flush and never commit."""
    with Session(engine, autoflush=False, expire_on_commit=False) as session:
        try:
            yield session
            session.commit()
        except TooLate:
            session.commit()  # the timer that went first has fired, whatever becomes of the command
            raise
        except BaseException:
            session.rollback()
            raise


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """One unchanging view of the database for reads that must agree with each other; nothing is written."""
    with Session(engine, autoflush=False, expire_on_commit=False) as session:
        sqlite = engine.dialect.name == "sqlite"
        session.execute(text("BEGIN" if sqlite else "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        try:
            yield session
        finally:
            session.expunge_all()  # what was read stays readable after the end
            session.rollback()
