"""An office with a worker and a real mail server, on both storages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import office, postgres_office, sqlite_office
from tests.engine.office import Office
from tests.worker.bureau import Bureau
from tests.worker.mailbox import Mailbox, mail_server

__all__ = ["office", "postgres_office", "sqlite_office"]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


@pytest.fixture
def bureau(office: Office, mailbox: Mailbox, tmp_path: Path) -> Bureau:  # the fixture of that name
    """Its history until now is told to nobody."""
    found = Bureau(office, tmp_path, mailbox)
    found.round()
    return found
