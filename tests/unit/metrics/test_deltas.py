"""What was added to each series since it was looked at last."""

from __future__ import annotations

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.metrics.deltas import Deltas
from modelmetry.metrics.families import OVERFLOW, Family, Point
from modelmetry.signals.measurements import SeriesRecord


def of(deltas: Deltas, family: Family, *points: Point) -> list[SeriesRecord]:
    """What there is to say when the family has these points."""
    family.points = list(points)
    told = deltas.of([family])
    deltas.keep(told)
    return told.series


@given(st.lists(st.integers(0, 50), min_size=1))
def test_growth_adds_up_to_what_there_is(steps: list[int]) -> None:
    """Whatever is told in between."""
    deltas, total, told = Deltas(), 0, 0.0
    for step in steps:
        total += step
        told += sum(one.sum for one in of(Deltas() if not steps else deltas, counter(), at(total)))
    assert told == total


def counter(**members: object) -> Family:
    """A metric that only grows."""
    return Family("orders", "counter", "1", "Orders", **members)  # type: ignore[arg-type]


def at(value: float, *attributes: str) -> Point:
    """A series that is so large."""
    return Point(attributes, value)


def test_what_has_not_grown_is_left_out_after_it_was_told_once() -> None:
    """That something is 0 is something to say."""
    deltas = Deltas()
    assert [one.sum for one in of(deltas, counter(), at(0))] == [0]
    assert of(deltas, counter(), at(0)) == []
    assert [one.sum for one in of(deltas, counter(), at(5))] == [5]


def test_what_begins_anew_is_all_growth() -> None:
    """Never a negative difference."""
    deltas = Deltas()
    of(deltas, counter(), at(7))
    assert [one.sum for one in of(deltas, counter(), at(3))] == [3]
    spread = Family("d", "histogram", "s", "Durations", bounds=(1.0,))
    of(deltas, spread, Point((), 5.0, (1, 2)))
    [found] = of(deltas, spread, Point((), 1.0, (2, 0)))
    assert (found.sum, found.counts) == (1.0, (2, 0))


def test_histograms_tell_what_came_into_each_bucket() -> None:
    """Also when their sum became smaller: measurements may be negative."""
    deltas, spread = Deltas(), Family("d", "histogram", "s", "Durations", bounds=(0.0, 1.0))
    of(deltas, spread, Point((), 5.0, (0, 1, 2)))
    [found] = of(deltas, spread, Point((), 2.0, (1, 1, 2)))
    assert (found.sum, found.counts, found.bounds) == (-3.0, (1, 0, 0), (0.0, 1.0))


def test_gauges_are_told_as_they_are_each_time() -> None:
    """With the moment when they were set, if that is known."""
    deltas, load = Deltas(), Family("load", "gauge", "1", "Load")
    for _ in range(2):
        [found] = of(deltas, load, Point((), 0.5, at=2.0))
        assert (found.low, found.high, found.last, found.count) == (0.5, 0.5, 0.5, 1)
        assert found.last_at_ns == 2_000_000_000
    assert of(deltas, load, Point((), 0.5))[0].last_at_ns is None


def test_attributes_without_a_value_are_not_told() -> None:
    """And what had no room for a series of its own is marked as such."""
    family = counter(attributes=("route", "error"))
    plain, full = of(Deltas(), family, at(1, "/a", ""), at(2))
    assert plain.attributes == {"route": "/a"}
    assert full.attributes == {OVERFLOW: "true"}


def test_counters_of_the_machine_are_not_told() -> None:
    """Each process of it would add up the same, and what was before it."""
    network = Family("system.network.io", "counter", "By", "Bytes", across="host")
    cpu = Family("system.cpu.utilization", "gauge", "1", "Share", across="host")
    assert of(Deltas(), network, at(7)) == []
    assert len(of(Deltas(), cpu, at(0.7))) == 1


@pytest.mark.parametrize(
    "family",
    [
        counter(points=[at(nan)]),
        counter(points=[at(inf)]),
        counter(points=[at(-1)]),
        counter(points=[at(1e201)]),
        counter(points=[at(1, "too", "many")]),
        counter(points=[at(1, *"a" * 21)], attributes=tuple(f"a{n}" for n in range(21))),
        Family("x" * 256, "counter", "1", "Long", points=[at(1)]),
        Family("d", "histogram", "s", "D", bounds=(1.0,), points=[Point((), 1, (1,))]),
        Family("d", "histogram", "s", "D", bounds=(2.0, 1.0), points=[Point((), 1, (1, 0, 0))]),
        Family("d", "histogram", "s", "D", bounds=(1.0,), points=[Point((), 1, (-1, 1))]),
    ],
    ids=lambda family: f"{family.name[:3]} {family.points[0].value}",
)
def test_what_the_contract_does_not_take_is_counted(family: Family) -> None:
    """Collectors may say anything; the others are told."""
    deltas = Deltas()
    found = deltas.of([family, counter(points=[at(1)])])
    assert [one.sum for one in found.series] == [1]
    assert (deltas.refused, found.is_news) == (1, True)


def test_what_was_not_kept_is_there_to_say_again() -> None:
    """Nothing is said before it is laid down."""
    deltas, grown = Deltas(), counter(points=[at(3)])
    assert [deltas.of([grown]).series[0].sum for _ in range(2)] == [3, 3]
