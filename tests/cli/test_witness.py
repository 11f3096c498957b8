"""`aduan witness`: an outsider signs a checkpoint as docs/bukti.md shows; the office records it, refuses forgeries."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.settings import ROOT, load_settings
from engine.store.database import open_database
from engine.store.log import newest_checkpoint
from engine.worker.rounds import log_events
from tests.cli.conftest import Aduan

SCRIPT = re.compile(r"```python\n# saksi\.py\n(.*?)```", re.DOTALL)


@pytest.fixture
def note(aduan: Aduan, var: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The newest checkpoint of a small office, as it would be downloaded."""
    monkeypatch.setenv("ADUAN_DEMO", "1")
    assert aduan("db", "upgrade").exit_code == 0
    assert aduan("demo", "--cases", "1", "--seed", "1").exit_code == 0
    settings = load_settings()
    engine = open_database(settings.database)
    log_events(engine, settings.keys, datetime.now(UTC))
    with engine.connect() as connection:
        from sqlalchemy.orm import Session

        with Session(connection) as session:
            point = newest_checkpoint(session)
    engine.dispose()
    assert point is not None
    path = tmp_path / "titik.txt"
    path.write_text(point.note, "utf-8")
    return path


def sign(folder: Path, *arguments: str) -> str:
    """The program of the documentation, run as a witness would."""
    found = SCRIPT.search((ROOT / "docs" / "bukti.md").read_text("utf-8"))
    assert found is not None
    (folder / "saksi.py").write_text(found[1], "utf-8")
    done = subprocess.run(
        [sys.executable, "saksi.py", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_witness_signs_as_documented_and_counts(aduan: Aduan, note: Path, tmp_path: Path) -> None:
    assert "Belum ada saksi" in aduan("witness", "list").stdout
    key = sign(tmp_path, "saksi.example.org").strip()
    added = aduan("witness", "add", key)
    assert added.exit_code == 0 and "saksi.example.org" in added.stdout, added.stderr
    signed = tmp_path / "disaksikan.txt"
    signed.write_text(sign(tmp_path, "saksi.example.org", str(note)), "utf-8")
    assert aduan("witness", "confirm", note).exit_code == 1, "nobody signed it"
    confirmed = aduan("witness", "confirm", signed)
    assert confirmed.exit_code == 0 and "saksi.example.org" in confirmed.stdout, confirmed.stderr
    assert json.loads(aduan("witness", "list", "--json").stdout)["witnesses"][0]["size"] > 0
    again = aduan("witness", "confirm", signed)
    assert again.exit_code == 1 and "sudah dicatat" in again.stderr
    assert aduan("witness", "remove", "saksi.example.org").exit_code == 0
    assert aduan("witness", "confirm", signed).exit_code == 1 and aduan("verify").exit_code == 0


def test_what_is_no_testimony_is_refused(aduan: Aduan, note: Path, tmp_path: Path) -> None:
    key = sign(tmp_path, "saksi.example.org").strip()
    for wrong in (
        "x",
        "a+b+c",
        key.replace("saksi", "orang"),
        key[:-4] + "AAA=",
        aduan("key", "show").stdout.split()[0],
    ):
        refused = aduan("witness", "add", wrong)
        assert refused.exit_code == 1 and "kunci" in refused.stderr, wrong
    assert aduan("witness", "add", key).exit_code == 0
    assert aduan("witness", "add", key).exit_code == 1
    text = sign(tmp_path, "saksi.example.org", str(note))
    name, _, blob = text.splitlines()[-1].removeprefix("— ").partition(" ")
    assert name == "saksi.example.org"
    forged = tmp_path / "palsu.txt"
    for change in (
        text.replace(blob, blob[:30] + "AAAA" + blob[34:]),
        text.replace("\nheads ", "\nheads 1"),
        "",
        "\n\n",
        text[:-9],
    ):
        forged.write_text(change, "utf-8")
        refused = aduan("witness", "confirm", forged)
        assert refused.exit_code == 1 and "tak terduga" not in refused.stderr, (change, refused.stderr)
