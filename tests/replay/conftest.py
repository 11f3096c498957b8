"""An office with every diagram in force, on both storages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.office import Office
from tests.replay.play import open_office


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    with Office.at(database_url, tmp_path / "lampiran") as found:
        open_office(found)
        yield found
