"""Several processes told as one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modelmetry.metrics.families import Across, Exemplar, Family, Kind, Point
from modelmetry.metrics.merging import merged

LABELS = st.sampled_from([("a",), ("b",), ()])
EXAMPLES = st.builds(Exemplar, st.integers(0, 9), st.sampled_from("xyz"), st.integers(1, 99))


def histogram(counts: dict[tuple[str, ...], tuple[int, int]]) -> Family:
    """One with two buckets."""
    points = [Point(key, sum(both), both) for key, both in counts.items()]
    return Family("h", "histogram", "s", "", ("k",), (1.0,), points=points)


def gauge(across: Across, value: float, at: float = 0.0) -> Family:
    """One with one value."""
    return Family("g", "gauge", "", "", across=across, points=[Point((), value, at=at)])


@given(
    st.lists(
        st.dictionaries(LABELS, st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=3),
        max_size=4,
    )
)
def test_histograms_are_added_up(processes: list[dict[tuple[str, ...], tuple[int, int]]]) -> None:
    """By their attributes, the series of what had no room included."""
    families = merged([histogram(one)] for one in processes)
    found = {point.attributes: point.counts for one in families for point in one.points}
    assert found == {
        key: tuple(sum(one.get(key, (0, 0))[i] for one in processes) for i in (0, 1))
        for key in {key for one in processes for key in one}
    }


def test_gauges_are_told_as_they_say() -> None:
    """The latest, the sum, the largest or the smallest."""
    expected: dict[Across, float] = {"latest": 1, "sum": 6, "max": 3, "min": 1}
    for across, value in expected.items():
        processes = [[gauge(across, 3, 5)], [gauge(across, 1, 9)], [gauge(across, 2, 7)]]
        assert merged(processes)[0].points[0].value == value


@given(st.lists(st.tuples(st.none() | EXAMPLES, st.none() | EXAMPLES), min_size=1, max_size=4))
def test_the_latest_example_stays(examples: list[tuple[Exemplar | None, Exemplar | None]]) -> None:
    """In each bucket."""
    processes = [
        [Family("h", "histogram", "", "", (), (1.0,), points=[Point((), 0, (1, 1), pair)])]
        for pair in examples
    ]
    told = merged(processes)[0].points[0].exemplars
    for bucket, found in enumerate(told):
        latest = max((one.at for pair in examples if (one := pair[bucket])), default=None)
        assert (None if found is None else found.at) == latest


def test_another_shape_of_the_same_name_is_left_out() -> None:
    """In the middle of a deployment buckets of two releases cannot be added up."""
    kinds: list[Kind] = ["histogram", "counter"]
    for kind in kinds:
        old = Family("h_seconds", kind, "s", "", (), (1.0,), points=[Point((), 5, (5, 0))])
        new = Family("h", "histogram", "s", "", (), (2.0,), points=[Point((), 7, (7, 0))])
        assert [one.points[0].value for one in merged([[old], [new]])] == [5]
