"""The benchmarks run and speak the agreed form, and a step stays within its statements on both databases."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bench.measure import Samples, report
from bench.office import Office, furnish
from bench.step import BAR, measure, statements_per_step
from engine.settings import ROOT
from engine.store.database import open_database

MOST_STATEMENTS = 6  # design: Truth and storage
KEYS = ["what", "storage", "p50_ms", "p95_ms", "ratio_to_floor"]


@pytest.fixture
def office(storage: str, database_url: str) -> Iterator[Office]:
    database = open_database(database_url)
    yield furnish(storage, database_url, database)
    database.dispose()


def test_a_step_needs_at_most_six_statements(office: Office):
    counts = statements_per_step(office)
    assert len(counts) >= 5
    assert max(counts) <= MOST_STATEMENTS


def test_every_way_is_timed_at_every_step_and_reported_in_the_agreed_form(office: Office, capsys):
    samples = measure(office, cases=1, rounds=1)
    assert {len(each.took) for each in samples} == {len(statements_per_step(office))}
    report(samples, "floor", BAR, as_json=True)
    rows = json.loads(capsys.readouterr().out)
    assert [row["what"] for row in rows] == ["floor", "whole_json", "ours"]
    assert all(list(row) == KEYS and row["storage"] == office.storage for row in rows)
    assert rows[0]["ratio_to_floor"] == 1
    assert all(0 < row["p50_ms"] <= row["p95_ms"] for row in rows)


def test_the_table_says_whether_the_bar_held(capsys):
    fast, slow = Samples("ours", "sqlite", [1.0, 3.0, 2.0]), Samples("whole_json", "sqlite", [1.0, 1.0, 1.0])
    report([fast, slow], "whole_json", BAR, as_json=False)
    assert "sqlite: ours is 2.00 x whole_json (at most 1.1): MISSED" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("script", "whats"),
    [
        ("step.py", ["floor", "whole_json", "ours"]),
        pytest.param("http.py", ["bare_view", "task_post"], marks=pytest.mark.long),  # it starts two web servers
    ],
)
def test_the_scripts_run_by_themselves(script: str, whats: list[str]):
    options = ["--cases", "1", "--rounds", "1", "--storage", "sqlite", "--json"]
    command = [sys.executable, str(ROOT / "bench" / script), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=True, cwd=ROOT)
    assert [row["what"] for row in json.loads(done.stdout)] == whats
