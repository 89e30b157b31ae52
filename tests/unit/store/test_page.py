"""What the page asks: the same from summaries as from rows, whenever names become known."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from modelmetry_api.models import FindingHistogram, FindingSeries, TotalsSeries
from modelmetry_api.types import UNSET

from modelmetry.store.queries import (
    FindingCondition,
    HistogramQuery,
    MetadataCondition,
    SeriesQuery,
    TotalsSeriesQuery,
    TraceQuery,
)
from modelmetry.store.sqlite import (
    finding_hour,
    finding_terms,
    histogram,
    migrations,
    outline,
    read_findings,
    series,
    totals,
    totals_series,
)
from modelmetry.store.sqlite.histogram import bins
from modelmetry.store.sqlite.schema import PAGE
from modelmetry.store.sqlite.spread import RELATIVE_ERROR, Spread
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import NOON, TENANT, Item, at, body, event, finding, span, trace
from tests.unit.store.test_analysis import day, fill, without_percentiles

HOUR = 3600


@pytest.fixture
def few_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is short: summaries are used wherever they can be."""
    for module in (totals, series, histogram, totals_series):
        monkeypatch.setattr(module, "MOST_EXACT", 0)


def exactly(store: SqliteStore, ask: Callable[..., Any], query: object) -> Any:
    """The answer from the rows alone."""
    with store.readers.read() as connection:
        return ask(connection, TENANT, query, 10**9)


LEFT = MetadataCondition(key="side", value="left")
RARE = MetadataCondition(key="seat", value="7")
# What is asked for, and whether summaries can tell.
NAMED: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"span_name": "step"}, True),
    ({"span_name": "none"}, True),
    ({"trace_name": "n1"}, True),
    ({"model": "gpt-4o"}, True),
    ({"trace_name": "n2", "model": "llama"}, True),
    ({"trace_name": "n0", "span_name": "open"}, True),
    ({"metadata": (LEFT,)}, True),
    ({"metadata": (RARE,)}, False),
    ({"metadata": (RARE, LEFT)}, False),
    ({"metadata": (LEFT,), "span_name": "step"}, False),
]


@pytest.mark.parametrize("fewest", [1, 4])
@pytest.mark.parametrize(("many", "settled"), [(False, False), (False, True), (True, True)])
def test_findings_by_name_are_the_same_from_summaries(
    store: SqliteStore, few_exact: None, monkeypatch: pytest.MonkeyPatch, *, many: bool,
    settled: bool, fewest: int,
) -> None:  # fmt: skip
    """Series and histograms of what a filter leaves; also where an hour has too many names.

    Or where an hour keeps nothing of a term, as so few findings have it.
    """
    if many:
        monkeypatch.setattr(finding_hour, "_MOST_GROUPS", 0)
    monkeypatch.setattr(finding_terms, "_FEWEST", fewest)
    monkeypatch.setattr(read_findings, "_FEW_TRACES", 20)
    fill(store)
    metadata = ({"side": "left"}, {"side": "right"}, {"seat": 7})
    marked = [
        trace(f"t{n}", n * 1800, Metadata=metadata[n % 2 if n % 20 else 2] | {"n": n})
        for n in range(0, 144, 2 - settled)
    ]
    store.ingest(TENANT, body(traces=marked))
    if settled:
        store.settle()
    for named, summarised in NAMED:
        asked = SeriesQuery(name="score", start_after=day(0.3), bucket_seconds=HOUR, **named)
        rough = store.finding_series(TENANT, asked)
        exact: FindingSeries = exactly(store, series.finding_series, asked)
        assert without_percentiles(rough) == without_percentiles(exact), named
        assert rough.approximate == summarised, named
        spread = HistogramQuery(name="score", start_before=day(2.7), bins=7, **named)
        found = store.finding_histogram(TENANT, spread)
        wanted: FindingHistogram = exactly(store, histogram.finding_histogram, spread)
        assert found.count == wanted.count == sum(one.count for one in found.bins), named
        assert found.unit == wanted.unit


def test_a_name_that_comes_later_moves_the_findings_to_it(
    store: SqliteStore, few_exact: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A finding waits for its span, the span for its trace's name, both may be called anew.

    So may the metadata of the trace.
    """
    monkeypatch.setattr(finding_terms, "_FEWEST", 1)
    monkeypatch.setattr(read_findings, "_FEW_TRACES", -1)

    def count(**named: Any) -> int:
        store.settle()
        query = attrs.evolve(SeriesQuery(name="score"), **named)
        points = store.finding_series(TENANT, query).points
        return sum(point.count for point in points)

    store.ingest(TENANT, body(findings=[finding(of=None, SpanID="p1")]))
    assert (count(), count(span_name="step"), count(trace_name="turn")) == (1, 0, 0)
    store.ingest(TENANT, body(spans=[span()]))
    assert (count(span_name="step"), count(trace_name="turn")) == (1, 0)
    store.ingest(TENANT, body(traces=[trace()]))
    assert (count(span_name="step"), count(trace_name="turn")) == (1, 1)
    store.ingest(TENANT, body(traces=[trace(Name="new")], spans=[span(Name="anew")]))
    assert (count(span_name="step"), count(trace_name="turn")) == (0, 0)
    assert (count(span_name="anew"), count(trace_name="new")) == (1, 1)
    assert count(metadata=(LEFT,)) == 0
    store.ingest(TENANT, body(traces=[trace(Metadata={"side": "left"})]))
    assert count(metadata=(LEFT,)) == 1
    store.ingest(TENANT, body(traces=[trace(Metadata={"side": "right"})]))
    assert count(metadata=(LEFT,)) == 0
    store.ingest(TENANT, body(traces=[trace("t2", Name="other")], spans=[span(of="t2")]))
    assert (count(), count(trace_name="new"), count(trace_name="other")) == (1, 0, 1)


@pytest.mark.parametrize("settled", [False, True])
def test_totals_over_time_are_the_same_from_summaries(
    store: SqliteStore, few_exact: None, *, settled: bool
) -> None:
    """In points of hours and days, of all traces and of a name."""
    fill(store)
    if settled:
        store.settle()
    for seconds, name in product((None, HOUR, 6 * HOUR, 24 * HOUR, 60), (None, "n1", "none")):
        asked = TotalsSeriesQuery(
            start_after=day(0.3), start_before=day(2.6), bucket_seconds=seconds, trace_name=name
        )
        rough = store.totals_series(TENANT, asked)
        assert rough.bucket_seconds % HOUR == 0 or not rough.points
        same = attrs.evolve(asked, bucket_seconds=rough.bucket_seconds)
        exact: TotalsSeries = exactly(store, totals_series.totals_series, same)
        assert rough.approximate == (name != "none")
        assert without_percentiles(rough) == without_percentiles(exact)
        assert percentiles(rough) == pytest.approx(percentiles(exact), rel=RELATIVE_ERROR)


def percentiles(found: TotalsSeries) -> list[float]:
    """The 95th of each point that has one."""
    durations = [point.trace_duration_ms for point in found.points]
    return [one.p95 for one in durations if one is not UNSET]


def test_totals_over_time_add_up(store: SqliteStore) -> None:
    """To the totals of the same range."""
    fill(store)
    asked = TotalsSeriesQuery(start_after=day(0.3), start_before=day(2.6))
    points = store.totals_series(TENANT, asked).points
    whole = store.totals(TENANT, asked.start_after, asked.start_before)
    for member in ("traces", "failed_traces", "spans", "failed_spans"):
        assert sum(getattr(point, member) for point in points) == getattr(whole, member), member


def test_points_before_1970_begin_where_they_should(store: SqliteStore) -> None:
    """Rounding goes down there too."""
    early: Item = {"Start": "1969-12-31T23:58:30Z", "End": "1969-12-31T23:58:31Z"}
    store.ingest(TENANT, body(traces=[trace(**early)], spans=[span(**early)]))
    (point,) = store.totals_series(TENANT, TotalsSeriesQuery(bucket_seconds=60)).points
    assert (point.start.isoformat(), point.traces, point.spans) == (
        "1969-12-31T23:58:00+00:00", 1, 1,
    )  # fmt: skip


NUMBERS = st.floats(-1.7e308, 1.7e308) | st.integers(-(2**70), 2**70)


@given(st.lists(NUMBERS, min_size=1), st.integers(5, 100), st.booleans())
def test_bins_adjoin_and_hold_every_number(
    values: list[float], count: int, condensed: bool
) -> None:
    """From the smallest to the largest; each number is where the bounds say."""
    numbers = Spread()
    for value in values:
        numbers.add(float(value))
    if condensed:
        numbers.condense()
    found = bins(numbers, numbers.distribution().p99, count)
    assert len(found) == (count if numbers.low < numbers.high else 1)
    assert (found[0].from_, found[-1].to) == (numbers.low, numbers.high)
    assert [one.to for one in found[:-1]] == [one.from_ for one in found[1:]]
    assert all(one.from_ <= one.to for one in found)
    assert sum(one.count for one in found) == len(values)
    if not condensed:
        for one in found[:-1]:
            inside = [value for value in values if one.from_ <= float(value) < one.to]
            assert one.count == len(inside)


def test_a_long_tail_does_not_squeeze_the_bins() -> None:
    """The last bin takes what lies far beyond the 99th percentile."""
    numbers = Spread()
    for value in [*range(1, 1000), 50_000]:
        numbers.add(value)
    found = bins(numbers, numbers.distribution().p99, 10)
    widths = [one.to - one.from_ for one in found]
    assert widths[:-1] == pytest.approx([widths[0]] * 9)
    assert (found[-1].to, found[-1].count) == (50_000, 11)
    assert sum(one.count for one in found[:-1]) == 989


CONDITIONS = ["v<3", "v<=3", "v>96", "v>=96", "v=7", "v!=7", "v=true", "v=false", "v=x", "v>w",
              "v=9007199254740993", "v<-5", "v!=true"]  # fmt: skip


@pytest.mark.parametrize("text", CONDITIONS)
@pytest.mark.parametrize("settled", [False, True])
def test_findings_are_found_in_their_hours(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, text: str, *, settled: bool
) -> None:
    """By the bounds of each hour or, while it has none, among all: the same traces."""
    values: list[Any] = [*range(100), True, False, "x", 2**53 + 1]
    store.ingest(
        TENANT,
        body(findings=[
            finding(f"f{n}", f"t{n}", value, Name="v", At=at(n * HOUR))
            for n, value in enumerate(values)
        ]),
    )  # fmt: skip
    query = TraceQuery(findings=(FindingCondition.parse(text),), limit=500)
    walked = {one.xid for one in store.list_traces(TENANT, query).traces}
    if settled:
        store.settle()
    for name in ("_FIRST", "_SECOND", "_FEW"):
        monkeypatch.setattr(f"modelmetry.store.sqlite.listing.{name}", 1)
    query = attrs.evolve(query, limit=1)
    found: list[str] = []
    while True:
        page = store.list_traces(TENANT, query)
        found += [one.xid for one in page.traces]
        if page.next_cursor is None:
            break
        query = attrs.evolve(query, cursor=page.next_cursor)
    assert sorted(found) == sorted(walked)


def test_an_outline_has_the_first_events_and_says_how_many_more(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of spans; one of a span that never came belongs to the trace."""
    monkeypatch.setattr(outline, "MOST_EVENTS", 2)
    events = [event(f"e{n}", SpanID="p1", At=at(n / 10)) for n in range(5)]
    stray = [event("stray", SpanID="gone"), event("own")]
    lost = finding("lost", SpanID="gone")
    store.ingest(
        TENANT,
        body(traces=[trace()], spans=[span(start=-1)], events=events + stray, findings=[lost]),
    )
    found, whole = store.trace_outline(TENANT, "t1"), store.get_trace(TENANT, "t1")
    assert found is not None
    assert whole is not None
    assert found.spans[0].start_ms == -1000
    assert [one.at_ms for one in found.span_events] == [0, 100]
    assert found.span_events_left_out == 3
    assert (found.events, found.findings) == (whole.events, whole.findings)
    assert (len(found.events), len(found.findings)) == (2, 1)
    assert found.completeness == whole.completeness
    assert store.trace_outline("other", "t1") is None


def test_an_older_store_learns_what_its_traces_cost(tmp_path: Path) -> None:
    """Tokens and cost of what is there, and summaries that tell names apart, are made."""
    with SqliteStore(tmp_path / "new.db") as new:
        fill(new)
        new.settle()
        rows = _ranks(new)
    connection = sqlite3.connect(tmp_path / "new.db")
    connection.executescript("""
        DROP INDEX trace_tokens; DROP INDEX trace_cost; DROP INDEX span_name_trace;
        DROP INDEX span_failed_name; DROP TABLE signing_key;
        DROP TABLE execution; DROP TABLE execution_trace;
        DROP TABLE metric; DROP TABLE metric_part;
        DROP TABLE telemetry_run; DROP TABLE telemetry_record; DROP TABLE telemetry_number;
        DROP TABLE telemetry_tally; DROP TABLE telemetry_number_tally;
        DROP TABLE production_interval; DROP TABLE production_process; DROP TABLE production_up;
        DROP TABLE production_series; DROP TABLE production_fine; DROP TABLE production_hour;
        DROP TABLE cost_source; DROP TABLE cost_known; DROP TABLE cost_row; DROP TABLE cost_lease;
        ALTER TABLE trace DROP COLUMN tokens; ALTER TABLE trace DROP COLUMN cost;
        DROP TABLE finding_summary;
        CREATE TABLE finding_summary (
            name INTEGER NOT NULL, slot INTEGER NOT NULL, data BLOB NOT NULL,
            PRIMARY KEY (name, slot)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO finding_summary SELECT DISTINCT name, at / 3600000000, x'00' FROM finding;
        UPDATE summary SET data = x'00';
    """)
    connection.execute(
        "DELETE FROM schema_version WHERE version > ?", (migrations.MIGRATIONS.index(PAGE),)
    )
    connection.commit()
    connection.close()
    with SqliteStore(tmp_path / "new.db") as again:
        assert _ranks(again) == rows
        again.settle()
        found = again.finding_series(TENANT, SeriesQuery(name="score", span_name="step"))
        assert sum(point.count for point in found.points) == 144
        assert again.totals(TENANT).traces == 144


def _ranks(store: SqliteStore) -> list[Any]:
    with store.readers.read() as connection:
        return connection.execute("SELECT xid, tokens, cost FROM trace ORDER BY xid").fetchall()


def test_a_range_of_metadata_is_read_by_its_traces(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few traces are looked at one by one, many by the name: the same findings."""
    fill(store)
    marked = [trace(f"t{n}", n * 1800, Metadata={"side": "left"}) for n in range(0, 144, 9)]
    store.ingest(TENANT, body(traces=marked))
    query = SeriesQuery(
        name="score", metadata=(MetadataCondition(key="side", value="left"),), start_after=NOON
    )
    few = store.finding_series(TENANT, query)
    monkeypatch.setattr(read_findings, "_FEW_TRACES", 0)
    assert store.finding_series(TENANT, query) == few
    assert sum(point.count for point in few.points) == 16
