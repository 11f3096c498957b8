"""A past case tried on a diagram that nobody has put in force: same answers, same instants. Knows no database.

The real engine runs the draft. Each open task takes what was once answered at it, timers fire when they are due, and
what comes out is held against what happened: another way, late or not.
"""

from engine.dry_run.case import OTHER, SAME, UNTOLD, Draft, Recorded, Tried, try_case
from engine.dry_run.sop import Sop

__all__ = ["OTHER", "SAME", "UNTOLD", "Draft", "Recorded", "Sop", "Tried", "try_case"]
