"""Summaries by the name of a trace, which may become known late."""

from __future__ import annotations

import pytest

from modelmetry.store.queries import TotalsSeriesQuery
from modelmetry.store.sqlite import totals_series
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
