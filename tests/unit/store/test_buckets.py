"""Histograms in buckets: packed, merged, asked for quantiles."""

from __future__ import annotations

from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.store.buckets import (
    Bounds,
    from_blob,
    merged,
    packed,
    quantile,
    to_blob,
    unpacked,
)

bounds_ = st.lists(st.integers(-50, 50), unique=True, max_size=6).map(
    lambda some: tuple(map(float, sorted(some)))
)


@st.composite
def histograms(draw: st.DrawFn) -> tuple[Bounds, list[int]]:
    """Bounds and counts."""
    bounds = draw(bounds_)
    size = len(bounds) + 1
    return bounds, draw(st.lists(st.integers(0, 10**10), min_size=size, max_size=size))


@given(histograms())
def test_counts_that_are_kept_are_read_back(one: tuple[Bounds, list[int]]) -> None:
    """Whatever is empty at the end takes no space."""
    bounds, counts = one
    assert unpacked(from_blob(to_blob(packed(counts))), bounds) == counts
    assert to_blob(packed([0] * 200)) == b""


@given(histograms(), st.lists(st.integers(0, 10**10), min_size=7, max_size=7))
def test_the_sum_of_packed_counts_is_that_of_all(
    one: tuple[Bounds, list[int]], more: list[int]
) -> None:
    """Bucket by bucket."""
    bounds, counts = one
    others = more[: len(counts)]
    both = [a + b for a, b in zip(counts, others, strict=True)]
    assert unpacked(packed(counts) + packed(others), bounds) == both


@given(
    st.lists(
        st.tuples(bounds_, st.lists(st.integers(-60, 60), max_size=20)), min_size=1, max_size=4
    )
)
def test_merged_histograms_are_those_of_the_common_bounds(
    processes: list[tuple[Bounds, list[int]]],
) -> None:
    """As if every process had used them: nothing is estimated, nothing lost."""

    def counted(bounds: Bounds, values: list[int]) -> list[int]:
        counts = [0] * (len(bounds) + 1)
        for value in values:
            counts[bisect_left(bounds, value)] += 1
        return counts

    bounds, counts, differed = merged((of, packed(counted(of, some))) for of, some in processes)
    assert set(bounds) == set[float].intersection(*(set(of) for of, _ in processes))
    assert counts == counted(bounds, [value for _, some in processes for value in some])
    assert differed == (len({of for of, _ in processes}) > 1)


def test_of_nothing_there_is_no_quantile() -> None:
    """Nor without any bound."""
    assert merged([]) == ((), [0], False)
    assert quantile((1.0,), [0, 0], 0.5) is None
    assert quantile((), [7], 0.5) is None


@pytest.mark.parametrize(
    ("bounds", "counts", "rank", "value"),
    [
        # The document's example: uniform from 0 to 0.2 s; a real Prometheus answered 0.92.
        ((0.01, 0.1, 1.0), (50, 450, 500, 0), 0.95, 0.91),
        ((0.1, 0.2, 0.4), (0, 10, 0, 0), 0.5, 0.15),
        ((1.0, 2.0), (4, 0, 0), 0.5, 0.5),  # the first bucket begins at 0
        ((1.0, 2.0), (0, 0, 3), 0.99, 2.0),  # above the last bound: that bound
        ((-1.0, 2.0), (3, 0, 0), 0.5, -1.0),  # below 0 nobody knows where it begins
        ((-2.0, -1.0, 1.0), (0, 2, 2, 0), 0.75, 0.0),
        ((1.0, 2.0, 4.0), (0, 0, 5, 0), 0.0, 2.0),
        ((1.0, 2.0, 4.0), (1, 2, 5, 0), 1.0, 4.0),
    ],
)
def test_quantiles_are_those_of_prometheus(
    bounds: Bounds, counts: tuple[int, ...], rank: float, value: float
) -> None:
    """By linear interpolation inside of the bucket."""
    found = quantile(bounds, counts, rank)
    assert found is not None
    assert found.value == pytest.approx(value)


def test_a_quantile_says_its_bucket() -> None:
    """Both bounds; none where there is none."""
    inside, above, first = (
        quantile((1, 2), some, 0.5) for some in ((0, 4, 0), (0, 0, 4), (4, 0, 0))
    )
    assert inside is not None
    assert above is not None
    assert first is not None
    assert (inside.above, inside.up_to) == (1, 2)
    assert (above.above, above.up_to) == (2, None)
    assert (first.above, first.up_to) == (None, 1)
