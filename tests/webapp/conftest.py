"""The office on the web, one per test and database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.webapp.site import Site, make_site


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    made = make_site(database_url, tmp_path / "var")
    yield made
    made.engine.dispose()
