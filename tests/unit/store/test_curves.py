"""Curves have few points and look the same."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from modelmetry_api.models import MetricCurve
from modelmetry_api.types import to_builtins

from modelmetry.store.executions import CurveQuery
from modelmetry.store.sqlite.store import SqliteStore
from modelmetry.store.sqlite.thinning import FEWEST, thin
from tests.unit.store.cast import TENANT, at
from tests.unit.store.execution_cast import chunk, execution, recorded, value

NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1.7e308, max_value=1.7e308),
    st.sampled_from([0.0, 1.0, -1.0, 1.7e308, -1.7e308, 5e-324]),
)


@given(st.lists(NUMBERS, max_size=300), st.integers(FEWEST, 80))
def test_extremes_are_kept(values: list[float], points: int) -> None:
    """First, last, smallest and largest value; places increase, and there are not too many."""
    places = thin(values, points)
    assert len(places) <= points
    assert all(one < other for one, other in pairwise(places))
    kept = [values[place] for place in places]
    assert len(places) == len(values) or len(places) >= FEWEST - 2
    if values:
        assert (places[0], places[-1]) == (0, len(values) - 1)
        assert (min(kept), max(kept)) == (min(values), max(values))


@given(st.integers(1, 50), st.integers(0, 50))
def test_what_has_few_values_is_drawn_whole(length: int, more: int) -> None:
    """Each value is a point when there is room for all."""
    assert thin([1.0] * length, length + more) == [*range(length)]


def test_nearly_all_points_are_used() -> None:
    """A long curve of noise has as many points as may be, but for the two of its extremes."""
    noise = [float(n * 7_919 % 10_007) for n in range(50_000)]
    assert 998 <= len(thin(noise, 1_000)) <= 1_000


def test_a_spike_is_drawn_as_well_as_what_is_around_it() -> None:
    """A straight line with two spikes keeps both, and points on both sides of each."""
    line = [float(n) for n in range(10_000)]
    line[3_333], line[6_666] = -50.0, 6_000.0
    places = thin(line, 100)
    assert {3_333, 6_666} <= set(places)
    assert all(other - one < 300 for one, other in pairwise(places))


def curve(store: SqliteStore, query: CurveQuery) -> MetricCurve:
    """The curve of one execution."""
    (found,) = store.metric_curves(TENANT, query).curves
    return found


def test_curves_of_several_executions(store: SqliteStore) -> None:
    """In the order in which they are asked for; one without such a metric has no points."""
    lists = [chunk(numbers=[1, 2.5]), chunk("c2", "e2", [7])]
    store.ingest(TENANT, recorded([execution(), {"XID": "e2"}, execution("e3")], lists=lists))
    query = CurveQuery(executions=("e2", "none", "e1", "e3"), name="loss")
    assert to_builtins(store.metric_curves(TENANT, query)) == {
        "Name": "loss",
        "Curves": [
            {
                "ExecutionID": of, "PipelineName": pipeline, "Count": len(numbers),
                "TotalCount": len(numbers), "Thinned": False,
                "Points": [{"Index": n, "Value": one} for n, one in enumerate(numbers)],
            }
            for of, pipeline, numbers in (
                ("e2", "", [7]), ("none", "", []), ("e1", "train", [1, 2.5]), ("e3", "train", []),
            )
        ],
    }  # fmt: skip
    assert store.metric_curves("other", query).curves[2].points == []


def test_a_long_list_is_thinned_out_and_says_so(store: SqliteStore) -> None:
    """A stretch of it is drawn with its own points, at their places in the whole list."""
    numbers = [float(n % 101) for n in range(5_000)]
    store.ingest(TENANT, recorded(lists=[chunk(numbers=numbers)]))
    whole = curve(store, CurveQuery(executions=("e1",), name="loss", points=50))
    assert (whole.count, whole.total_count, whole.thinned) == (5_000, 5_000, True)
    assert 40 < len(whole.points) <= 50
    part = CurveQuery(executions=("e1",), name="loss", points=50, from_index=60, to_index=100)
    found = curve(store, part)
    assert (found.count, found.total_count, found.thinned) == (40, 5_000, False)
    assert [point.index for point in found.points] == [*range(60, 100)]
    for point in (*whole.points, *found.points):
        assert point.value == numbers[point.index]


@pytest.mark.parametrize(("first", "last", "count"), [(0, 9, 3), (3, None, 0), (2, 1, 0)])
def test_a_stretch_may_be_longer_than_the_list(
    store: SqliteStore, first: int, last: int | None, count: int
) -> None:
    """Or empty; then it has no points."""
    store.ingest(TENANT, recorded(lists=[chunk(numbers=[1, 2, 3])]))
    query = CurveQuery(executions=("e1",), name="loss", from_index=first, to_index=last)
    found = curve(store, query)
    assert (found.count, len(found.points), found.total_count) == (count, count, 3)


def test_the_history_of_a_value_is_drawn_likewise(store: SqliteStore) -> None:
    """In the order of time."""
    values = [value(f"v{n}", number=n, At=at(-n), Name="loss") for n in range(5)]
    store.ingest(TENANT, recorded(values=values))
    found = curve(store, CurveQuery(executions=("e1",), name="loss", of="value"))
    assert [point.value for point in found.points] == [4, 3, 2, 1, 0]
    assert curve(store, CurveQuery(executions=("e1",), name="loss")).points == []
