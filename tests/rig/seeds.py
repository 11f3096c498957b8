"""Randomness that can be repeated: one seed for the run, one derived from it for each test."""

import random

import pytest
from hypothesis import settings

settings.register_profile("aduan", deadline=None, print_blob=True)
settings.load_profile("aduan")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the rig."""
    group = parser.getgroup("aduan")
    group.addoption("--seed", type=int, default=None, help="seed of randomised tests; a failure prints it")
    group.addoption("--durable", action="store_true", help="databases with fsync: slower, survives a crash")


def pytest_configure(config: pytest.Config) -> None:
    """Settle the seed of the run: given, or handed down to an xdist worker, or drawn."""
    handed_down = getattr(config, "workerinput", {}).get("seed")
    if config.option.seed is None:
        config.option.seed = random.randrange(2**32) if handed_down is None else handed_down


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: "pytest.Item") -> None:
    """Hand the seed of the run to an xdist worker."""
    node.workerinput["seed"] = node.config.option.seed  # type: ignore[attr-defined]  # a node of xdist


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """A generator of its own for this test; when the test fails, its output says how to repeat it."""
    seed = request.config.option.seed
    print(f"repeat with: --seed {seed}")  # noqa: T201  # pytest shows it only for a test that failed
    return random.Random(f"{seed}/{request.node.nodeid}")
