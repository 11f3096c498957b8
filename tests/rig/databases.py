"""Fixtures: a fresh database for each test, on both storages. Of migrations it knows only the entry point.

What a test begins with is made once in a test process and copied from then on: that is far quicker.
"""

import itertools
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import pytest

from tests.rig.absent import leave_out
from tests.rig.copies import Copies, Copy
from tests.rig.postgres import Server, find_programs, private_server

try:  # two SQLite libraries on one file in one process may corrupt it: take the one that the engine takes
    from pysqlite3 import dbapi2 as sqlite
except ImportError:
    import sqlite3 as sqlite

_numbers = itertools.count(1)
Furnish = Callable[[str], None]
NewDatabase = Callable[..., str]


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


class Templates:
    """Databases that others are copied from, made on first use by `furnish(url)`; "" is migrated and empty."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        self._request = request
        self._folder = folder
        self._files: dict[str, Path] = {}
        self._names: dict[str, str] = {}

    @cached_property
    def copies(self) -> Copies:
        """Copies on the private PostgreSQL."""
        return Copies(self.server)

    @property
    def server(self) -> Server:
        """The private PostgreSQL, started on first use."""
        found: Server = self._request.getfixturevalue("postgres_server")
        return found

    def sqlite(self, name: str, furnish: Furnish) -> Path:
        """A file that nobody has open."""
        if name not in self._files:
            path = self._folder / f"{name or 'skema'}.db"
            if name:
                copy_sqlite(self.sqlite("", migrate), path)
            furnish(f"sqlite:///{path}")
            self._files[name] = path
        return self._files[name]

    def postgres(self, name: str, furnish: Furnish) -> str:
        """A database that nobody is connected to."""
        if name not in self._names:
            made = f"aduan_template_{name}"
            beginning = self.postgres("", migrate) if name else "template1"
            self.server.execute(f"CREATE DATABASE {made} TEMPLATE {beginning}")
            furnish(self.server.url(made))
            self._names[name] = made
        return self._names[name]


@pytest.fixture(scope="session")
def templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """One set for each test process."""
    return Templates(request, tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def sqlite_template(templates: Templates) -> Path:
    """A migrated SQLite file to copy from."""
    return templates.sqlite("", migrate)


@pytest.fixture
def new_database(templates: Templates, storage: str, tmp_path: Path) -> Iterator[NewDatabase]:
    """Make databases that vanish after the test: new_database() migrated, new_database(None) without any table,
    new_database("kantor", furnish) a copy of what `furnish(url)` made of a migrated one.
    """
    if storage == "sqlite":
        yield lambda name="", furnish=migrate: _sqlite(templates, tmp_path, name, furnish)
        return
    lent: list[Copy] = []

    def create(name: str | None = "", furnish: Furnish = migrate) -> str:
        template = "template1" if name is None else templates.postgres(name, furnish)
        lent.append(templates.copies.lend(template))
        return templates.server.url(lent[-1].name)

    yield create
    for each in lent:
        templates.copies.take_back(each)


@pytest.fixture
def database_url(new_database: NewDatabase) -> str:
    """The URL of a fresh, migrated database."""
    return new_database()


@pytest.fixture
def empty_database_url(new_database: NewDatabase) -> str:
    """The URL of a fresh database without any table."""
    return new_database(None)


def _sqlite(templates: Templates, folder: Path, name: str | None, furnish: Furnish) -> str:
    path = folder / f"aduan-{next(_numbers)}.db"
    if name is not None:
        copy_sqlite(templates.sqlite(name, furnish), path)
    return f"sqlite:///{path}"


def copy_sqlite(template: Path, path: Path) -> None:
    """A copy of a database file; a plain file copy would lose what still lies in the write-ahead log."""
    connection = sqlite.connect(template)
    try:
        connection.execute("VACUUM INTO ?", (str(path),))
    finally:
        connection.close()


def migrate(url: str) -> None:
    """Bring a database to the newest schema."""
    from engine.store.migrate import upgrade

    upgrade(url)
