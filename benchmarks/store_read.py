"""How fast the store answers, in milliseconds and beside one lookup by primary key.

    python benchmarks/store_read.py [--spans 100000] [--keep FILE]

`--keep` leaves the filled store where the next run finds it.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import attrs

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "generated")]

from benchmarks.workload import FIRST, SPANS_PER_TRACE, Workload  # noqa: E402
from modelmetry.store.queries import (  # noqa: E402
    FindingCondition,
    HistogramQuery,
    MetadataCondition,
    SeriesQuery,
    SessionQuery,
    SpanQuery,
    TotalsSeriesQuery,
    TraceQuery,
)
from modelmetry.store.sqlite.store import SqliteStore  # noqa: E402

TIMES: Final = 40
TENANT: Final = "local"
LARGE: Final = "large"
LARGE_SPANS: Final = 5_000
Query = Callable[[], object]


def main() -> None:
    """Fill a store, settle it, ask each question a number of times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spans", type=int, default=100_000)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        path = given.keep or Path(folder) / "store.db"
        full = path.exists()
        with SqliteStore(path) as store:
            if not full:
                fill(store, given.spans)
            floor = lookup(path)
            print(f"{'':44}{'p50 ms':>9}{'p95 ms':>9}{'p95 / key lookup':>18}")
            print(f"{'one row by its primary key':44}{floor * 1e3:9.4f}")
            for name, query in questions(store).items():
                p50, p95 = measured(query)
                print(f"{name:44}{p50 * 1e3:9.2f}{p95 * 1e3:9.2f}{p95 / floor:18,.0f}")


def fill(store: SqliteStore, spans: int) -> None:
    """Spans of thirty days, their texts indexed and their hours summarised."""
    workload, left = Workload(spans=spans), spans // SPANS_PER_TRACE
    start = time.perf_counter()
    while left > 0:
        store.ingest(TENANT, workload.body(min(left, 200)))
        left -= 200
    store.ingest(TENANT, workload.large(LARGE, LARGE_SPANS))
    middle = time.perf_counter()
    store.settle()
    end = time.perf_counter()
    print(f"filled in {middle - start:.1f} s, settled in {end - middle:.1f} s")


def lookup(path: Path) -> float:
    """Seconds to read one trace's row by its primary key."""
    connection = sqlite3.connect(path)
    (last,) = connection.execute("SELECT max(id) FROM trace").fetchone()
    start, times = time.perf_counter(), 2_000
    for n in range(times):
        connection.execute("SELECT * FROM trace WHERE id = ?", (1 + n * 7919 % last,)).fetchone()
    seconds = (time.perf_counter() - start) / times
    connection.close()
    return seconds


def questions(store: SqliteStore) -> dict[str, Query]:
    """What a page asks."""
    some = store.list_traces(TENANT, TraceQuery()).traces[25]
    channel = MetadataCondition.parse("channel=web")
    user = MetadataCondition.parse("user=u77")
    unsafe = FindingCondition.parse("response_safe_score<0.6")
    rare = FindingCondition.parse("toxicity<0.3")
    day = FIRST + timedelta(days=20)
    traces: dict[str, TraceQuery] = {
        "newest 50 traces": TraceQuery(),
        "  with shown findings": TraceQuery(include_findings=("toxicity", "cited")),
        "  of a name, failed": TraceQuery(names=("mail.draft",), failed=True),
        "  of a day, web, a model, with a finding": TraceQuery(
            start_after=day, start_before=day + timedelta(days=1), metadata=(channel,),
            model="gpt-4o", findings=(unsafe,),
        ),
        "  of one user (rare)": TraceQuery(metadata=(user,)),
        "  with a rare finding": TraceQuery(findings=(rare,)),
        "  with a rare finding, of one user": TraceQuery(findings=(rare,), metadata=(user,)),
        "  with two words": TraceQuery(text="parcel warehouse"),
        "  with a word nobody wrote": TraceQuery(text="zeppelin"),
        "  longer than 5 s": TraceQuery(min_duration_ms=5_000),
        "  longest first": TraceQuery(sort="-duration"),
        "  dearest first": TraceQuery(sort="-cost"),
        "  longest first, failed, web": TraceQuery(
            sort="-duration", failed=True, metadata=(channel,)
        ),
    }  # fmt: skip
    asked: dict[str, Query] = {
        name: partial(store.list_traces, TENANT, query) for name, query in traces.items()
    }
    month, short = FIRST + timedelta(days=30), FIRST + timedelta(hours=24)
    series = SeriesQuery(name="toxicity", start_after=FIRST, start_before=month)
    return asked | {
        "one whole trace": lambda: store.get_trace(TENANT, some.xid),
        "the outline of a trace of 5,000 spans": lambda: store.trace_outline(TENANT, LARGE),
        "a text in a trace of 5,000 spans": lambda: store.search_trace(TENANT, LARGE, ["refund"]),
        "a text that is nowhere in it": lambda: store.search_trace(TENANT, LARGE, ["unheard of"]),
        "50 spans of a model": lambda: store.list_spans(TENANT, SpanQuery(model="gpt-4o")),
        "50 failed spans of a name": lambda: store.list_spans(
            TENANT, SpanQuery(names=("kb.search",), failed=True)
        ),
        "50 sessions": lambda: store.list_sessions(TENANT, SessionQuery()),
        "names of findings": lambda: store.finding_names(TENANT),
        "totals of 24 h (percentiles)": lambda: store.totals(TENANT, FIRST, short),
        "totals of 30 days (percentiles)": lambda: store.totals(TENANT, FIRST, month),
        "totals over 30 days": lambda: store.totals_series(
            TENANT, TotalsSeriesQuery(start_after=FIRST, start_before=month)
        ),
        "a finding over 30 days": lambda: store.finding_series(TENANT, series),
        "  of the spans of a name": lambda: store.finding_series(
            TENANT, attrs.evolve(series, span_name="llm.generate")
        ),
        "  as a histogram": lambda: store.finding_histogram(
            TENANT, HistogramQuery(name="toxicity", start_after=FIRST, start_before=month)
        ),
    }


def measured(query: Query) -> tuple[float, float]:
    """Median and 95th percentile in seconds."""
    query()
    seconds: list[float] = []
    until = time.perf_counter() + 5
    while len(seconds) < TIMES and (time.perf_counter() < until or not seconds):
        start = time.perf_counter()
        query()
        seconds.append(time.perf_counter() - start)
    seconds.sort()
    return seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.95) - 1]


if __name__ == "__main__":
    main()
