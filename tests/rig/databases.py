"""Fixtures: a fresh database for each test, on both storages. Of migrations it knows only the entry point."""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.rig.absent import leave_out
from tests.rig.postgres import Server, find_programs, private_server

try:  # two SQLite libraries on one file in one process may corrupt it: take the one that the engine takes
    from pysqlite3 import dbapi2 as sqlite
except ImportError:
    import sqlite3 as sqlite

_numbers = itertools.count(1)
_TEMPLATE = "aduan_template"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def storage(request: pytest.FixtureRequest) -> str:
    """The storage of this test. For one only: parametrize("storage", ["sqlite"], indirect=True)."""
    return str(request.param)


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """One private server for each test process (so each xdist worker has its own, and no lock is needed)."""
    if find_programs() is None:
        leave_out("postgresql")
    with private_server(durable=request.config.getoption("--durable")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Server) -> str:
    """A migrated database that the others are copied from: copying takes 30 ms, migrating a second."""
    postgres_server.execute(f"CREATE DATABASE {_TEMPLATE}")
    _migrate(postgres_server.url(_TEMPLATE))
    return _TEMPLATE


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that the others are copied from."""
    path = tmp_path_factory.mktemp("template") / "aduan.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def new_database(request: pytest.FixtureRequest, storage: str, tmp_path: Path) -> Iterator[Callable[[bool], str]]:
    """Make databases that vanish after the test: new_database(True) migrated, new_database(False) empty."""
    if storage == "sqlite":
        yield lambda migrated: _sqlite_copy(request, tmp_path, migrated)
        return
    server: Server = request.getfixturevalue("postgres_server")
    made: list[str] = []

    def create(migrated: bool) -> str:
        template = request.getfixturevalue("postgres_template") if migrated else "template1"
        made.append(f"aduan_{os.getpid()}_{next(_numbers)}")
        server.execute(f"CREATE DATABASE {made[-1]} TEMPLATE {template}")
        return server.url(made[-1])

    yield create
    for name in made:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(new_database: Callable[[bool], str]) -> str:
    """The URL of a fresh, migrated database."""
    return new_database(True)


@pytest.fixture
def empty_database_url(new_database: Callable[[bool], str]) -> str:
    """The URL of a fresh database without any table."""
    return new_database(False)


def _sqlite_copy(request: pytest.FixtureRequest, folder: Path, migrated: bool) -> str:
    path = folder / f"aduan-{next(_numbers)}.db"
    if migrated:
        template = sqlite.connect(request.getfixturevalue("sqlite_template"))
        try:
            # A plain file copy would lose what still lies in the write-ahead log.
            template.execute("VACUUM INTO ?", (str(path),))
        finally:
            template.close()
    return f"sqlite:///{path}"


def _migrate(url: str) -> None:
    from engine.store.migrate import upgrade

    upgrade(url)
