"""`aduan verify`, `bundle` and `key`: exit status, reasons, and nothing written."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.settings import PROCESSES, load_settings
from engine.store.database import open_database
from engine.worker.rounds import log_events
from tests.cli.conftest import Aduan


@pytest.fixture
def number(aduan: Aduan, var: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A demo office of three cases, all in the log."""
    monkeypatch.setenv("ADUAN_DEMO", "1")
    assert aduan("db", "upgrade").exit_code == 0
    assert aduan("process", "deploy", PROCESSES / "aduan.bpmn").exit_code == 0
    made = aduan("demo", "--cases", "3", "--seed", "1")
    assert made.exit_code == 0, made.stderr
    settings = load_settings()
    engine = open_database(settings.database)
    log_events(engine, settings.keys, datetime.now(UTC))
    with engine.connect() as connection:
        found = connection.execute(text('SELECT number FROM "case" ORDER BY number')).scalars().first()
    engine.dispose()
    return str(found)


def test_a_sound_history_holds_and_a_changed_one_is_named(aduan: Aduan, var: Path, number: str, tmp_path: Path) -> None:
    everything = aduan("verify", "--json")
    assert everything.exit_code == 0, everything.stderr
    told = json.loads(everything.stdout)
    assert told["held"] and told["cases"] == 3 and told["uncovered"] == 0
    assert aduan("verify", "--all").stdout.startswith("Semua cocok.")
    assert aduan("verify", "--case", number).exit_code == 0
    out = tmp_path / "b.zip"
    assert aduan("bundle", "--case", number, "--out", out).exit_code == 0
    assert out.stat().st_mode & 0o777 == 0o600
    keys = tmp_path / "keys.txt"
    keys.write_text(aduan("key", "show").stdout, "utf-8")
    held = aduan("verify", "--bundle", out, "--key", keys)
    assert held.exit_code == 0 and "1 aduan diputar ulang" in held.stdout
    engine = open_database(load_settings().database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE \"case\" SET position = 'x' WHERE number = :n"), {"n": number})
    engine.dispose()
    for which in (["--all"], ["--case", number]):
        changed = aduan("verify", *which)
        assert changed.exit_code == 1 and number in changed.stderr
    findings = json.loads(aduan("verify", "--json").stdout)
    assert not findings["held"] and number in findings["findings"][0]["where"]


def test_wrong_use_is_told(aduan: Aduan, var: Path, number: str, tmp_path: Path) -> None:
    assert aduan("verify", "--all", "--case", number).exit_code == 2
    assert aduan("verify", "--bundle", tmp_path / "tidak-ada").exit_code == 2
    missing = aduan("bundle", "--case", "ADU-1999-000001", "--out", tmp_path / "x.zip")
    assert missing.exit_code == 1 and "tidak ada" in missing.stderr
    unknown = aduan("verify", "--case", "ADU-1999-000001")
    assert unknown.exit_code == 1 and unknown.stderr


def test_a_bundle_of_a_period_or_a_selection(aduan: Aduan, var: Path, number: str, tmp_path: Path) -> None:
    out, listed = tmp_path / "b.zip", tmp_path / "nomor.txt"
    made = aduan("bundle", "--from", "2020-01-01", "--to", "2030-12-31", "--without-personal", "--out", out, "--json")
    told = json.loads(made.stdout)
    assert told["left_out"] > 0 and told["streams"] > 3
    held = aduan("verify", "--bundle", out, "--json")
    assert json.loads(held.stdout) | {"cases": 3, "left_out": told["left_out"]} == json.loads(held.stdout), held.stderr
    listed.write_text(f"{number}\n{number.lower()}\n", "utf-8")
    assert aduan("bundle", "--cases", listed, "--files", "--out", out).exit_code == 0
    assert aduan("verify", "--bundle", out).exit_code == 0
    for wrong in (
        ["--case", number, "--from", "2026-01-01", "--to", "2026-01-02"], ["--from", "2026-01-01"], [],
        ["--from", "kemarin", "--to", "2026-01-02"], ["--case", number, "--files", "--without-personal"],
    ):  # fmt: skip
        assert aduan("bundle", "--out", out, *wrong).exit_code == 2, wrong
    empty = aduan("bundle", "--from", "2020-01-01", "--to", "2020-01-02", "--out", out)
    assert empty.exit_code == 1 and "Tidak ada yang tercatat" in empty.stderr


def test_a_key_is_rotated(aduan: Aduan, var: Path, number: str) -> None:
    assert aduan("key", "rotate").exit_code == 0
    assert len(aduan("key", "show").stdout.splitlines()) == 2
    assert aduan("verify").exit_code == 0
