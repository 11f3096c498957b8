"""Durations counted in buckets that grow by a tenth: counts of any days, units and versions can be added up.

A bucket is told by its middle, so that a quantile is within 5 % of the true one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

GROWTH = 1.1
_LOG = math.log(GROWTH)


def bucket_of(seconds: int) -> int:
    """The bucket of a duration in seconds: 0 for none at all, then n for 1.1**(n-1) up to less than 1.1**n."""
    if seconds <= 0:
        return 0
    guess = int(math.log(seconds) / _LOG) + 1
    # Logarithms of exact powers may fall on either side.
    if seconds < GROWTH ** (guess - 1):
        return guess - 1
    return guess + 1 if seconds >= GROWTH**guess else guess


def seconds_of(bucket: int) -> int:
    """The middle of a bucket, in seconds."""
    return round(GROWTH ** (bucket - 0.5)) if bucket else 0


def quantile(counts: Mapping[int, int], share: float) -> int | None:
    """The duration, in seconds, that this share of the counted ones does not exceed; None when none was counted."""
    total = sum(counts.values())
    if total <= 0:
        return None
    rank, seen = max(1, math.ceil(share * total)), 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen >= rank:
            return seconds_of(bucket)
    return None
