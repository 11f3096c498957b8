"""A past case tried on a diagram that nobody has put in force: same answers, same instants. Knows no database.

The real engine runs the draft. Each open task takes what was once answered at it, timers fire when they are due, and
what comes out is held against what happened: another way, late or not.
"""

from engine.dry_run.case import Draft, Tried, try_case
from engine.dry_run.sop import Sop

__all__ = ["Draft", "Sop", "Tried", "try_case"]
