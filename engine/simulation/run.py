"""Runs simulations: here when the gate's bounds hold, else in a process of their own that can be killed."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import orjson

from engine.process.forms import Choice, Tables
from engine.simulation.actions import Action, plain, read_actions
from engine.simulation.case import act, begin
from engine.simulation.fit import Fit, fit_of
from engine.simulation.situation import Situation, situation_from
from engine.simulation.view import situation_of
from engine.simulation.words import TOO_LONG
from engine.simulation.world import Stopped, World
from engine.worktime import Calendar

SECONDS = 2.0  # processor time of one run
ALL_SECONDS = 10.0  # of all runs of one call together
START_SECONDS = 3.0  # more for a process of its own: it has to start, on a machine that is busy
_BROKEN = "Simulasi terhenti sebelum selesai (kehabisan memori atau waktu). Sederhanakan diagram."


@dataclass(frozen=True)
class Run:
    """One simulation to run: what is done since the start."""

    started: datetime
    actions: Sequence[Action]


def simulate(
    diagram_xml: bytes,
    forms: Mapping[str, Any],
    actions: Sequence[Action],
    *,
    calendar: Calendar,
    started: datetime,
    tables: Tables,
) -> Situation:
    """Where a throw-away case stands after these actions. `forms`: form key -> JSON Schema. Never raises."""
    return simulate_all(diagram_xml, forms, [Run(started, actions)], calendar=calendar, tables=tables)[0]


def simulate_all(
    diagram_xml: bytes, forms: Mapping[str, Any], runs: Sequence[Run], *, calendar: Calendar, tables: Tables
) -> list[Situation]:
    """The same for several cases on one diagram, in order."""
    fit = fit_of(diagram_xml, forms)
    if fit.program is None or not runs:
        return [_refused(each, findings=fit.findings) for each in runs]
    if fit.harmless:
        return run_here(fit, runs, calendar, tables)
    return _run_apart(diagram_xml, fit, runs, calendar, tables)


def run_here(fit: Fit, runs: Sequence[Run], calendar: Calendar, tables: Tables) -> list[Situation]:
    """Run in this thread. Between two steps each looks at the time that it has used."""
    assert fit.program is not None
    last, found = time.thread_time() + ALL_SECONDS, []
    for each in runs:
        until = min(time.thread_time() + SECONDS, last)
        found.append(_run(World(fit.program, fit.forms, calendar, tables, until), each))
    return found


def _run(world: World, run: Run) -> Situation:
    stopped, trail, applied = None, None, 0
    try:
        world.check_time()
        trail = begin(world, run.started)
        for action in run.actions:
            trail = act(world, trail, action)
            applied += 1
        world.check_time()
    except Stopped as wrong:
        stopped = wrong
    if trail is None:
        return _refused(run, stopped.message if stopped else TOO_LONG)
    return situation_of(world, trail, applied, stopped)


def _refused(run: Run, problem: str = "", findings: tuple[str, ...] = ()) -> Situation:
    return Situation(run.started, run.started, problem=problem, findings=findings)


def _run_apart(xml: bytes, fit: Fit, runs: Sequence[Run], calendar: Calendar, tables: Tables) -> list[Situation]:
    order = {
        "xml": base64.b64encode(xml).decode(),
        "forms": {key: form.schema for key, form in fit.forms.items()},
        "runs": [{"started": each.started.isoformat(), "actions": plain(each.actions)} for each in runs],
        "calendar": calendar.to_data(),
        "tables": {name: [asdict(choice) for choice in choices] for name, choices in tables.items()},
    }
    seconds = min(SECONDS * len(runs), ALL_SECONDS) + START_SECONDS
    try:
        return [situation_from(each) for each in orjson.loads(_ask(orjson.dumps(order), seconds))]
    except subprocess.TimeoutExpired:
        return [_refused(each, TOO_LONG) for each in runs]
    except (ValueError, KeyError, TypeError, OSError):
        return [_refused(each, _BROKEN) for each in runs]


def _ask(order: bytes, seconds: float) -> bytes:
    # The modules are found as they are here, whatever the working directory of the server.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "engine.simulation"],
        input=order,
        capture_output=True,
        timeout=seconds,
        check=False,
        env=environment,
    )
    if done.returncode != 0:
        raise ValueError(f"the simulation ended with {done.returncode}")
    return done.stdout


def answer(order: dict[str, Any]) -> bytes:
    """What the other process answers to an order."""
    fit = fit_of(base64.b64decode(order["xml"]), order["forms"])
    runs = [Run(datetime.fromisoformat(each["started"]), read_actions(each["actions"])) for each in order["runs"]]
    tables = {name: [Choice(**each) for each in choices] for name, choices in order["tables"].items()}
    found = run_here(fit, runs, Calendar.from_data(order["calendar"]), tables)
    return b"[" + b",".join(each.data() for each in found) + b"]"
