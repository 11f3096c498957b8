"""Fixtures: the command line in this process, with data of its own."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from webapp.cli import main

Aduan = Callable[..., Result]


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh ADUAN_VAR, and no other setting from outside."""
    for name in [each for each in os.environ if each.startswith("ADUAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ADUAN_VAR", str(tmp_path / "var"))
    return tmp_path / "var"


@pytest.fixture
def aduan(var: Path) -> Iterator[Aduan]:
    """Run a verb: aduan("db", "upgrade"). Standard output and error are apart."""
    umask = os.umask(0o022)
    os.umask(umask)
    yield lambda *args, **keywords: CliRunner().invoke(main, [str(each) for each in args], **keywords)
    os.umask(umask)
