"""The benchmark of loops runs and says what it found; its cases stay as small on a database as in memory."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bench.loops import WAYS, measure, rows_of, table
from bench.office import Office, furnish
from engine.settings import ROOT
from engine.store.database import open_database


@pytest.fixture
def office(storage: str, database_url: str) -> Iterator[Office]:
    database = open_database(database_url)
    yield furnish(storage, database_url, database)
    database.dispose()


@pytest.mark.parametrize("shape", WAYS)
def test_a_loop_stays_small_and_every_step_is_timed(office: Office, shape: str):
    few, many = (measure(office, shape, rounds=rounds, cases=1) for rounds in (3, 15))
    assert (few.tasks, many.rounds) == (many.tasks, 15)
    first, last = rows_of(many)
    assert (first["what"], last["what"], first["ratio_to_floor"]) == (f"{shape}_first", f"{shape}_last", 1)
    assert len({len(each.took) for each in (*many.aged, *many.young)}) == 1
    assert "at most 1.2" in table([many])


def test_the_script_runs_by_itself():
    options = ["--rounds", "2", "--storage", "sqlite", "--loop", "flat", "--json"]
    command = [sys.executable, str(ROOT / "bench" / "loops.py"), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=True, cwd=ROOT)
    rows = json.loads(done.stdout)
    assert list(rows[0])[:5] == ["what", "storage", "p50_ms", "p95_ms", "ratio_to_floor"]
    assert [row["what"] for row in rows] == ["flat_first", "flat_last"]
