"""Every setting and every command stands in docs/settings.md."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from engine.settings import ROOT, Settings
from webapp.cli import main

PAGE = (Path(ROOT) / "docs" / "settings.md").read_text(encoding="utf-8")


def _commands(group: click.Group, prefix: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}"


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_a_setting_is_documented_with_its_meaning(name: str) -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith(f"| `ADUAN_{name.upper()}` |")]
    assert len(rows) == 1
    assert len(rows[0].split("|")[3].strip()) > 10


@pytest.mark.parametrize("command", list(_commands(main, "aduan")))
def test_a_command_is_documented(command: str) -> None:
    assert f"| `{command}` |" in PAGE


def test_no_documented_setting_is_gone() -> None:
    known = {f"ADUAN_{name.upper()}" for name in Settings.model_fields}
    named = {line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `ADUAN_")}
    assert named == known


@pytest.mark.parametrize("command", ["", *(each.removeprefix("aduan ") for each in _commands(main, "aduan"))])
def test_the_help_of_a_command_is_indonesian(command: str) -> None:
    done = CliRunner().invoke(main, [*command.split(), "--help"])
    assert done.exit_code == 0 and "Tampilkan keterangan ini." in done.output
    assert not any(word in done.output for word in ("Show this", "OPTIONS", "[ARGS]", "[required]"))
