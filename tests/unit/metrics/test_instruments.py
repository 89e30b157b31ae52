"""Counters, gauges and histograms: what they count, refuse, and how many series they have."""

from __future__ import annotations

import logging
import threading
from collections import Counter as Tally
from decimal import Decimal
from enum import Enum
from functools import partial
from math import fsum, inf, isclose, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.metrics import (
    Counter,
    Family,
    Gauge,
    Histogram,
    Point,
    Registry,
    UpDownCounter,
)
from modelmetry.metrics.registry import OVERFLOW_MEASUREMENTS, REFUSED_MEASUREMENTS
from tests.unit.metrics.cast import points, values


class Colour(str, Enum):  # noqa: UP042 - which says something else of itself
    """What a service may call its kinds of something."""

    RED = "red"


@pytest.fixture
def registry() -> Registry:
    """Metrics of one test."""
    return Registry()


def test_a_counter_adds_up_by_its_attributes(registry: Registry) -> None:
    """Each combination of values is a sum of its own; what is not given is empty."""
    orders = Counter("shop.orders", attributes=["country", "paid"], registry=registry)
    orders.add(country="DE", paid=True)
    orders.add(2.5, {"country": "DE"}, paid=True)
    orders.add(Decimal(4), country="FR")
    orders.add(country=Colour.RED, paid=7)

    assert values(registry, "shop.orders") == {
        ("DE", "true"): 3.5,
        ("FR", ""): 4,
        ("red", "7"): 1,
    }


def test_what_has_no_attributes_is_0_from_the_beginning(registry: Registry) -> None:
    """So that Prometheus sees its first increase."""
    Counter("a", registry=registry)
    Histogram("b", registry=registry, bounds=[1])
    Gauge("c", registry=registry)

    assert values(registry, "a") == {(): 0}
    assert points(registry, "b")[()].counts == (0, 0)
    assert values(registry, "c") == {}


def test_a_sum_may_go_down_again(registry: Registry) -> None:
    """Requests in flight come and go."""
    flying = UpDownCounter("flying", registry=registry)
    for amount in (1, 1, -1, 1, -1):
        flying.add(amount)

    assert values(registry, "flying") == {(): 1}


def test_a_gauge_is_what_it_was_set_to(registry: Registry) -> None:
    """The last value counts."""
    accuracy = Gauge("accuracy", attributes=["model"], registry=registry)
    for value in (0.5, 0.25):
        accuracy.set(value, model="churn")

    assert values(registry, "accuracy") == {("churn",): 0.25}


def test_a_histogram_counts_in_its_buckets(registry: Registry) -> None:
    """The upper bound belongs to a bucket, and the last bucket has none."""
    seconds = Histogram("seconds", bounds=[0.1, 1, 10], registry=registry)
    for value in (0.1, 0.11, 1, 10.5, -3):
        seconds.record(value)

    point = points(registry, "seconds")[()]
    assert (point.counts, point.count) == ((2, 2, 0, 1), 5)
    assert point.value == pytest.approx(8.71)


@given(
    st.lists(st.floats(-1e6, 1e6), max_size=1_200),
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8, unique=True).map(sorted),
)
def test_a_histogram_is_a_plain_count(measured: list[float], bounds: list[float]) -> None:
    """However many measurements lie there before somebody reads."""
    registry = Registry()
    histogram = Histogram("h", bounds=bounds, registry=registry)
    for value in measured:
        histogram.record(value)

    point = points(registry, "h")[()]
    limits = [*bounds, inf]
    plain = Tally(next(i for i, limit in enumerate(limits) if value <= limit) for value in measured)
    assert point.counts == tuple(plain[i] for i in range(len(limits)))
    assert isclose(point.value, fsum(measured), abs_tol=1e-3)


@pytest.mark.parametrize("value", [nan, inf, -inf, Decimal("NaN"), 10**400, 1e308 * 10])
def test_what_is_not_finite_is_refused_and_counted(
    registry: Registry, value: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """It would make the sum useless for ever; the log says so once."""
    counter, gauge = Counter("c", registry=registry), Gauge("g", registry=registry)
    histogram = Histogram("h", registry=registry)
    caplog.set_level(logging.WARNING)
    for _ in range(2):
        counter.add(value)
        gauge.set(value)
        histogram.record(value)

    assert values(registry, "c") == {(): 0}
    assert values(registry, "g") == {}
    assert points(registry, "h")[()].count == 0
    assert values(registry, REFUSED_MEASUREMENTS) == {
        (name, "not_finite"): 2 for name in ("c", "g", "h")
    }
    assert len(caplog.records) == 3


def test_an_integer_that_no_float_holds_is_refused_alone(registry: Registry) -> None:
    """Also among others, and after a float."""
    counter = Counter("c", registry=registry)
    for amount in (1.5, 10**400, 2):
        counter.add(amount)
    assert values(registry, "c") == {(): 3.5}
    assert values(registry, REFUSED_MEASUREMENTS) == {("c", "not_finite"): 1}


def test_a_sum_never_becomes_infinite(registry: Registry) -> None:
    """What would make it so is refused, the rest stays."""
    counter = Counter("c", registry=registry)
    for _ in range(3):
        counter.add(1e308)

    assert values(registry, "c") == {(): 1e308}
    assert values(registry, REFUSED_MEASUREMENTS) == {("c", "not_finite"): 2}


def test_a_counter_refuses_to_shrink(registry: Registry) -> None:
    """A negative amount is counted as refused."""
    counter = Counter("c", registry=registry)
    counter.add(3)
    counter.add(-1)

    assert values(registry, "c") == {(): 3}
    assert values(registry, REFUSED_MEASUREMENTS) == {("c", "negative"): 1}


def test_there_are_only_so_many_series(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    """5,000 values are 1,999 series and the one of what had no room; nothing is lost."""
    counter = Counter("c", attributes=["user_agent"], registry=registry)
    histogram = Histogram("h", attributes=["a"], most_series=3, registry=registry)
    caplog.set_level(logging.WARNING)
    for number in range(5_000):
        counter.add(user_agent=f"scanner {number}")
        counter.add(user_agent="scanner 0")
        histogram.record(1, a=number)

    found = values(registry, "c")
    assert (len(found), sum(found.values()), found[()]) == (2_000, 10_000, 3_001)
    assert found[("scanner 0",)] == 5_001
    assert points(registry, "h")[()].count == 4_998
    assert values(registry, OVERFLOW_MEASUREMENTS) == {("c",): 3_001, ("h",): 4_998}
    assert len(caplog.records) == 2


def test_values_of_attributes_are_clean_and_bounded(registry: Registry) -> None:
    """Whatever somebody else made up fits into any encoder."""
    counter = Counter("c", attributes=["model"], registry=registry)
    counter.add(model="x" * 10_000)
    counter.add(model="\ud83d")
    counter.add(model=None)  # type: ignore[arg-type]

    assert set(values(registry, "c")) == {("x" * 197 + "...",), ("\ufffd",), ("",)}


@pytest.mark.parametrize(
    "name",
    ["user", "user.id", "session", "session_id", "prompt", "api.key", "email", "TRACE_ID", "token"],
)
def test_there_is_no_series_for_each_user_session_prompt_or_key(
    registry: Registry, name: str
) -> None:
    """The message says where such a thing belongs."""
    with pytest.raises(InvalidValueError, match="record it on a trace"):
        Counter("c", attributes=[name], registry=registry)


@pytest.mark.parametrize("names", [["a.b", "a_b"], ["le"], ["a b"], [""], [3], ["a"] * 2])
def test_attributes_that_cannot_be_labels_are_refused(registry: Registry, names: Any) -> None:
    """Two that are one for Prometheus, and those that it uses itself."""
    with pytest.raises(InvalidValueError, match="cannot have the attribute"):
        Counter("c", attributes=names, registry=registry)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["3"], "must be a number, not str: '3'"),
        ([True], "must be a number, not bool: True"),
        ([None], "must be a number, not NoneType: None"),
        ([1, {"color": "red"}], "no attribute 'color'; declared are: colour"),
        ([1, {"colour": ["red"]}], "must be a text, number or bool, not list"),
        ([1, "red"], "must be a mapping, not str: 'red'"),
    ],
)
def test_a_mistake_in_an_argument_says_what_it_is(
    registry: Registry, arguments: list[Any], message: str
) -> None:
    """And nothing is counted."""
    counter = Counter("c", attributes=["colour"], registry=registry)
    with pytest.raises(InvalidTypeError, match=message):
        counter.add(*arguments)
    assert values(registry, "c") == {}


@pytest.mark.parametrize(
    "arguments",
    [
        {"name": ""},
        {"name": "1st"},
        {"name": "größe"},
        {"name": "a b"},
        {"name": "x" * 256},
        {"name": "c", "unit": "€"},
        {"name": "c", "unit": "x" * 64},
        {"name": "c", "most_series": 1},
    ],
)
def test_a_metric_that_cannot_be_is_refused(registry: Registry, arguments: Any) -> None:
    """At its declaration, not at the first scrape."""
    with pytest.raises(InvalidValueError, match="metric"):
        Counter(**arguments, registry=registry)


@pytest.mark.parametrize("bounds", [[], [1, 1], [2, 1], [nan], [1, inf], ["x"], 3])
def test_bounds_are_ascending_and_finite(registry: Registry, bounds: Any) -> None:
    """Everything else makes no buckets."""
    with pytest.raises(InvalidValueError, match="bounds of metric 'h'"):
        Histogram("h", bounds=bounds, registry=registry)


def test_a_metric_may_be_declared_again(registry: Registry) -> None:
    """A module that is loaded twice counts on; another shape is another metric."""
    for _ in range(2):
        Counter("c", attributes=["a"], registry=registry).add(a="x")

    assert values(registry, "c") == {("x",): 2}
    with pytest.raises(InvalidValueError, match="declared already, as counter of 'c'"):
        Counter("c", attributes=["b"], registry=registry)
    with pytest.raises(InvalidValueError, match="declared already"):
        Gauge("c", registry=registry)


def test_threads_lose_nothing(registry: Registry) -> None:
    """Eight of them count while another one reads: sums only grow, and are whole at the end."""
    counter = Counter("c", attributes=["a"], registry=registry)
    histogram = Histogram("h", bounds=[0.5], registry=registry)
    seen: list[float] = []
    go = threading.Barrier(9)

    def measure() -> None:
        go.wait()
        for number in range(3_000):
            counter.add(a="x")
            histogram.record(number % 2)

    threads = [threading.Thread(target=measure) for _ in range(8)]
    for thread in threads:
        thread.start()
    go.wait()
    while any(thread.is_alive() for thread in threads):
        seen.append(points(registry, "h")[()].count)
    for thread in threads:
        thread.join()

    assert seen == sorted(seen)
    assert values(registry, "c") == {("x",): 24_000}
    assert points(registry, "h")[()].counts == (12_000, 12_000)


def test_an_example_carries_the_trace_in_which_it_was_measured(registry: Registry) -> None:
    """One per bucket, the last one; XIDs that are too long for OpenMetrics are left out."""
    histogram = Histogram("h", bounds=[1, 2], registry=registry)
    for trace, value in (("a", 0.5), ("b", 0.7), (None, 0.9), ("x" * 121, 1.5)):
        registry.current_trace = lambda trace=trace: trace
        histogram.record(value)

    first, second, third = points(registry, "h")[()].exemplars
    assert first is not None
    assert (first.trace, first.value) == ("b", 0.7)
    assert (second, third) == (None, None)


def test_a_collector_that_fails_costs_nobody_else(registry: Registry) -> None:
    """It is left out, logged and counted; taken away it is asked no more."""

    def fail() -> list[Any]:
        raise OSError("no such device")

    remove = registry.add_collector(fail)
    Counter("c", registry=registry)
    assert values(registry, "modelmetry.metrics.failed_collections") == {(): 1}
    remove()
    remove()
    assert values(registry, "modelmetry.metrics.failed_collections") == {(): 1}
    assert values(registry, "c") == {(): 0}


def test_a_metric_is_told_once(registry: Registry, caplog: pytest.LogCaptureFixture) -> None:
    """Prometheus refuses a scrape that tells it twice: what was declared comes first."""
    Counter("c", registry=registry).add(3)
    for name in ("c", "d", "d_total"):
        told = [Family(name, "counter", "", "", points=[Point((), 7)])]
        registry.add_collector(partial(list[Family], told))

    names = [one.name for one in registry.collect() if not one.name.startswith("modelmetry")]
    assert names == ["c", "d"]
    assert values(registry, "c") == {(): 3}
    assert caplog.text.count("Add each collector once") == 2
