"""Totals, series and names: exact when short, honest when from summaries, never counted twice."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from modelmetry_api.models import FindingSeries, Totals, TotalsSeries
from modelmetry_api.types import UNSET, to_builtins

from modelmetry.store.queries import SeriesQuery, TotalsSeriesQuery
from modelmetry.store.sqlite import series, totals, totals_series
from modelmetry.store.sqlite.spread import RELATIVE_ERROR, Spread, bucket, middle
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import NOON, TENANT, at, body, completion, event, finding, span, trace

HOUR = 3600


def nearest_rank(values: list[float], share: float) -> float:
    """The percentile of the nearest rank."""
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


@pytest.fixture
def few_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is short: summaries are used wherever they can be."""
    for module in (totals, totals_series, series):
        monkeypatch.setattr(module, "MOST_EXACT", 0)


def fill(store: SqliteStore) -> list[float]:
    """Three days of traces, one each half hour, some failed; returns durations of spans in ms."""
    chance, durations = random.Random(3), list[float]()
    for n in range(144):
        start, seconds = n * 1800, round(chance.lognormvariate(0, 1), 3)
        durations.append(seconds * 1000)
        data = completion("gpt-4o" if n % 2 else "llama", tokens=n, currency="USD")
        store.ingest(
            TENANT,
            body(
                traces=[trace(f"t{n}", start, start + 1, SessionID=f"s{n % 5}", Name=f"n{n % 3}")],
                spans=[
                    span(f"p{n}", f"t{n}", start, start + seconds, Family="completion",
                         FamilyData=data, Severity="error" if n % 10 == 0 else None),
                    span(f"o{n}", f"t{n}", start, None, Name="open"),
                ],
                events=[event(f"e{n}", f"t{n}")],
                findings=[
                    finding(f"f{n}", f"t{n}", n - 20.5, SpanID=f"p{n}", At=at(start), Unit="s"),
                    finding(f"g{n}", f"t{n}", n % 4 == 0, At=at(start), Name="flag"),
                    finding(f"h{n}", f"t{n}", f"label{n % 30}", At=at(start), Name="flag"),
                ],
            ),
        )  # fmt: skip
    return durations


def day(number: float) -> datetime:
    """Noon of a day."""
    return NOON + timedelta(days=number)


def without_percentiles(found: Totals | FindingSeries | TotalsSeries) -> Any:
    """An answer without what summaries only know roughly."""

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            rough = ("P50", "P95", "P99", "Approximate", "RelativeError", "Mean")
            members = cast("dict[str, Any]", value).items()
            return {key: strip(inner) for key, inner in members if key not in rough}
        if isinstance(value, list):
            return [strip(inner) for inner in cast("Iterable[Any]", value)]
        return round(value, 6) if isinstance(value, float) else value

    return strip(to_builtins(found))


def test_totals_of_a_short_stretch_are_exact(store: SqliteStore) -> None:
    """Counts, tokens, cost and percentiles of what started in it."""
    durations = fill(store)
    found = store.totals(TENANT, day(1), day(2))
    part = durations[48:96]
    assert (found.sessions, found.traces, found.failed_traces) == (5, 48, 5)
    assert (found.spans, found.failed_spans, found.events, found.findings) == (96, 5, 48, 144)
    assert (found.approximate, found.relative_error) == (False, 0)
    assert to_builtins(found.usage)["Input"]["Amount"] == sum(range(48, 96))
    assert found.costs[0].amount == 24
    names = {one.name: one for one in found.span_names}
    step = names["step"].duration_ms
    assert (step.count, step.min_, step.max_) == (48, min(part), max(part))
    assert (step.p50, step.p95) == (nearest_rank(part, 0.5), nearest_rank(part, 0.95))
    assert step.mean == pytest.approx(sum(part) / 48)
    assert (names["open"].spans, names["open"].duration_ms.count) == (48, 0)
    assert {one.model: (one.spans, one.provider) for one in found.models} == {
        "gpt-4o": (24, "openai"), "llama": (24, "openai"),
    }  # fmt: skip
    assert found.trace_duration_ms is not UNSET
    assert found.trace_duration_ms.p99 == 1000


@pytest.mark.parametrize(
    "bounds",
    [(None, None), (day(0.51), day(2.52)), (day(1), None), (day(0.501), day(0.502)),
     (day(0.9), day(1.1)), (day(5), None), (day(2), day(1))],
)  # fmt: skip
@pytest.mark.parametrize("settled", [True, False])
def test_totals_from_summaries_say_how_rough_they_are(
    store: SqliteStore, few_exact: None, bounds: tuple[Any, Any], settled: bool
) -> None:
    """Only percentiles are rough, within the error that is given, whatever is summarised yet."""
    fill(store)
    if settled:
        store.settle()
    rough = store.totals(TENANT, *bounds)
    with store.readers.read() as connection:
        exact = totals.totals(connection, TENANT, *bounds, 10**9)
    assert without_percentiles(rough) == without_percentiles(exact)
    assert rough.approximate == bool(exact.traces)
    assert rough.relative_error == (RELATIVE_ERROR if exact.traces else 0)
    for one, other in zip(rough.span_names, exact.span_names, strict=True):
        for share in ("p50", "p95", "p99"):
            ours, theirs = getattr(one.duration_ms, share), getattr(other.duration_ms, share)
            assert ours == pytest.approx(theirs, rel=RELATIVE_ERROR)


def test_summaries_never_count_twice(store: SqliteStore, few_exact: None) -> None:
    """Not after repetition, deletion, moves or updates, before and after they are rebuilt.

    Nor when somebody asked before, as sums of summaries are remembered.
    """
    fill(store)
    store.settle()
    over_time = TotalsSeriesQuery(bucket_seconds=6 * HOUR)
    for _ in range(2):
        assert store.totals(TENANT).traces == 144
        assert sum(one.traces for one in store.totals_series(TENANT, over_time).points) == 144
    fill(store)
    for n in range(0, 144, 7):
        store.delete_trace(TENANT, f"t{n}")
    store.ingest(TENANT, body(spans=[span("p1", "t2", 40 * HOUR, 41 * HOUR)]))
    store.ingest(TENANT, body(traces=[trace("t3", 50 * HOUR, 50 * HOUR + 1)]))
    store.ingest(TENANT, body(findings=[finding("f4", "t4", 7, At=at(30 * HOUR))]))
    for settle in (False, True):
        if settle:
            store.settle()
        query = SeriesQuery(name="score", bucket_seconds=HOUR)
        rough, points = store.totals(TENANT), store.finding_series(TENANT, query)
        curve = store.totals_series(TENANT, over_time)
        with store.readers.read() as connection:
            exact = totals.totals(connection, TENANT, None, None, 10**9)
            series_exact = series.finding_series(connection, TENANT, query, 10**9)
            curve_exact = totals_series.totals_series(connection, TENANT, over_time, 10**9)
        assert rough.approximate
        assert points.approximate
        assert curve.approximate
        assert without_percentiles(rough) == without_percentiles(exact)
        assert without_percentiles(points) == without_percentiles(series_exact)
        assert without_percentiles(curve) == without_percentiles(curve_exact)


def test_totals_of_nothing(store: SqliteStore) -> None:
    """Zeros, and no distribution."""
    found = store.totals("nobody")
    assert (found.traces, found.span_names, found.models) == (0, [], [])
    assert found.trace_duration_ms is UNSET
    store.ingest(TENANT, body(spans=[span(end=None)]))
    assert store.totals(TENANT).trace_duration_ms is UNSET


def test_a_series_of_numbers(store: SqliteStore) -> None:
    """One point for each stretch with findings, aligned, with exact percentiles."""
    fill(store)
    query = SeriesQuery(name="score", start_after=day(1), bucket_seconds=6 * HOUR)
    found = store.finding_series(TENANT, query)
    assert (found.name, found.unit, found.bucket_seconds, found.approximate) == (
        "score", "s", 6 * HOUR, False,
    )  # fmt: skip
    assert [point.count for point in found.points] == [12] * 8
    assert found.points[0].start == day(1)
    numbers = found.points[0].numbers
    assert numbers is not UNSET
    assert (numbers.min_, numbers.max_, numbers.p50) == (27.5, 38.5, 32.5)
    assert found.points[0].shares == []


def test_a_series_of_booleans_and_labels(store: SqliteStore) -> None:
    """Their shares of both together, the 20 most frequent labels."""
    fill(store)
    (point,) = store.finding_series(
        TENANT, SeriesQuery(name="flag", bucket_seconds=365 * 24 * HOUR)
    ).points
    assert (point.count, point.numbers) == (288, UNSET)
    shares = {share.value: (share.count, share.share) for share in point.shares}
    assert shares[True] == (36, 0.125)
    assert shares[False] == (108, 0.375)
    assert len(point.shares) == 22
    assert shares["label0"] == (5, 5 / 288)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (SeriesQuery(name="score", trace_name="n1"), 48),
        (SeriesQuery(name="score", span_name="step"), 144),
        (SeriesQuery(name="score", span_name="open"), 0),
        (SeriesQuery(name="flag", span_name="step"), 0),
        (SeriesQuery(name="score", model="llama", trace_name="n0"), 24),
        (SeriesQuery(name="score", model="none"), 0),
        (SeriesQuery(name="none"), 0),
        (SeriesQuery(name="score", start_after=day(9)), 0),
        (SeriesQuery(name="score", start_after=day(1), start_before=day(2)), 48),
    ],
)
def test_a_series_holds_only_what_was_asked_for(
    store: SqliteStore, query: SeriesQuery, count: int
) -> None:
    """By names of traces and spans, model and time."""
    fill(store)
    assert sum(point.count for point in store.finding_series(TENANT, query).points) == count
    assert store.finding_series("nobody", query).points == []


@pytest.mark.parametrize("settled", [True, False])
@pytest.mark.parametrize("bounds", [(None, None), (day(0.51), day(2.52)), (day(0.501), day(0.502))])
def test_a_long_series_from_summaries_says_how_rough_it_is(
    store: SqliteStore, few_exact: None, settled: bool, bounds: tuple[Any, Any]
) -> None:
    """Only percentiles are rough, within the error that is given."""
    fill(store)
    if settled:
        store.settle()
    for name in ("score", "flag"):
        query = SeriesQuery(
            name=name, start_after=bounds[0], start_before=bounds[1], bucket_seconds=24 * HOUR
        )
        rough = store.finding_series(TENANT, query)
        with store.readers.read() as connection:
            exact = series.finding_series(connection, TENANT, query, 10**9)
        assert rough.approximate == bool(exact.points)
        assert without_percentiles(rough) == without_percentiles(exact)
        for one, other in zip(rough.points, exact.points, strict=True):
            if one.numbers is not UNSET and other.numbers is not UNSET:
                assert one.numbers.p95 == pytest.approx(other.numbers.p95, rel=RELATIVE_ERROR)


def test_points_from_summaries_are_made_of_whole_hours(store: SqliteStore, few_exact: None) -> None:
    """A narrower or odd width is widened, and the answer says so."""
    fill(store)
    for wanted, width in ((60, HOUR), (90 * 60, 2 * HOUR), (HOUR, HOUR)):
        found = store.finding_series(TENANT, SeriesQuery(name="score", bucket_seconds=wanted))
        assert (found.approximate, found.bucket_seconds) == (True, width)


@pytest.mark.parametrize(
    ("seconds", "wanted", "width"),
    [(30, None, 60), (7200, None, 60), (86_400, None, 900), (30 * 86_400, None, 21_600),
     (10 * 365 * 86_400, None, 31_536_000), (7200, 60, 60), (86_400, 60, 120),
     (2_000 * 31_536_000, None, 3 * 31_536_000)],
)  # fmt: skip
def test_the_width_of_points_is_chosen_or_widened(
    store: SqliteStore, seconds: int, wanted: int | None, width: int
) -> None:
    """About a hundred points by itself, never more than 1,000."""
    last = at(seconds - 1) if seconds < 10**9 else "4026-11-02T12:00:00Z"
    findings = [finding(At=at(0)), finding("f2", At=last)]
    store.ingest(TENANT, body(findings=findings))
    found = store.finding_series(TENANT, SeriesQuery(name="score", bucket_seconds=wanted))
    assert found.bucket_seconds == width
    assert sum(point.count for point in found.points) == 2


def test_names_in_use(store: SqliteStore) -> None:
    """In order, by prefix, with the latest time; those of which nothing is left are gone."""
    data = completion("m%")
    store.ingest(
        TENANT,
        body(
            traces=[trace("t1", Name="b"), trace("t2", 5, 6, Name="a"), trace("t3", Name="")],
            spans=[span(Family="completion", FamilyData=data, Name="s_1"), span("p2", Name="sx")],
            findings=[
                finding("f1", value=1, Unit="ms"), finding("f2", value=True, Unit="s", At=at(9)),
                finding("f3", "t2", "x", Name="label"),
            ],
        ),
    )  # fmt: skip
    assert [(one.name, one.last_seen) for one in store.trace_names(TENANT).names] == [
        ("a", NOON + timedelta(seconds=5)), ("b", NOON),
    ]  # fmt: skip
    assert [one.name for one in store.trace_names(TENANT, limit=1).names] == ["a"]
    assert [one.name for one in store.span_names(TENANT, "s_").names] == ["s_1"]
    assert [one.name for one in store.model_names(TENANT, "m%").names] == ["m%"]
    label, score = store.finding_names(TENANT).names
    assert (label.types, label.unit) == (["label"], "")
    assert (score.types, score.unit) == (["boolean", "number"], "s")
    store.delete_trace(TENANT, "t2")
    assert [one.name for one in store.trace_names(TENANT).names] == ["b"]
    assert [one.name for one in store.finding_names(TENANT, "l").names] == []
    assert store.trace_names("nobody").names == []


@given(st.lists(st.floats(-1e300, 1e300), min_size=1))
def test_buckets_keep_percentiles_within_their_error(values: list[float]) -> None:
    """For numbers of any size and sign."""
    spread = Spread()
    for value in values:
        spread.add(value)
    half = Spread()
    half.merge(spread)
    half.condense()
    exact, rough = spread.distribution(), half.distribution()
    assert (rough.count, rough.min_, rough.max_) == (exact.count, exact.min_, exact.max_)
    for name in ("p50", "p95", "p99"):
        assert getattr(rough, name) == pytest.approx(getattr(exact, name), rel=RELATIVE_ERROR)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_buckets_are_in_the_order_of_their_numbers(value: float) -> None:
    """The middle of a bucket is near what is in it, on the same side of zero."""
    key = bucket(value)
    assert bucket(-value) == -key
    assert middle(key) == pytest.approx(value, rel=RELATIVE_ERROR, abs=1e-307)
