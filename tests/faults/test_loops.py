"""The benchmark of loops runs and says what it found; its flat case stays as small on a database as in memory."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bench.loops import WAYS, measure, rows_of, table
from bench.office import Office, furnish
from engine.process import runtime
from engine.settings import ROOT
from engine.store.database import open_database


@pytest.fixture
def office(storage: str, database_url: str) -> Iterator[Office]:
    database = open_database(database_url)
    yield furnish(storage, database_url, database)
    database.dispose()


def test_a_flat_loop_stays_small_and_every_step_is_timed(office: Office):
    few, many = (measure(office, "flat", rounds=rounds, cases=1) for rounds in (3, 30))
    assert (few.tasks, many.rounds, many.stopped) == (many.tasks, 30, False)
    first, last = rows_of(many)
    assert (first["what"], last["what"], first["ratio_to_floor"]) == ("flat_first", "flat_last", 1)
    assert {len(each.took) for each in (*many.aged, *many.young)} == {2}
    assert "at most 1.2" in table([many])


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
@pytest.mark.parametrize("shape", [shape for shape in WAYS if shape != "flat"])
def test_a_loop_that_the_depth_guard_stops_says_so(office: Office, shape: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(runtime, "MAX_DEPTH", 40)
    loop = measure(office, shape, rounds=30, cases=1)
    assert loop.stopped and 0 < loop.rounds < 30
    assert "stopped by the depth guard" in table([loop])


def test_the_script_runs_by_itself():
    options = ["--rounds", "2", "--storage", "sqlite", "--loop", "flat", "--json"]
    command = [sys.executable, str(ROOT / "bench" / "loops.py"), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=True, cwd=ROOT)
    rows = json.loads(done.stdout)
    assert list(rows[0])[:5] == ["what", "storage", "p50_ms", "p95_ms", "ratio_to_floor"]
    assert [row["what"] for row in rows] == ["flat_first", "flat_last"]
