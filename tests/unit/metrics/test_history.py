"""What a process measured goes where its client sends, once a minute and at every end."""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import os
import sqlite3
import subprocess
import sys
import threading
import warnings
import weakref
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from modelmetry.client.client import Client
from modelmetry.client.sending import delivery_of
from modelmetry.config import Config
from modelmetry.metrics.families import Family, Point
from modelmetry.metrics.history import MOST_SERIES, Reporter
from modelmetry.metrics.instruments import Counter, Gauge, Histogram
from modelmetry.metrics.registry import Registry
from modelmetry.signals.measurements import MetricIntervalRecord
from modelmetry.store.production import ProductionSeriesQuery, Window
from modelmetry.store.sqlite.store import SqliteStore
from tests.builders import SECOND, START_NS, Kit

MINUTE = 60 * SECOND
FAR = 3_599.0


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = START_NS

    def __call__(self) -> int:
        return self.now


class Shop:
    """An application that measures, with everything around it under control."""

    def __init__(self, interval: float = FAR) -> None:
        self.kit = Kit(config=Config(service="shop", environment="test", release="7"))
        self.registry = Registry()
        self.orders = Counter("orders", registry=self.registry)
        self.clock = Hands()
        self.reporter = Reporter(
            self.registry, self.kit.client, interval=interval, clock=self.clock
        )

    def intervals(self) -> list[MetricIntervalRecord]:
        """What arrived."""
        return self.kit.sent().metric_intervals


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A shop that is closed in the end."""
    made = Shop()
    yield made
    made.kit.close()


def told(intervals: list[MetricIntervalRecord], name: str) -> list[float]:
    """Sums of a series without attributes, in the order of arrival."""
    return [one.sum for interval in intervals for one in interval.series if one.name == name]


def test_each_interval_tells_what_was_added_in_it(shop: Shop) -> None:
    """Each with an XID of its own, all of one process, one beginning where the last one ended."""
    for number in (2, 3):
        shop.orders.add(number)
        shop.clock.now += MINUTE
        shop.reporter.report()
    first, second = shop.intervals()
    assert told([first, second], "orders") == [2, 3]
    assert (first.service, first.environment, first.release) == ("shop", "test", "7")
    assert first.process_xid == second.process_xid
    assert first.xid != second.xid
    assert (first.start_ns, first.end_ns) == (START_NS, START_NS + MINUTE)
    assert (second.start_ns, second.end_ns) == (first.end_ns, first.end_ns + MINUTE)


def test_a_process_that_measures_nothing_is_there_all_the_same(shop: Shop) -> None:
    """That is its heartbeat."""
    shop.reporter.report()
    shop.reporter.report()
    assert shop.intervals()[1].series == []


def test_a_flush_brings_what_has_grown(shop: Shop) -> None:
    """And nothing when there is nothing to say, however often somebody flushes."""
    shop.orders.add(2)
    assert told(shop.intervals(), "orders") == [2]
    asyncio.run(shop.kit.client.aflush_all())
    shop.orders.add(1)
    asyncio.run(shop.kit.client.aflush_all())
    assert told(shop.intervals(), "orders") == [2, 1]


@pytest.mark.parametrize("ending", ["close", "aclose", "block"])
def test_the_end_of_the_client_brings_the_last_one(ending: str) -> None:
    """After which nothing more is told."""
    shop = Shop()
    shop.orders.add(4)
    if ending == "block":
        with shop.kit.client:
            pass
    elif ending == "close":
        shop.kit.client.close()
    else:
        asyncio.run(shop.kit.client.aclose())
    shop.orders.add(5)
    shop.reporter.report()
    assert told(shop.kit.sink.metric_intervals, "orders") == [4]


def test_gauges_histograms_and_collectors_are_told(shop: Shop) -> None:
    """As the registry has them."""
    Gauge("load", registry=shop.registry).set(0.5)
    Histogram("duration", registry=shop.registry, bounds=(1, 2)).record(1.5)
    free = Family("free", "gauge", "By", "Free memory", points=[Point((), 7.0)])
    shop.registry.add_collector(lambda: [free])
    shop.reporter.report()
    found = {one.name: one for one in shop.intervals()[0].series}
    assert (found["load"].last, found["free"].last) == (0.5, 7)
    assert (found["duration"].bounds, found["duration"].counts) == ((1, 2), (0, 1, 0))


def test_many_series_are_several_records_of_one_time(shop: Shop) -> None:
    """None is left out."""
    visits = Counter("visits", attributes=("route",), registry=shop.registry)
    for number in range(MOST_SERIES + 100):
        visits.add(1, route=f"/{number}")
    shop.reporter.report()
    found = shop.intervals()
    assert sum(told(found, "visits")) == MOST_SERIES + 100
    assert [len(one.series) <= MOST_SERIES for one in found] == [True, True]
    assert len({(one.start_ns, one.end_ns) for one in found}) == 1


@pytest.mark.parametrize(("moved", "length"), [(-MINUTE, 0), (7 * 3_600 * SECOND, 3_600 * SECOND)])
def test_a_clock_that_jumps_makes_no_impossible_interval(
    shop: Shop, moved: int, length: int
) -> None:
    """Never before its start, never longer than an hour."""
    shop.orders.add(1)
    shop.clock.now += moved
    shop.reporter.report()
    [found] = shop.intervals()
    assert found.end_ns - found.start_ns == length
    assert found.end_ns == START_NS + moved


def test_trouble_never_reaches_the_caller(
    shop: Shop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in the log."""

    def explode() -> list[Family]:
        raise RuntimeError("no collection today")

    monkeypatch.setattr(shop.registry, "collect", explode)
    with caplog.at_level(logging.WARNING):
        shop.reporter.report()
        shop.kit.client.flush_all()
    assert "no collection today" in caplog.text


def test_what_cannot_be_told_is_said_once(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """And does not cost the rest."""
    odd = Family("odd", "counter", "1", "Odd", points=[Point((), -1)])
    shop.registry.add_collector(lambda: [odd])
    shop.orders.add(1)
    with caplog.at_level(logging.WARNING):
        shop.reporter.report()
        shop.reporter.report()
    assert caplog.text.count("1 series cannot be told") == 1
    assert told(shop.intervals(), "orders") == [1]


@pytest.mark.parametrize("laid_down", [0, 1])
def test_an_interruption_loses_nothing_and_counts_nothing_twice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, laid_down: int
) -> None:
    """Ctrl-C before a record is laid down, or right after it."""
    delivery = delivery_of(shop.kit.client)
    assert delivery is not None
    put, interrupted = delivery.inbox.put, list[bool]()

    def interrupt(_: object, record: MetricIntervalRecord) -> None:
        if laid_down or interrupted:
            put(record)
        if not interrupted:
            interrupted.append(True)
            raise KeyboardInterrupt

    monkeypatch.setattr(type(delivery.inbox), "put", interrupt)
    shop.orders.add(2)
    with pytest.raises(KeyboardInterrupt):
        shop.reporter.report()
    shop.orders.add(3)
    shop.reporter.report()
    found = {one.xid: one for one in shop.intervals()}
    assert told(list(found.values()), "orders") == [2, 3]


def test_what_grows_by_itself_waits_until_something_is_told(shop: Shop) -> None:
    """A flush without news does not forget it."""
    seconds = 1.0

    def collector() -> list[Family]:
        return [Family("process.cpu.time", "counter", "s", "T", points=[Point((), seconds)])]

    shop.registry.add_collector(collector)
    shop.reporter.report()
    seconds = 4.0
    shop.kit.client.flush_all()
    shop.reporter.report()
    assert told(shop.intervals(), "process.cpu.time") == [1, 3]


def test_a_collector_that_flushes_does_not_come_by_again(shop: Shop) -> None:
    """Nor does it wait for itself."""

    def collector() -> list[Family]:
        shop.kit.client.flush_all()
        return []

    shop.registry.add_collector(collector)
    shop.orders.add(1)
    shop.reporter.report()
    assert told(shop.intervals(), "orders") == [1]


def test_it_tells_in_the_background() -> None:
    """Until the client ends, without anybody calling."""
    came = threading.Event()
    shop = Shop(interval=0.001)

    def collector() -> list[Family]:
        came.set()
        return []

    shop.registry.add_collector(collector)
    assert came.wait(30)
    shop.kit.close()
    assert shop.kit.sink.metric_intervals


@pytest.mark.parametrize("config", [Config(metrics_interval=0), Config(disabled=True)])
def test_it_can_be_off(config: Config) -> None:
    """By its own setting, or with everything."""
    kit, registry = Kit(config=config), Registry()
    Counter("orders", registry=registry).add(1)
    reporter = Reporter(registry, kit.client)
    reporter.report()
    kit.close()
    assert kit.sink.metric_intervals == []


def test_the_client_holds_it() -> None:
    """Who only makes one keeps it; with the client it goes."""
    kit = Kit()
    there = weakref.ref(Reporter(Registry(), kit.client, interval=FAR))
    gc.collect()
    assert there() is not None
    kit.close()
    del kit
    gc.collect()
    assert there() is None


def test_a_client_that_is_dropped_sends_the_last_one_without_a_word() -> None:
    """Nobody recorded it, so nobody has to hear that it waits."""
    shop = Shop()
    sink = shop.kit.sink
    shop.orders.add(1)
    shop.kit.client.flush_all()
    shop.orders.add(2)
    delivery = delivery_of(shop.kit.client)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        del shop
        gc.collect()
    assert delivery is not None
    delivery.flush(30)
    assert told(sink.metric_intervals, "orders") == [1, 2]


def _work_in_child(orders: Counter) -> None:
    orders.add(40)
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("modelmetry-metrics-history") == 1  # also a child that stays is told of


def test_a_forked_child_begins_anew(tmp_path: Path) -> None:
    """It tells its own measurements at its end, as another process; the parent tells the rest."""
    url = f"sqlite:///{tmp_path}/s.db"
    registry = Registry()
    client = Client(config=Config(store=url, service="shop"))
    Reporter(registry, client, interval=FAR)
    orders = Counter("orders", registry=registry)
    orders.add(2)
    client.flush_all()  # else the child could not be taken to go on where the parent was
    child = multiprocessing.get_context("fork").Process(target=_work_in_child, args=(orders,))
    child.start()
    child.join(60)
    orders.add(1)
    assert child.exitcode == 0
    client.close()
    with SqliteStore(tmp_path / "s.db") as store:
        query = ProductionSeriesQuery(name="orders", window=Window())
        [group] = store.production_series("local", query).groups
        assert group.total.sum_ == 43
    with closing(sqlite3.connect(tmp_path / "s.db")) as connection:
        count = connection.execute("SELECT count(*) FROM production_process").fetchone()
    assert count == (2,)


def test_what_was_told_is_sent_once_and_read_back(tmp_path: Path) -> None:
    """From a counter to the store, through the client's own delivery."""
    url = f"sqlite:///{tmp_path}/s.db"
    registry = Registry()
    with Client(config=Config(store=url)) as client:
        Reporter(registry, client, interval=FAR)
        orders = Counter("orders", registry=registry, attributes=("route",))
        for number in range(5):
            orders.add(number, route="/a")
            client.flush_all()
        delivery = delivery_of(client)
        assert delivery is not None
        assert delivery.stats().dropped == {}
    with SqliteStore(tmp_path / "s.db") as store:
        query = ProductionSeriesQuery(name="orders", attributes=(("route", "/a"),))
        [group] = store.production_series("local", query).groups
        assert group.total.sum_ == 10


_PROGRAM = """
import sys
from modelmetry.client.client import Client
from modelmetry.config import Config
from modelmetry.metrics.history import Reporter
from modelmetry.metrics.instruments import Counter
from modelmetry.metrics.registry import Registry

registry = Registry()
client = Client(config=Config(store=sys.argv[1]))
Reporter(registry, client)
Counter("orders", registry=registry).add(5)
"""


def test_the_end_of_a_program_brings_the_last_one(tmp_path: Path) -> None:
    """Although nobody closed the client, and the first minute was not over."""
    paths = os.pathsep.join(filter(None, sys.path))
    url = f"sqlite:///{tmp_path}/s.db"
    subprocess.run(
        [sys.executable, "-c", _PROGRAM, url], check=True, env=os.environ | {"PYTHONPATH": paths}
    )
    with SqliteStore(tmp_path / "s.db") as store:
        [group] = store.production_series("local", ProductionSeriesQuery(name="orders")).groups
    assert group.total.sum_ == 5
