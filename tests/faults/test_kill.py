"""kill -9 at named points and at random ones: no acknowledged step is lost, none is half, and the office goes on."""

import os
import random
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.aftermath import (
    Place,
    nothing_lost_nothing_half,
    redo,
    wait_for_the_end,
    whole_step_or_none,
)
from tests.faults.points import POINTS

Fork = Callable[[dict[str, Any]], int]
LIVES = 25  # kills that one office goes through
STATEMENTS = 160  # a random kill comes at one of so many


def killed(place: Place, fork: Fork, plan: dict[str, Any]) -> None:
    """A worker lives by the plan and dies of SIGKILL; what it told is read."""
    status = fork(plan)
    out = place.folder / "child.txt"
    said = out.read_text("utf-8") if out.exists() else ""
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, f"ended otherwise ({status}):\n{said}"
    place.told.read(Path(plan["journal"]))


def look(place: Place, rng: random.Random) -> bool:
    """Hold everything against what was told, then send the interrupted command again; returns whether it was kept."""
    unfinished = place.told.unfinished
    with place.clerk(rng) as clerk:
        wait_for_the_end(clerk.office)
        kept = whole_step_or_none(clerk, place.told)
        nothing_lost_nothing_half(clerk, place.told)
        redo(clerk, unfinished, kept)
        clerk.step(clerk.file())
        clerk.log()
        assert clerk.ledger.findings() == []
    return kept


def opened(new_place: Callable[[], Place], rng: random.Random) -> Place:
    """An office with a signed log, of which the world has seen the first checkpoint."""
    place = new_place()
    with place.clerk(rng) as clerk:
        clerk.log()
    return place


@pytest.mark.parametrize("number", range(len(POINTS)), ids=map(str, POINTS))
def test_killed_at_a_named_point(number: int, new_place: Callable[[], Place], fork: Fork, rng: random.Random):
    place, point = opened(new_place, rng), POINTS[number]
    killed(place, fork, place.plan(rng.getrandbits(32), point=number))
    assert place.told.struck == str(point)
    assert look(place, rng) is point.kept


def kill_at_random(place: Place, fork: Fork, rng: random.Random) -> int:
    """A worker does whatever is possible until it dies, by itself at a statement or from outside in the midst of work.

    Returns how many commands it had acknowledged.
    """
    pause = rng.choice([None, rng.uniform(0, 0.004)])
    seed, before = rng.getrandbits(32), place.told.commands
    kill = {"statements": rng.randint(1, STATEMENTS), "pause": pause}
    killed(place, fork, place.plan(seed, **kill))
    acknowledged, unfinished = place.told.commands - before, place.told.unfinished
    kept = look(place, rng)
    verb = unfinished["begin"] if unfinished else "nothing"
    print(f"seed {seed}, {kill}: {acknowledged} acknowledged, {verb} under way, kept: {kept}")  # noqa: T201
    return acknowledged


def kill_again_and_again(times: int, new_place: Callable[[], Place], fork: Fork, rng: random.Random) -> None:
    acknowledged = 0
    for first in range(0, times, LIVES):
        place = opened(new_place, rng)
        acknowledged += sum(kill_at_random(place, fork, rng) for _ in range(min(LIVES, times - first)))
    assert acknowledged > times, "workers were killed before they did anything"


def test_random_kills(new_place: Callable[[], Place], fork: Fork, rng: random.Random):
    kill_again_and_again(6, new_place, fork, rng)


@pytest.mark.long
def test_two_hundred_random_kills(new_place: Callable[[], Place], fork: Fork, rng: random.Random):
    kill_again_and_again(200, new_place, fork, rng)
