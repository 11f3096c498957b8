"""An office for each test, on both storages, copied from one that is founded once a run: that is quicker."""

import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.office import Office
from tests.rig.postgres import Server

_numbers = itertools.count(1)
_TEMPLATE = "aduan_kantor"


@pytest.fixture(scope="session")
def sqlite_office(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A founded office in a file; nobody has it open, so that the file is whole."""
    path = tmp_path_factory.mktemp("kantor") / "aduan.db"
    shutil.copyfile(sqlite_template, path)
    with Office.at(f"sqlite:///{path}", path.parent):
        pass
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    return path


@pytest.fixture(scope="session")
def postgres_office(postgres_server: Server, postgres_template: str) -> str:
    """The same as a database to copy from."""
    postgres_server.execute(f"CREATE DATABASE {_TEMPLATE} TEMPLATE {postgres_template}")
    with Office.at(postgres_server.url(_TEMPLATE), Path()):
        pass
    return _TEMPLATE


@pytest.fixture
def office(storage: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """Seeded, staffed, the SOP in force."""
    files = tmp_path / "lampiran"
    if storage == "sqlite":
        path = tmp_path / "kantor.db"
        shutil.copyfile(request.getfixturevalue("sqlite_office"), path)
        with Office.at(f"sqlite:///{path}", files) as found:
            yield found
        return
    server: Server = request.getfixturevalue("postgres_server")
    name = f"aduan_kantor_{os.getpid()}_{next(_numbers)}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {request.getfixturevalue('postgres_office')}")
    with Office.at(server.url(name), files) as found:
        yield found
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")
