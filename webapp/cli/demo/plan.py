"""When each step of a demo case happens: drawn from the seed before anything is written, the same on every day.

The way of a case through the diagram is found by running the diagram itself, without a database.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from engine.process.diagram import Element
from engine.process.spiff import Moment
from engine.store.deployments import Deployed
from webapp.cli.demo.office_time import OfficeTime, standard_minutes
from webapp.cli.demo.stories import FINISHED, Story, stories

_MAX_STEPS = 50  # a loop in a redrawn diagram ends the walk instead of holding it up


@dataclass(frozen=True)
class Plan:
    """One case to be made."""

    story: Story
    start: float  # working minute of filing
    minutes: dict[str, float]  # element -> working minutes until it is completed
    rng: random.Random  # for choices on the way


def plans(version: Deployed, count: int, seed: int) -> list[Plan]:
    """`count` cases. After the first round of stories the others run to their end, as most cases of an office do."""
    told = stories()
    chosen = [told[i] if i < len(told) else _finished(told[i % len(told)]) for i in range(count)]
    return [_plan(version, story, random.Random(f"{seed}/{index}")) for index, story in enumerate(chosen)]  # noqa: S311


def _finished(story: Story) -> Story:
    return replace(story, stops_at=FINISHED, abandoned=False, claimed=False)


def _plan(version: Deployed, story: Story, rng: random.Random) -> Plan:
    way = list(_way(version, story))
    haste = 0.25 if story.abandoned else 1.0
    minutes = {element.id: haste * _duration(version, element, rng) for element in way}
    minutes[way[0].id] = 0.0  # filing opens and completes the first task at once
    spent = sum(minutes.values())
    if story.abandoned:
        start = rng.uniform(0, 45)
    elif story.stops_at == FINISHED:
        start = rng.uniform(0.05, 0.95) * max(0.0, OfficeTime.TOTAL - spent)
    else:
        start = max(0.0, OfficeTime.TOTAL - spent)  # the last of `minutes` is how long its task has been open
    return Plan(story, start, minutes, rng)


def _duration(version: Deployed, element: Element, rng: random.Random) -> float:
    lane = version.diagram.lanes.get(element.lane or "")
    if lane is not None and lane.no_deadline:
        return rng.uniform(30, 600)
    late = rng.random() < 0.1
    return standard_minutes(element.properties.get("waktu", "")) * rng.uniform(*((1.05, 1.5) if late else (0.15, 0.85)))


def _way(version: Deployed, story: Story) -> Iterator[Element]:
    """Tasks in the order in which this story reaches them, the one left open last."""
    moment = Moment("demo", datetime(2025, 1, 1, tzinfo=UTC))
    step = version.program.start(moment)
    for _ in range(_MAX_STEPS):
        if not step.position.tasks:
            return
        task = step.position.tasks[0]
        element = version.diagram.elements[task.element]
        yield element
        key = element.form_key or element.id
        if key == story.stops_at or key not in story.values:
            return
        step = version.program.complete(step.state, task.id, story.values[key], moment)
