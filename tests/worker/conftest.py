"""An office with a worker and a real mail server, on both storages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.office import Office
from tests.engine.office import found as founded
from tests.rig.databases import NewDatabase
from tests.worker.bureau import Bureau
from tests.worker.mailbox import Mailbox, mail_server


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """What arrives at a mail server of our own."""
    with mail_server() as found:
        yield found


@pytest.fixture
def bureau(new_database: NewDatabase, mailbox: Mailbox, tmp_path: Path) -> Iterator[Bureau]:
    """Everyone is there; its worker has begun, and nobody has been told anything."""
    with Office.at(new_database("kantor", founded), tmp_path / "lampiran") as office:
        found = Bureau(office, tmp_path, mailbox)
        found.round()
        yield found
