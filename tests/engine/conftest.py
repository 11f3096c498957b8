"""An office for each test, on both storages, copied from one that is founded once a run: that is quicker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.office import Office, found
from tests.rig.databases import NewDatabase


@pytest.fixture
def office(new_database: NewDatabase, tmp_path: Path) -> Iterator[Office]:
    """Seeded, staffed, the SOP in force."""
    with Office.at(new_database("kantor", found), tmp_path / "lampiran") as opened:
        yield opened
