"""An office whose events are taken into a signed log."""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.engine.office import Office, found
from tests.history.ledger import Ledger
from tests.rig.databases import NewDatabase


@pytest.fixture
def ledger(new_database: NewDatabase, tmp_path: Path) -> Iterator[Ledger]:
    """Seeded, staffed, the SOP in force, nothing in the log yet."""
    with Office.at(new_database("kantor", found), tmp_path / "lampiran") as office:
        yield Ledger(office, tmp_path / "keys")


@pytest.fixture
def copied(
    request: pytest.FixtureRequest, storage: str, tmp_path: Path
) -> Callable[[Ledger], AbstractContextManager[Ledger]]:
    """Copy a ledger's whole database; the copy vanishes with the `with`."""
    numbers = itertools.count()

    @contextmanager
    def copy(ledger: Ledger) -> Iterator[Ledger]:
        name = f"salinan_{os.getpid()}_{next(numbers)}"
        if storage == "sqlite":
            path = tmp_path / f"{name}.db"
            with ledger.office.engine.connect() as connection:
                connection.connection.driver_connection.execute("VACUUM INTO ?", (str(path),))
            url = f"sqlite:///{path}"
        else:
            server = request.getfixturevalue("postgres_server")
            ledger.office.engine.dispose()  # a database with connections is no template
            server.execute(f"CREATE DATABASE {name} TEMPLATE {ledger.office.engine.url.database}")
            url = server.url(name)
        office = Office(url, ledger.office.files)
        office.now, office.people = ledger.office.now, ledger.office.people
        try:
            yield Ledger(office, ledger.folder, ledger.kept)
        finally:
            office.engine.dispose()
            if storage == "sqlite":
                path.unlink()
            else:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")

    return copy
