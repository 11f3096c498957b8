"""Times acts one by one and says what came out: medians, 95th percentiles, ratios. Knows nothing of what is timed."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median, quantiles

HEAD = ("what", "storage", "p50 ms", "p95 ms", "x floor")


@dataclass
class Samples:
    """Milliseconds of one act on one storage."""

    what: str
    storage: str
    took: list[float] = field(default_factory=list)

    def time(self, act: Callable[[], object]) -> None:
        """Run the act once and keep what it took."""
        start = time.perf_counter()
        act()
        self.took.append((time.perf_counter() - start) * 1000)

    @property
    def p50(self) -> float:
        """The median."""
        return median(self.took)

    @property
    def p95(self) -> float:
        """The 95th percentile."""
        return quantiles(self.took, n=20, method="inclusive")[-1] if len(self.took) > 1 else self.took[0]


@dataclass(frozen=True)
class Bar:
    """`what` may take at most `times` the median of `than`."""

    what: str
    than: str
    times: float


def report(samples: list[Samples], floor: str, bar: Bar, *, as_json: bool) -> None:
    """Print the results of one run."""
    floors = {each.storage: each.p50 for each in samples if each.what == floor}
    rows = [
        {"what": each.what, "storage": each.storage, "p50_ms": round(each.p50, 3), "p95_ms": round(each.p95, 3),
         "ratio_to_floor": round(each.p50 / floors[each.storage], 3)}
        for each in samples
    ]  # fmt: skip
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    print("{:<12} {:<11} {:>8} {:>8} {:>8}".format(*HEAD))
    for row in rows:
        print("{:<12} {:<11} {:>8.2f} {:>8.2f} {:>8.2f}".format(*row.values()))
    for storage in floors:
        print(_verdict(samples, storage, bar))


def _verdict(samples: list[Samples], storage: str, bar: Bar) -> str:
    medians = {each.what: each.p50 for each in samples if each.storage == storage}
    ratio = medians[bar.what] / medians[bar.than]
    word = "held" if ratio <= bar.times else "MISSED"
    return f"{storage}: {bar.what} is {ratio:.2f} x {bar.than} (at most {bar.times}): {word}"


def options(description: str, *, cases: int, rounds: int, storages: tuple[str, ...]) -> argparse.ArgumentParser:
    """The options that every benchmark has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--cases", type=int, default=cases, help="cases side by side in a round (%(default)s)")
    parser.add_argument("--rounds", type=int, default=rounds, help="rounds, each with fresh cases (%(default)s)")
    parser.add_argument("--storage", choices=storages, action="append", help="only this one (default: all)")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    return parser


def wanted_storages(given: list[str] | None, known: tuple[str, ...], usable: tuple[str, ...]) -> list[str]:
    """The storages to measure; what is missing on this machine is said."""
    for each in set(known) - set(usable):
        print(f"{each} is not on this machine and is left out", file=sys.stderr)
    return [each for each in usable if not given or each in given]
