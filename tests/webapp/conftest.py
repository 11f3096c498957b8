"""The office on the web, one per test and database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig.databases import NewDatabase
from tests.webapp.site import Site, furnish, make_site


@pytest.fixture
def site(new_database: NewDatabase, tmp_path: Path) -> Iterator[Site]:
    made = make_site(new_database("situs", furnish), tmp_path / "var")
    yield made
    made.engine.dispose()
