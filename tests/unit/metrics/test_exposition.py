"""What a scrape is answered: read back by the parsers of prometheus_client."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from typing import Any

import prometheus_client
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics import parser as openmetrics_parser
from prometheus_client.parser import text_string_to_metric_families

from modelmetry.metrics import (
    Counter,
    Gauge,
    Histogram,
    PrometheusCollector,
    Registry,
    UpDownCounter,
)
from modelmetry.metrics.exposition import page

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
ANYTHING = st.text(max_size=20)

Read = Callable[[str], Iterable[prometheus_client.Metric]]
read_openmetrics: Read = openmetrics_parser.text_string_to_metric_families  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
read_text: Read = text_string_to_metric_families


def samples(body: bytes, read: Read = read_openmetrics) -> dict[tuple[str, frozenset[Any]], float]:
    """The values in a page by name and labels; empty labels are as if they were not there."""
    return {
        (
            one.name,
            frozenset((name, value) for name, value in one.labels.items() if value),
        ): one.value
        for family in read(body.decode())
        for one in family.samples
    }


@given(st.lists(st.tuples(ANYTHING, ANYTHING, st.floats(0, 1e9)), max_size=10))
def test_what_was_counted_is_read_back(measured: list[tuple[str, str, float]]) -> None:
    """Also with quotes, line ends and any other character in the values of attributes."""
    registry = Registry()
    counter = Counter("c", attributes=["a", "b.c"], registry=registry)
    histogram = Histogram("h", unit="s", attributes=["a"], bounds=[1, 1000], registry=registry)
    expected: dict[tuple[str, frozenset[Any]], float] = {}
    for a, b, amount in measured:
        counter.add(amount, {"a": a, "b.c": b})
        histogram.record(amount, a=a)
        labels = frozenset((name, text) for name, text in (("a", a), ("b_c", b)) if text)
        key = ("c_total", labels)
        expected[key] = expected.get(key, 0) + amount
        count = ("h_seconds_count", frozenset((("a", a),) if a else ()))
        expected[count] = expected.get(count, 0) + 1

    for accept, read in ((OPENMETRICS, read_openmetrics), ("", read_text)):
        found = samples(page(registry.collect, accept).body, read)
        assert {key: found[key] for key in expected} == pytest.approx(expected)


def test_openmetrics_carries_examples_with_their_trace() -> None:
    """By the label that leads to the trace; the text format has no place for them."""
    registry = Registry()
    registry.current_trace = lambda: "0af7651916cd43dd8448eb211c80319c"
    Histogram("h", unit="s", bounds=[1], registry=registry).record(0.5)
    Counter("c", registry=registry).add(2)

    told = page(registry.collect, OPENMETRICS)
    found = {
        one.name: one.exemplar
        for family in read_openmetrics(told.body.decode())
        for one in family.samples
        if one.exemplar
    }
    assert told.content_type.startswith("application/openmetrics-text; version=1.0.0")
    assert found["h_seconds_bucket"].labels == {"trace_id": "0af7651916cd43dd8448eb211c80319c"}
    assert (found["h_seconds_bucket"].value, found["c_total"].value) == (0.5, 2)
    assert b"trace_id" not in page(registry.collect).body


def test_what_had_no_room_is_marked() -> None:
    """By the label of OpenTelemetry; the others do not have it."""
    registry = Registry()
    counter = Counter("c", attributes=["a"], most_series=2, registry=registry)
    for value in ("x", "y", "z"):
        counter.add(a=value)

    found = samples(page(registry.collect, OPENMETRICS).body)
    assert found["c_total", frozenset({("a", "x")})] == 1
    assert found["c_total", frozenset({("otel_metric_overflow", "true")})] == 2


@pytest.mark.parametrize(
    ("accept", "begins"),
    [
        ("", "text/plain; version=0.0.4"),
        ("*/*", "text/plain; version=0.0.4"),
        ("text/html", "text/plain; version=0.0.4"),
        (f"{OPENMETRICS},text/plain;version=0.0.4;q=0.5", "application/openmetrics-text"),
        ("application/openmetrics-text; version=abc", "text/plain; version=0.0.4"),
        ("application/openmetrics-text; version=", "application/openmetrics-text"),
        (";;,=,", "text/plain; version=0.0.4"),
    ],
)
def test_the_format_is_what_was_asked_for(accept: str, begins: str) -> None:
    """And the plain one for whoever asks for nothing that there is."""
    assert page(Registry().collect, accept).content_type.startswith(begins)


@pytest.mark.parametrize(
    ("encoding", "is_gzip"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("*", True), ("gzip;q=0", False), ("", False)],
)
def test_who_takes_gzip_gets_it(encoding: str, is_gzip: bool) -> None:
    """The same metrics, smaller."""
    registry = Registry()
    Counter("c", registry=registry).add()
    told = page(registry.collect, "", encoding)
    body = gzip.decompress(told.body) if told.is_gzip else told.body
    assert told.is_gzip is is_gzip
    assert b"c_total 1.0" in body


def test_they_can_be_shown_in_a_registry_that_is_there_already() -> None:
    """That of `prometheus_client`, beside the metrics of the application."""
    registry, theirs = Registry(), prometheus_client.CollectorRegistry()
    Gauge("ours", registry=registry).set(1)
    UpDownCounter("sum", registry=registry).add(-2)
    prometheus_client.Gauge("theirs", "x", registry=theirs).set(2)
    theirs.register(PrometheusCollector(registry.collect))

    found = samples(prometheus_client.generate_latest(theirs), read_text)
    assert {name: value for (name, _), value in found.items() if "_metrics_" not in name} == {
        "ours": 1,
        "sum": -2,
        "theirs": 2,
    }
