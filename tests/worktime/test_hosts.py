"""The answers do not depend on the zone of the host, and come quickly."""

import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.worktime import WIB, Calendar, Duration, explain, remaining
from tests.worktime.calendars import START

ROOT = Path(__file__).parents[2]
DURATIONS = tuple(map(Duration.parse, ("15 Menit", "120 menit", "3 hari", "5 hari kerja")))
QUICK = 2.0  # seconds of computing for 100,000 due times


def starts(count: int, rng: random.Random) -> list[datetime]:
    first = datetime(2025, 1, 1, tzinfo=UTC)
    return [first + timedelta(microseconds=rng.randrange(2 * 365 * 86_400 * 10**6)) for _ in range(count)]


def answers(seed: int) -> str:
    rng = random.Random(seed)
    lines = []
    for start in starts(300, rng):
        due = START.add(start, rng.choice(DURATIONS))
        now = start + timedelta(minutes=rng.randrange(20_000))
        lines.append(
            f"{due.at.isoformat()} {explain(due)} {START.state(start, due.at, now)} {remaining(START, now, due.at)} "
            f"{START.working_time(start, now)} {due.days} {due.skipped} {due.runs_from.isoformat()} {due.warnings}"
        )
    return "\n".join(lines)


def test_every_host_gives_the_same_answers(rng: random.Random):
    seed = rng.randrange(2**32)
    program = f"from tests.worktime.test_hosts import answers; print(answers({seed}))"
    asked = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "TZ": zone, "PYTHONIOENCODING": "utf-8"},
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        for zone in ("UTC", "Asia/Jakarta", "America/New_York")
    ]
    told = [each.communicate(timeout=60)[0].strip() for each in asked]
    assert told == [answers(seed)] * 3


def test_serang_keeps_the_offset_that_is_computed_with(rng: random.Random):
    zone = ZoneInfo("Asia/Jakarta")
    for start in starts(200, rng):
        assert start.astimezone(zone).replace(tzinfo=None) == start.astimezone(WIB).replace(tzinfo=None)


@pytest.mark.parametrize("duration", DURATIONS, ids=str)
def test_a_hundred_thousand_due_times_are_quick(rng: random.Random, duration: Duration):
    calendar = Calendar.from_data(START.to_data())  # its tables are not laid out yet
    asked = starts(100_000, rng)
    before = time.process_time()
    for start in asked:
        calendar.add(start, duration)
    assert time.process_time() - before < QUICK
