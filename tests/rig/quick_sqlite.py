"""SQLite that does not wait for the disk, like the private PostgreSQL: a test's file need not outlive the machine.

Only in this process: programs that tests start, and kill, write as they do in an office. `--durable` turns it off.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

_DONE = "aduan_quick"


def _quicken(connection: Any, record: Any, _: object) -> None:
    if _DONE not in record.info:
        record.info[_DONE] = True
        if "sqlite" in type(connection).__module__:
            connection.execute("PRAGMA synchronous=OFF")


def pytest_configure(config: pytest.Config) -> None:
    """Quicken every database that is opened from now on."""
    if not config.getoption("--durable"):
        event.listen(Pool, "checkout", _quicken)


@pytest.fixture
def as_in_an_office() -> Iterator[None]:
    """For a test that asks how the database is set."""
    quickened = event.contains(Pool, "checkout", _quicken)
    if quickened:
        event.remove(Pool, "checkout", _quicken)
    yield
    if quickened:
        event.listen(Pool, "checkout", _quicken)
