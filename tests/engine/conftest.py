"""An office for each test, on both storages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.office import Office


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    """Seeded, staffed, the SOP in force."""
    with Office.at(database_url, tmp_path / "lampiran") as found:
        yield found
