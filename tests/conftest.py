"""Gathers the fixtures of the rig, and marks tests by the fixtures that they use."""

import pytest

pytest_plugins = ["tests.rig.seeds", "tests.rig.quick_sqlite", "tests.rig.databases", "tests.rig.chromium"]


def pytest_itemcollected(item: pytest.Item) -> None:
    """A test that uses the browser or the server itself is marked so; nobody has to remember it."""
    fixtures = getattr(item, "fixturenames", ())
    if "browser" in fixtures:
        item.add_marker("browser")
    if "postgres_server" in fixtures:
        item.add_marker("postgres")
