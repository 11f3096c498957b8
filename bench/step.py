"""What one durable step of a case costs: the floor, the library's usual way, and ours, interleaved in one run."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # this folder on the path would put http.py before the standard library's
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from functools import partial

from bench.measure import Bar, Samples, options, report, wanted_storages
from bench.office import STORAGES, Office, new_office, usable_storages
from bench.ways import WAYS, Ours, Way, counted

BAR = Bar("ours", "whole_json", 1.1)
WARM_UP = 2  # cases run through beforehand: statements compiled, deployment loaded, pages in memory


def measure(office: Office, *, cases: int, rounds: int) -> list[Samples]:
    """Time every way on the same number of equal cases, step by step in turn."""
    ways: list[Way] = [way(office) for way in WAYS]
    _run_round(ways, [Samples(way.name, office.storage) for way in ways], WARM_UP)
    samples = [Samples(way.name, office.storage) for way in ways]
    for _ in range(rounds):
        _run_round(ways, samples, cases)
    return samples


def _run_round(ways: list[Way], samples: list[Samples], cases: int) -> None:
    """Take fresh cases to their end. The ways take turns at every step, so that noise falls on all alike."""
    opened = [[way.open() for way in ways] for _ in range(cases)]
    turn = 0
    while True:
        for case in opened:
            steps = [way.next_step(each) for way, each in zip(ways, case, strict=True)]
            if any(step is None for step in steps):
                return
            order = [(index + turn) % len(ways) for index in range(len(ways))]
            turn += 1
            for index in order:
                samples[index].time(partial(ways[index].take, steps[index]))


def statements_per_step(office: Office) -> list[int]:
    """How many statements `complete_task` sends at each step of one case."""
    way = Ours(office)
    case = way.open()
    counts: list[int] = []
    while (step := way.next_step(case)) is not None:
        with counted(office.database) as seen:
            way.take(step)
        counts.append(len(seen))
    return counts


def main() -> None:
    """Measure and print."""
    chosen = options(__doc__, cases=10, rounds=10, storages=STORAGES).parse_args()
    samples: list[Samples] = []
    for storage in wanted_storages(chosen.storage, STORAGES, usable_storages()):
        with new_office(storage) as office:
            samples += measure(office, cases=chosen.cases, rounds=chosen.rounds)
            if not chosen.json:
                print(f"{storage}: statements of ours at each step: {statements_per_step(office)}")
    report(samples, "floor", BAR, as_json=chosen.json)


if __name__ == "__main__":
    main()
