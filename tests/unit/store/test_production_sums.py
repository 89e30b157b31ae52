"""However measurements are split over processes, intervals and batches: the sums are the same."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from modelmetry_api.types import to_builtins

from modelmetry.store.production import ProductionSeriesQuery, Window
from modelmetry.store.sqlite.encode import to_micros
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import NOON, TENANT, Item, at
from tests.unit.store.production_cast import counter, gauge, histogram, interval, intervals

HOUR = timedelta(hours=1)
BOUNDS = (1.0, 2.0, 5.0)

Measured = tuple[int, int, str, float]
"""Which process measured when, in seconds after noon, on which route, what."""

measurements = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.integers(0, 7_199),
        st.sampled_from(["/a", "/b"]),
        st.integers(0, 800).map(lambda number: number / 100),
    ),
    max_size=40,
)


def sent(measured: Sequence[Measured], lengths: Sequence[int]) -> list[Item]:
    """The intervals of each process, whose lengths are drawn as well."""
    found: list[Item] = []
    for process in range(5):
        own = [one for one in measured if one[0] == process]
        start = 0
        for number in range(7_200):
            length = lengths[(process + number) % len(lengths)]
            inside = [one for one in own if start <= one[1] < start + length]
            series = [told for route in ("/a", "/b") for told in of_route(inside, route)]
            xid = f"{process}-{number}"
            found.append(
                interval(*series, start=start, seconds=length, XID=xid, Process=f"p{process}")
            )
            start += length
            if start >= 7_200:
                break
    return found


def of_route(measured: Sequence[Measured], route: str) -> list[Item]:
    """All three kinds of series of what was measured in one interval."""
    values = [(when, value) for _, when, of, value in measured if of == route]
    if not values:
        return []
    counts = [0] * (len(BOUNDS) + 1)
    for _, value in values:
        counts[bisect_left(BOUNDS, value)] += 1
    last_at, last = max(values)
    plain = [value for _, value in values]
    looked = gauge("load", *plain, route=route) | {"Last": last, "LastAt": at(last_at)}
    total = sum(plain)
    return [
        counter("orders", total, route=route),
        histogram("duration", tuple(counts), BOUNDS, total, route=route),
        looked,
    ]


def plainly(measured: Sequence[Measured], route: str) -> dict[str, Any]:
    """What the store should say, computed from the measurements themselves."""
    values = [(when, value) for _, when, of, value in measured if of == route]
    plain = [value for _, value in values]
    return {
        "sum": pytest.approx(sum(plain)),
        "count": len(plain),
        "min": min(plain),
        "max": max(plain),
        "last": max(values)[1],
    }


def told(store: SqliteStore, window: Window) -> dict[str, dict[str, Any]]:
    """What the store says of each route."""

    def groups(name: str) -> dict[str, Any]:
        query = ProductionSeriesQuery(name=name, window=window, group_by=("route",))
        found = to_builtins(store.production_series(TENANT, query))["Groups"]
        return {one["Attributes"]["route"]: one["Total"] for one in found}

    orders, duration, load = groups("orders"), groups("duration"), groups("load")
    assert {route: one["Sum"] for route, one in orders.items()} == pytest.approx(
        {route: one["Sum"] for route, one in duration.items()}
    )
    return {
        route: {
            "sum": orders[route]["Sum"],
            "count": duration[route]["Count"],
            "min": load[route]["Min"],
            "max": load[route]["Max"],
            "last": load[route]["Last"],
        }
        for route in orders
    }


@settings(max_examples=40, deadline=None)
@given(
    measurements,
    st.lists(st.sampled_from([60, 61, 300, 1_000, 3_600]), min_size=1, max_size=4),
    st.integers(0, 1_000),
    st.booleans(),
)
def test_any_split_adds_up_to_the_same(
    measured: list[Measured], lengths: list[int], seed: int, late: bool
) -> None:
    """In any order, some of it twice; as points of five minutes and as hours."""
    items = sent(measured, lengths)
    chance = random.Random(seed)
    again = chance.sample(items, len(items) // 3)
    batches = [*items, *again]
    chance.shuffle(batches)
    now = NOON + (timedelta(days=30) if late else 3 * HOUR)
    with (
        TemporaryDirectory() as folder,
        SqliteStore(Path(folder) / "s.db", clock=lambda: to_micros(now)) as store,
    ):
        while batches:
            size = chance.randint(1, 60)
            store.ingest(TENANT, intervals(*batches[:size]))
            del batches[:size]
        store.settle()
        routes = {route for _, _, route, _ in measured}
        expected = {route: plainly(measured, route) for route in routes}
        assert told(store, Window(NOON - HOUR, NOON + 4 * HOUR)) == expected
        assert store.check().ok


def test_a_hundred_processes_are_one_series(tmp_path: Path) -> None:
    """As long as they say the same of themselves."""
    with SqliteStore(tmp_path / "s.db", clock=lambda: to_micros(NOON + HOUR)) as store:
        items = [interval(counter(value=2), Process=f"p{number}") for number in range(100)]
        store.ingest(TENANT, intervals(*items))
        assert told_sum(store) == 200
        [one] = store.production_metrics(TENANT).metrics
        assert one.series_count == 1


def told_sum(store: SqliteStore) -> float:
    """All orders around noon."""
    query = ProductionSeriesQuery(name="orders", window=Window(NOON - HOUR, NOON + HOUR))
    [group] = store.production_series(TENANT, query).groups
    return group.total.sum_ or 0
