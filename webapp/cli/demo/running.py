"""When a case began of which a task is open now, so and so late. Runs the diagram; knows no database."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.process.diagram import Element
from engine.process.spiff import Moment
from engine.store.deployments import Deployed
from engine.worktime import Duration
from webapp.cli.demo.office_time import OfficeTime, minutes_of
from webapp.cli.demo.stories import Story
from webapp.cli.demo.topics import course

_MAX_STEPS = 50  # a loop in a redrawn diagram ends the walk instead of holding it up
_TRIES = 40
_LATE = "terlambat"
_WAIT = 8 * 450  # at most so many working minutes an answer has been waiting for its reporter
_USED = {"baru": (0, 25), "wajar": (5, 74), "hampir": (76, 100), _LATE: (101, 260)}  # percent of the time


@dataclass(frozen=True)
class Spot:
    """Where a case stands at the end, and how its clock stands there (`cerita.json`)."""

    form_key: str
    mood: str

    @property
    def today(self) -> bool:
        """Whether it was filed within the last hours."""
        return self.mood == "hari ini"


def start_of(
    version: Deployed, time: OfficeTime, story: Story, spot: Spot, rng: random.Random
) -> tuple[datetime, dict[str, float]]:
    """The moment of filing, and working minutes by element until it is completed."""
    if spot.today:
        return time.end - timedelta(minutes=rng.uniform(4, 300)), {}
    way = list(_way(version, time, story, spot.form_key))
    minutes = {element.id: duration(version, element, rng) for element in way[1:-1]}
    opened = _opened(version, time, way[-1], spot, rng)
    start = time.minute(opened) - sum(minutes.values())
    if start < 0:  # a short demo: everything went quicker
        haste = time.minute(opened) / sum(minutes.values()) * 0.9
        minutes = {element: haste * each for element, each in minutes.items()}
        start = time.minute(opened) - sum(minutes.values())
    return time.at(start), minutes


def duration(version: Deployed, element: Element, rng: random.Random) -> float:
    """Working minutes that staff take for a step: mostly less than its standard, sometimes more."""
    standard = version.standard_of(element.id)
    usual = minutes_of(standard)
    if rng.random() * 1000 < course()["terlambat"]:
        over = rng.uniform(1.1, 1.9) if standard is not None and standard.in_days else 1 + rng.expovariate(0.4)
        return usual * over
    return usual * rng.triangular(0.05, 0.97, 0.3)


def _opened(version: Deployed, time: OfficeTime, element: Element, spot: Spot, rng: random.Random) -> datetime:
    """When the last task opened, so that its clock stands as wanted now, or as nearly so as the hour of day allows."""
    lane, standard = version.lane_of(element.id), version.standard_of(element.id) or Duration(1, "jam")
    now = time.minute(time.end)
    if lane is not None and lane.no_deadline:
        return time.at(max(0.0, now - rng.uniform(60, _WAIT)))
    low, high = _USED[spot.mood]
    # A standard in days ends at the close of a day, so that it may have half a day more than its minutes.
    ago = (minutes_of(standard) * rng.uniform(low, high * 1.3) / 100 for _ in range(_TRIES))
    return min((time.at(max(0.0, now - each)) for each in ago), key=lambda at: _missed(time, at, standard, spot))


def _missed(time: OfficeTime, opened: datetime, standard: Duration, spot: Spot) -> int:
    """By how many percent of its time a task that opened then would miss the wanted state."""
    low, high = _USED[spot.mood]
    due = time.calendar.add(opened, standard).at
    used = time.calendar.percent_used(opened, due, time.end)
    wrong_side = (time.end > due) != (spot.mood == _LATE)
    return max(low - used, used - high, 0) + 1000 * wrong_side


def _way(version: Deployed, time: OfficeTime, story: Story, stop: str) -> Iterator[Element]:
    """Tasks in the order in which this story reaches them, the one left open last."""
    story = story.afresh()
    # The way does not depend on when: timers on it ask a calendar all the same.
    moment = Moment("demo", time.begin, lambda start, amount, unit: time.calendar.add(start, Duration(amount, unit)).at)
    step = version.program.start(moment)
    for _ in range(_MAX_STEPS):
        if not step.position.tasks:
            return
        task = step.position.tasks[0]
        element = version.diagram.elements[task.element]
        yield element
        key = element.form_key or element.id
        if key == stop or not story.tells(key):
            return
        step = version.program.complete(step.state, task.id, story.typed(key), moment)
