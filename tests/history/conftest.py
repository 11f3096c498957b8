"""An office whose events are taken into a signed log."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.office import Office
from tests.history.ledger import Ledger


@pytest.fixture
def ledger(database_url: str, tmp_path: Path) -> Iterator[Ledger]:
    """Seeded, staffed, the SOP in force, nothing in the log yet."""
    with Office.at(database_url, tmp_path / "lampiran") as office:
        yield Ledger(office, tmp_path / "keys")
