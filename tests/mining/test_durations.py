"""Durations in buckets: each falls into its own, and quantiles are within the promised 5 %."""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest

from engine.mining.durations import GROWTH, bucket_of, quantile, seconds_of


@pytest.mark.parametrize("seconds", [1, 2, 9, 10, 59, 60, 61, 3600, 86_400, 10**7])
def test_a_duration_lies_within_its_bucket(seconds: int):
    bucket = bucket_of(seconds)
    assert GROWTH ** (bucket - 1) <= seconds < GROWTH**bucket


def test_nothing_is_its_own_bucket():
    assert (bucket_of(0), bucket_of(-5), seconds_of(0)) == (0, 0, 0)
    assert quantile({}, 0.5) is None and quantile({3: 0}, 0.5) is None


@pytest.mark.parametrize("seed", [20261130])
def test_added_buckets_tell_quantiles_within_five_percent(seed: int):
    rng = random.Random(seed)
    for _ in range(50):
        exact = sorted(int(math.exp(rng.uniform(0, 14))) + 20 for _ in range(rng.randrange(1, 400)))
        half = len(exact) // 2
        added = Counter(map(bucket_of, exact[:half])) + Counter(map(bucket_of, exact[half:]))
        for share in (0.5, 0.9):
            true = exact[max(1, math.ceil(share * len(exact))) - 1]
            assert quantile(added, share) == pytest.approx(true, rel=0.05)
