"""Production metrics in the store: taken once, added up, refused whole, pruned."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from modelmetry_api.types import to_builtins

from modelmetry.errors import StoreQueryError, StoreRefusedError
from modelmetry.store.production import ProductionSeriesQuery, Window
from modelmetry.store.sqlite import migrations, production_groups, production_rows
from modelmetry.store.sqlite.encode import to_micros
from modelmetry.store.sqlite.production_schema import PRODUCTION
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import NOON, TENANT, Item, at
from tests.unit.store.production_cast import counter, gauge, histogram, interval, intervals

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
AROUND = Window(NOON - HOUR, NOON + HOUR)


@pytest.fixture
def store(tmp_path: Path) -> Any:
    """A store in which it is one hour after noon."""
    with SqliteStore(tmp_path / "s.db", clock=lambda: to_micros(NOON + HOUR)) as opened:
        yield opened


def over_time(store: SqliteStore, name: str, window: Window = AROUND, **query: Any) -> Any:
    """A series as plain values."""
    asked = ProductionSeriesQuery(name=name, window=window, **query)
    return to_builtins(store.production_series(TENANT, asked))


def whole(store: SqliteStore, name: str, window: Window = AROUND, **query: Any) -> Any:
    """The total of the only group."""
    [group] = over_time(store, name, window, **query)["Groups"]
    return group["Total"]


def test_what_several_processes_measured_is_added_up(store: SqliteStore) -> None:
    """Each interval once, however often it comes."""
    mine, other = interval(counter(value=2)), interval(counter(value=3), Process="p2")
    store.ingest(TENANT, intervals(mine, other, mine))
    store.ingest(TENANT, intervals(other))
    assert whole(store, "orders")["Sum"] == 5
    assert store.check().ok


def test_an_interval_belongs_to_the_point_of_its_middle(store: SqliteStore) -> None:
    """Whole: nothing is split."""
    store.ingest(TENANT, intervals(interval(counter(), start=260), interval(counter(), start=280)))
    [group] = over_time(store, "orders")["Groups"]
    assert [(one["Start"], one["Sum"]) for one in group["Points"]] == [
        ("2026-11-02T12:00:00Z", 1),
        ("2026-11-02T12:05:00Z", 1),
    ]


def test_a_gauge_has_its_last_look_by_any_process(store: SqliteStore) -> None:
    """Whichever came first."""
    late = interval(gauge("load", 0.4, 0.2), start=120)
    early = interval(gauge("load", 0.9), Process="p2")
    store.ingest(TENANT, intervals(late, early))
    found = whole(store, "load")
    assert (found["Min"], found["Max"], found["Last"], found["Count"]) == (0.2, 0.9, 0.2, 3)
    assert found["Mean"] == pytest.approx(0.5)
    assert (found["Sum"], found["Rate"]) == (None, None)


def test_a_histogram_has_counts_rates_and_quantiles(store: SqliteStore) -> None:
    """Those that are asked for."""
    store.ingest(TENANT, intervals(interval(histogram(counts=(5, 4, 1), total=11.0))))
    found = whole(store, "duration", quantiles=(0.5, 0.99))
    assert (found["Sum"], found["Count"], found["Mean"]) == (11, 10, 1.1)
    assert found["Rate"] == pytest.approx(10 / 7_200)
    assert [one["Value"] for one in found["Quantiles"]] == [1, 2]
    assert [one["UpTo"] for one in found["Quantiles"]] == [1, None]


def test_series_are_split_and_filtered_by_attributes(store: SqliteStore) -> None:
    """An attribute that a series does not have is empty; the service is one, too."""
    store.ingest(
        TENANT,
        intervals(
            interval(counter(value=1, route="/a"), counter(value=2, route="/b"), counter(value=4)),
            interval(counter(value=8, route="/a"), Service="other"),
        ),
    )
    groups = over_time(store, "orders", group_by=("route",))["Groups"]
    assert {one["Attributes"]["route"]: one["Total"]["Sum"] for one in groups} == {
        "/a": 9, "/b": 2, "": 4,
    }  # fmt: skip
    assert whole(store, "orders", attributes=(("route", "/a"),), service="shop")["Sum"] == 1
    split = over_time(store, "orders", group_by=("service",))["Groups"]
    assert [one["Attributes"] for one in split] == [{"service": "other"}, {"service": "shop"}]
    assert over_time(store, "orders", service="nobody")["Groups"] == []


def test_groups_and_points_are_bounded(store: SqliteStore) -> None:
    """The largest groups are answered, and how many there are."""
    many = [counter(value=number, route=f"/{number}") for number in range(1, 61)]
    store.ingest(TENANT, intervals(interval(*many)))
    found = over_time(store, "orders", group_by=("route",))
    assert (len(found["Groups"]), found["GroupCount"]) == (50, 60)
    assert found["Groups"][0]["Total"]["Sum"] == 60
    for days, seconds in ((1 / 24, 300), (2, 900), (12, 3_600), (30, 10_800), (400, 604_800)):
        window = Window(NOON - timedelta(days=days), NOON)
        found = over_time(store, "orders", window)
        assert found["StepSeconds"] == seconds
        length = (window.end or NOON) - (window.start or NOON)
        assert length.total_seconds() / seconds <= 300


def test_more_points_than_can_be_read_are_refused(store: SqliteStore) -> None:
    """With what to do; how many there could be does not matter."""
    many = [counter(value=number, route=f"/{number}") for number in range(1, 61)]
    store.ingest(TENANT, intervals(interval(*many)))
    with patch.object(production_groups, "MOST_CELLS", 60):
        assert over_time(store, "orders")["GroupCount"] == 1
    with patch.object(production_groups, "MOST_CELLS", 59):
        with pytest.raises(StoreQueryError, match="60 series with more than 59 points"):
            over_time(store, "orders")
        assert over_time(store, "orders", attributes=(("route", "/7"),))["GroupCount"] == 1
    with patch.object(production_groups, "MOST_CELLS", 0), pytest.raises(StoreQueryError):
        over_time(store, "orders", attributes=(("route", "/7"),))


def test_totals_alone_are_those_that_points_add_up_to(store: SqliteStore) -> None:
    """Of every kind, and in hours and minutes of a window that is neither."""
    window = Window(NOON - timedelta(minutes=35), NOON + timedelta(minutes=20))
    for start in range(-7_200, 3_600, 200):
        series = [counter(route=f"/{start % 3}"), histogram(total=start + 7_200), gauge()]
        store.ingest(TENANT, intervals(interval(*series, start=start)))
    for name, split in (("orders", ("route",)), ("duration", ()), ("load", ("service",))):
        with_points = over_time(store, name, window, group_by=split, quantiles=(0.5,))
        alone = over_time(store, name, window, group_by=split, quantiles=(0.5,), points=False)
        assert with_points["Groups"][0]["Points"]
        for one in with_points["Groups"]:
            one["Points"] = []
        assert alone == with_points


def test_only_points_of_groups_that_are_answered_are_read(store: SqliteStore) -> None:
    """Of the others their hours say that they are smaller."""
    many = [counter(value=number, route=f"/{number}") for number in range(1, 61)]
    for start in range(0, 3_600, 300):
        store.ingest(TENANT, intervals(interval(*many, start=start - 3_600)))
    with patch.object(production_groups, "MOST_CELLS", 50 * 12):
        found = over_time(store, "orders", group_by=("route",))
        assert (found["GroupCount"], found["Groups"][-1]["Total"]["Sum"]) == (60, 11 * 12)
        assert {len(one["Points"]) for one in found["Groups"]} == {12}
        assert over_time(store, "orders", points=False)["Groups"][0]["Total"]["Sum"] == 1_830 * 12
        with pytest.raises(StoreQueryError):
            over_time(store, "orders")


def test_what_is_older_is_told_by_whole_hours(store: SqliteStore) -> None:
    """Beyond two weeks, and the answer says which hours."""
    old = NOON - 20 * DAY
    seconds = -20 * DAY.total_seconds()
    store.ingest(TENANT, intervals(interval(counter(), start=seconds)))
    found = over_time(store, "orders", Window(old + timedelta(minutes=7), old + HOUR))
    assert found["StepSeconds"] == 3_600
    assert found["Window"] == {"Start": "2026-10-13T12:00:00Z", "End": "2026-10-13T13:00:00Z"}
    assert found["Groups"][0]["Total"]["Sum"] == 1


def test_of_a_name_with_two_kinds_the_later_one_is_answered(store: SqliteStore) -> None:
    """As after a release that measures it in another way; the list has both."""
    store.ingest(TENANT, intervals(interval(counter("x", 7))))
    store.ingest(TENANT, intervals(interval(gauge("x", 0.5), start=60)))
    assert over_time(store, "x")["Kind"] == "gauge"
    listed = to_builtins(store.production_metrics(TENANT))["Metrics"]
    assert [(one["Name"], one["Kind"]) for one in listed] == [("x", "counter"), ("x", "gauge")]


def test_what_has_another_unit_is_not_added_and_said(store: SqliteStore) -> None:
    """Dollars and euros make no sum; those that came last are answered."""
    dollars, euros = (counter("cost", 5) | {"Unit": unit} for unit in ("USD", "EUR"))
    store.ingest(TENANT, intervals(interval(dollars)))
    store.ingest(TENANT, intervals(interval(euros)))
    found = over_time(store, "cost")
    assert (found["Unit"], found["Groups"][0]["Total"]["Sum"]) == ("EUR", 5)
    assert found["Note"] == "left out is what was told as counter in USD"


def test_histograms_with_other_bounds_are_kept_apart_and_merged_when_read(
    store: SqliteStore,
) -> None:
    """On the bounds that both have, and the answer says so."""
    older = histogram(counts=(1, 2, 3, 0), bounds=(1, 2, 4))
    newer = histogram(counts=(4, 0, 0), bounds=(2, 8))
    store.ingest(TENANT, intervals(interval(older), interval(newer)))
    found = over_time(store, "duration", quantiles=(0.5,))
    [group] = found["Groups"]
    assert group["Total"]["Count"] == 10
    assert group["Total"]["Quantiles"][0]["UpTo"] == 2
    assert "1 bounds that all have" in found["Note"]


def test_metrics_are_listed_with_what_they_are(store: SqliteStore) -> None:
    """Their attributes and services; of one service or by a prefix if wanted."""
    store.ingest(
        TENANT,
        intervals(
            interval(counter(route="/a"), counter(status="200"), gauge()),
            interval(counter(), Service=None),
        ),
    )
    [load, orders] = to_builtins(store.production_metrics(TENANT))["Metrics"]
    assert load["Name"] == "load"
    assert orders == {
        "Name": "orders", "Kind": "counter", "Unit": "1", "Attributes": ["route", "status"],
        "Services": ["", "shop"], "SeriesCount": 3,
    }  # fmt: skip
    assert len(store.production_metrics(TENANT, "shop", "o").metrics) == 1
    assert store.production_metrics("nobody").metrics == []


@pytest.mark.parametrize(
    ("spoilt", "inside"),
    [
        ({"End": at(-1)}, ".End"),
        ({"End": at(3_601)}, ".End"),
        ({"Series": [histogram(counts=(1, 1))]}, ".Series[0].Counts"),
        ({"Series": [counter(), histogram(bounds=(2, 2))]}, ".Series[1].Bounds"),
        ({"Series": [gauge("load", 1.0) | {"Last": 2.0}]}, ".Series[0].Last"),
    ],
)
def test_an_interval_that_contradicts_itself_is_refused_with_its_place(
    store: SqliteStore, spoilt: Item, inside: str
) -> None:
    """Nothing of its batch is stored."""
    with pytest.raises(StoreRefusedError, match="nothing is stored") as failure:
        store.ingest(TENANT, intervals(interval(counter()), interval() | spoilt))
    assert [(place, where) for place, where, _ in failure.value.faults] == [(1, inside)]
    assert store.production_metrics(TENANT).metrics == []


def test_more_series_than_there_may_be_are_refused_by_interval(store: SqliteStore) -> None:
    """What has room is taken when the rest is left out; others' room is their own."""
    fits = interval(counter(route="/a"), counter(route="/b"))
    too_many = interval(*(counter(route=f"/{number}") for number in range(9)))
    with patch.object(production_rows.write_production, "__defaults__", (4,)):
        with pytest.raises(StoreRefusedError, match="room for 2 more of 4") as failure:
            store.ingest(TENANT, intervals(fits, too_many))
        assert [place for place, *_ in failure.value.faults] == [1]
        assert store.production_metrics(TENANT).metrics == []
        store.ingest(TENANT, intervals(fits))
        store.ingest(TENANT, intervals(interval(*fits["Series"], start=60)))
        store.ingest("others", intervals(interval(*too_many["Series"][:4])))
    assert whole(store, "orders")["Sum"] == 4
    assert store.check().ok


def test_points_are_dropped_after_two_weeks_and_hours_when_they_are_pruned(
    tmp_path: Path,
) -> None:
    """What is told of whole hours stays the same."""
    now = [to_micros(NOON + HOUR)]
    with SqliteStore(tmp_path / "s.db", clock=lambda: now[0]) as store:
        store.ingest(TENANT, intervals(interval(counter(value=3)), interval(gauge())))
        now[0] += 15 * 86_400 * 1_000_000
        store.ingest(TENANT, intervals(interval(counter(value=2), start=15 * 86_400)))
        store.settle()
        with closing(sqlite3.connect(store.path)) as connection:
            assert connection.execute("SELECT count(*) FROM production_fine").fetchone() == (1,)
        assert whole(store, "orders", Window(NOON, NOON + HOUR))["Sum"] == 3
        assert store.count_metrics_before(NOON + DAY) == 2
        assert store.prune(NOON + DAY).metric_hours == 2
        assert over_time(store, "orders", Window(NOON, NOON + HOUR))["Groups"] == []
        assert len(store.production_metrics(TENANT).metrics) == 1
        assert store.check().ok


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (Window(NOON, NOON), "is empty"),
        (Window(NOON + HOUR, NOON), "is empty"),
        (Window(NOON - 401 * DAY, NOON), "longer than 400 days"),
    ],
)
def test_a_window_has_limits(store: SqliteStore, window: Window, words: str) -> None:
    """And says them."""
    with pytest.raises(StoreQueryError, match=words):
        over_time(store, "orders", window)
    with pytest.raises(StoreQueryError, match=words):
        store.production_summary(TENANT, window)


def test_times_of_a_clock_that_is_wrong_are_kept_as_they_are(store: SqliteStore) -> None:
    """In the past, before 1970 and in the future."""
    for year in (1, 1969, 2400):
        when = f"{year:04}-06-01T00:00:00Z"
        one = interval(counter()) | {"Start": when, "End": when}
        store.ingest(TENANT, intervals(one))
    assert store.check().ok
    assert to_builtins(store.production_metrics(TENANT))["Metrics"][0]["SeriesCount"] == 1


def test_a_store_from_before_is_brought_up_to_date(tmp_path: Path) -> None:
    """And takes metrics."""
    path = tmp_path / "old.db"
    older = migrations.MIGRATIONS[: migrations.MIGRATIONS.index(PRODUCTION)]
    connection = sqlite3.connect(path, isolation_level=None)
    migrations.migrate(connection, 7, older)
    connection.close()
    with SqliteStore(path) as store:
        store.ingest(TENANT, intervals(interval(counter())))
        assert whole(store, "orders")["Sum"] == 1
