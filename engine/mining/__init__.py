"""What many cases have in common: how often a flow is taken, how long a step takes. Pure: no storage, no web."""

from engine.mining.durations import bucket_of, quantile, seconds_of
from engine.mining.passage import FLAGS, MOVED_MARK, QUICK, Cell, Fold, Passage, Traced, cells_of, read_passage

__all__ = [
    "FLAGS", "MOVED_MARK", "QUICK", "Cell", "Fold", "Passage", "Traced", "bucket_of", "cells_of", "quantile",
    "read_passage", "seconds_of",
]  # fmt: skip
