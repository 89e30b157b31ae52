"""Bins of numbers that are hard to divide."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modelmetry.store.sqlite.histogram import bins
from modelmetry.store.sqlite.spread import Spread

NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(-1.7e308, 1.7e308)


def spread_of(values: list[float]) -> Spread:
    """These numbers, added one by one."""
    spread = Spread()
    for value in values:
        spread.add(value)
    return spread


def counted(values: list[float], count: int) -> list[int]:
    """How many are in each bin; the bins are held to what every histogram has."""
    spread = spread_of(values)
    found = bins(spread, spread.distribution().p99, count)
    assert 1 <= len(found) <= count
    assert (found[0].from_, found[-1].to) == (min(values), max(values))
    assert all(math.isfinite(one.from_) and math.isfinite(one.to) for one in found)
    assert all(one.to == after.from_ for one, after in pairwise(found))
    assert all(one.from_ < one.to for one in found) or min(values) == max(values)
    for one in found[:-1]:
        assert one.count == sum(one.from_ <= value < one.to for value in values)
    assert sum(one.count for one in found) == len(values)
    return [one.count for one in found]


@given(values=st.lists(NUMBERS, min_size=1, max_size=60), count=st.integers(1, 100))
@example(values=[-1.7e308, 1.7e308], count=30)
@example(values=[1e16, 1e16 + 2, 1e17], count=30)
def test_bins_hold_every_number_once(values: list[float], count: int) -> None:
    """Whatever the numbers are: each bin begins where the one before ends, and is not empty."""
    counted(values, count)


@pytest.mark.parametrize("largest", [1e308, 1.7e308])
def test_the_largest_numbers_have_bins_too(largest: float) -> None:
    """Their distance is larger than any float, which must not become infinity."""
    assert counted([-largest, 0, largest], 5) == [1, 0, 1, 0, 1]


@pytest.mark.parametrize(
    ("low", "high"),
    [(0.0, 5e-324), (1.0, 1.0000000000000002), (1e16, 1e16 + 2), (2**62, 2**62 + 1)],
)
def test_between_neighbours_there_is_one_bin(low: float, high: float) -> None:
    """No number lies between them, so more bins would all be empty."""
    assert counted([low, high], 30) == [2]


def test_one_bin_holds_the_tail_as_well() -> None:
    """There is no second one to put it into."""
    assert counted([1] * 100 + [2] * 100 + [1e6], 1) == [201]
