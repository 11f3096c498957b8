"""Starts several acts at the same moment, each in a thread of its own, and says what each of them got."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.errors import Refusal


@dataclass
class Outcome:
    """What one of the racers got: an answer or a refusal."""

    answer: Any = None
    refusal: Refusal | None = None


def race(*runners: Callable[[], Any]) -> list[Outcome]:
    """Run all behind one barrier; anything but an answer or a refusal fails the test."""
    barrier = threading.Barrier(len(runners))
    outcomes = [Outcome() for _ in runners]
    crashes: list[BaseException] = []

    def run(number: int) -> None:
        barrier.wait(timeout=20)
        try:
            outcomes[number].answer = runners[number]()
        except Refusal as refusal:
            outcomes[number].refusal = refusal
        except BaseException as crash:  # an exception in a thread would otherwise be lost
            crashes.append(crash)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(runners))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive(), "a racer hangs"
    if crashes:
        raise crashes[0]
    return outcomes


def split(outcomes: list[Outcome]) -> tuple[list[Any], list[Refusal]]:
    """The answers, and the refusals."""
    return [o.answer for o in outcomes if o.refusal is None], [o.refusal for o in outcomes if o.refusal is not None]
