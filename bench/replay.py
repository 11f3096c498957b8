"""How many finished cases one core verifies by replay: each runs again from its events and is held against its rows."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # this folder on the path would put http.py before the standard library's
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select

from bench.measure import Samples, options, wanted_storages
from bench.office import STORAGES, Office, new_office, usable_storages
from bench.ways import Ours
from engine.queries.stored_cases import CaseCheck
from engine.store.database import snapshot
from engine.store.models import Event

LEAST = 150  # cases a second on one core
HEAD = ("storage", "cases", "events", "floor ms", "replay ms", "CPU s", "wall s", "cases/CPU s", "cases/s")


@dataclass
class Measured:
    """One storage: what a case costs, and what all of them took together in the best round."""

    storage: str
    floor: Samples
    replay: Samples
    cases: int
    events: int = 0
    cpu: float = float("inf")
    wall: float = float("inf")


def make_cases(office: Office, count: int) -> None:
    """Finish so many cases of the SOP, each through every step, by the real commands."""
    way = Ours(office)
    for _ in range(count):
        case = way.open()
        while (step := way.next_step(case)) is not None:
            way.take(step)


def measure(office: Office, *, cases: int, rounds: int) -> Measured:
    """Verify them so many times over; the first round, which warms up, does not count."""
    make_cases(office, cases)
    floor, replay = Samples("floor", office.storage), Samples("replay_verify", office.storage)
    measured = Measured(office.storage, floor, replay, cases)
    for number in range(rounds + 1):
        if number == 1:
            floor.took.clear()
            replay.took.clear()
            measured.cpu = measured.wall = float("inf")
        _verify(office, measured)
        _read(office, measured)
    return measured


def _verify(office: Office, measured: Measured) -> None:
    cpu, wall = time.process_time(), time.perf_counter()
    with snapshot(office.database) as session:
        checked = CaseCheck(session).all()
        for _ in range(measured.cases):
            with _timed(measured.replay):
                number, found = next(checked)
            assert found is None, (number, found)
        assert next(checked, None) is None
    measured.cpu = min(measured.cpu, time.process_time() - cpu)
    measured.wall = min(measured.wall, time.perf_counter() - wall)


def _read(office: Office, measured: Measured) -> None:
    """The least that looking at a case can cost: its events read, hashed and parsed."""
    with snapshot(office.database) as session:
        streams = session.scalars(select(Event.stream).where(Event.stream.startswith("kasus/"), Event.seq == 1)).all()
        measured.events = 0
        for stream in streams:
            with _timed(measured.floor):
                rows = session.execute(select(Event.hash, Event.body).where(Event.stream == stream)).all()
                for row in rows:
                    assert hashlib.sha256(row.body).hexdigest() == row.hash
                    orjson.loads(row.body)
            measured.events += len(rows)


@contextmanager
def _timed(samples: Samples) -> Iterator[None]:
    start = time.perf_counter()
    yield
    samples.took.append((time.perf_counter() - start) * 1000)


def rows_of(measured: Measured) -> list[dict[str, Any]]:
    """The agreed form, and of the replay also what all cases took together."""
    more = {"cases": measured.cases, "events": measured.events, "cpu_s": round(measured.cpu, 3),
            "wall_s": round(measured.wall, 3), "cases_per_cpu_s": round(measured.cases / measured.cpu, 1),
            "cases_per_s": round(measured.cases / measured.wall, 1)}  # fmt: skip
    return [
        {"what": each.what, "storage": each.storage, "p50_ms": round(each.p50, 3), "p95_ms": round(each.p95, 3),
         "ratio_to_floor": round(each.p50 / measured.floor.p50, 3), **(more if each is measured.replay else {})}
        for each in (measured.floor, measured.replay)
    ]  # fmt: skip


def table(found: list[Measured]) -> str:
    """For people, and whether the bar was held. Python runs on one core, so its CPU seconds are that core's."""
    line = "{:<11} {:>6} {:>7} {:>9} {:>10} {:>6} {:>7} {:>12} {:>8}"
    lines = [line.format(*HEAD)]
    for each in found:
        floor, replay = rows_of(each)
        numbers = (f"{each.cpu:.2f}", f"{each.wall:.2f}", replay["cases_per_cpu_s"], replay["cases_per_s"])
        medians = (f"{floor['p50_ms']:.2f}", f"{replay['p50_ms']:.2f}")
        lines.append(line.format(each.storage, each.cases, each.events, *medians, *numbers))
        word = "held" if replay["cases_per_cpu_s"] >= LEAST else "MISSED"
        lines.append(f"{each.storage}: at least {LEAST} cases a second on one core: {word}")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    chosen = options(__doc__ or "", cases=300, rounds=3, storages=STORAGES).parse_args()
    found: list[Measured] = []
    for storage in wanted_storages(chosen.storage, STORAGES, usable_storages()):
        with new_office(storage) as office:
            found.append(measure(office, cases=chosen.cases, rounds=chosen.rounds))
    print(json.dumps([row for each in found for row in rows_of(each)], indent=2) if chosen.json else table(found))


if __name__ == "__main__":
    main()
