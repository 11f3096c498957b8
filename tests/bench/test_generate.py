"""Volume data is real history: it verifies, a change in it is found, and the script says what it leaves out."""

import json
import subprocess
import sys

import pytest
from sqlalchemy import text

from bench.generate import LIMIT, generate, measure
from engine.settings import ROOT
from tests.history.conftest import ledger
from tests.history.ledger import Ledger

__all__ = ["ledger"]


def test_it_verifies_and_a_change_in_it_is_found(ledger: Ledger) -> None:
    made = generate(ledger.office.engine, cases=30, seed=4)
    assert made == 224
    ledger.log(batch=50)
    before = ledger.walk()
    assert before.broken is None and before.logged > made and before.checkpoints >= 5
    with ledger.forging() as connection:
        connection.execute(
            text("UPDATE event SET body = (SELECT body FROM event WHERE log_index = 7) WHERE log_index = 101")
        )
        row = connection.execute(text("SELECT stream, seq FROM event WHERE log_index = 101")).one()
    assert ledger.walk().broken.where == f"{row.stream} nomor {row.seq}"


def test_every_part_is_measured_and_the_script_says_that_the_engine_is_skipped() -> None:
    rows = measure("sqlite", events=400, seed=1)
    assert [row["what"] for row in rows] == ["make", "log and sign", "verify"]
    assert {row["events"] for row in rows} == {404} and all(row["processor_seconds"] >= 0 for row in rows)
    command = [sys.executable, str(ROOT / "bench" / "generate.py"), "--events", "400"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, cwd=ROOT).stdout
    assert "the engine is skipped" in told and "for a million events" in told
    as_json = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=120, check=True, cwd=ROOT)
    assert [row["storage"] for row in json.loads(as_json.stdout)] == ["sqlite"] * 3


@pytest.mark.long
@pytest.mark.parametrize("storage", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_million_events_are_verified_in_a_minute(storage: str) -> None:
    """With 2,000 checkpoints. Processor time: the wall's clock belongs to everyone on the machine."""
    verify = measure(storage, events=1_000_000, seed=1)[-1]
    assert verify["events"] >= 1_000_000
    assert verify["processor_seconds"] < LIMIT and verify["peak_mb"] < 600, verify
