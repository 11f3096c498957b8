"""A throw-away case on a diagram that nobody has put in force: the real engine, made-up people. Knows no database.

Nothing is kept between two runs: a run begins anew and takes every action since the start.
"""

from engine.simulation.actions import Action, Fill, Wait, plain, read_actions
from engine.simulation.examples import example
from engine.simulation.outcome import Outcome, differences, outcome_of
from engine.simulation.run import Run, simulate, simulate_all
from engine.simulation.situation import Situation

__all__ = [
    "Action",
    "Fill",
    "Outcome",
    "Run",
    "Situation",
    "Wait",
    "differences",
    "example",
    "outcome_of",
    "plain",
    "read_actions",
    "simulate",
    "simulate_all",
]
