"""An office with every diagram in force, on both storages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.office import Office
from tests.replay.play import open_office
from tests.rig.databases import NewDatabase


@pytest.fixture
def office(new_database: NewDatabase, tmp_path: Path) -> Iterator[Office]:
    with Office.at(new_database("semua_diagram", _found), tmp_path / "lampiran") as opened:
        yield opened


def _found(url: str) -> None:
    with Office.at(url, Path()) as office:
        open_office(office)
