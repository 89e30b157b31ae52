"""Figures that are kept so that a question is answered soon: they are those of the rows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from modelmetry.store.queries import TotalsSeriesQuery
from modelmetry.store.sqlite import schema, totals_series
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import TENANT, span, trace

HOUR = 3600


@pytest.mark.parametrize("before", [None, "other"])
def test_spans_of_other_hours_are_summarised_by_the_name_that_came_late(
    store: SqliteStore, before: str | None
) -> None:
    """A trace that goes on for hours is named after its spans were summarised."""
    unnamed = {"Traces": [trace(end=None, Name=before)], "Spans": [span(start=3 * HOUR)]}
    if before is None:
        del unnamed["Traces"][0]["Name"]
    # What lies around it makes its hours whole ones, of which there are summaries.
    around = [trace("t0", -2 * HOUR), trace("t9", 9 * HOUR)]
    store.ingest(TENANT, unnamed)
    store.ingest(TENANT, {"Traces": around})
    store.settle()
    store.ingest(TENANT, {"Traces": [trace(end=4 * HOUR, Name="chat")]})
    store.settle()

    query = TotalsSeriesQuery(trace_name="chat", bucket_seconds=HOUR)
    with store.readers.read() as connection:
        rough = totals_series.totals_series(connection, TENANT, query, 0)
        exact = totals_series.totals_series(connection, TENANT, query)

    assert rough.approximate
    assert [(one.start.hour, one.traces, one.spans) for one in rough.points] == [
        (12, 1, 0),
        (15, 0, 1),
    ]
    assert [one.spans for one in exact.points] == [one.spans for one in rough.points]


COSTS = [(0.5, 0.0), (2.5, 1.5e-9), (3.5, 0.07), (1e300, 1e12), (0.0, 0.29), (7.0, 0.1)]


def test_a_store_of_before_is_sorted_as_one_that_was_always_new(
    store: SqliteStore, path: Path
) -> None:
    """What traces are sorted by is the same number, whether the migration made it or not."""
    spans = [
        span(
            f"p{n}", f"t{n}", Family="completion",
            FamilyData={
                "Messages": [],
                "Usage": {"Total": {"Amount": tokens, "Unit": "tokens"}},
                "Cost": {"Total": {"Amount": cost, "Currency": "EUR" if n % 2 else "USD"}},
            },
        )
        for n, (tokens, cost) in enumerate(COSTS)
    ]  # fmt: skip
    store.ingest(TENANT, {"Spans": spans})
    (again,) = (one for one in schema.PAGE if one.startswith("UPDATE trace"))
    with closing(sqlite3.connect(path)) as connection:
        question = "SELECT xid, tokens, cost FROM trace ORDER BY xid"
        new = connection.execute(question).fetchall()
        connection.execute("UPDATE trace SET tokens = 0, cost = 0")
        connection.execute(again)
        assert connection.execute(question).fetchall() == new
        assert len({row[1:] for row in new}) == len(COSTS)
