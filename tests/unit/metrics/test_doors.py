"""Several places of one process that show metrics, as workers of one server do."""

from __future__ import annotations

import re
import sys
import urllib.request
from pathlib import Path

import pytest

from modelmetry.metrics import Counter, MetricsApp, MetricsServer, MetricsWSGIApp, Registry
from modelmetry.metrics.serving import Metrics

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no flock here")


def orders(door: Metrics) -> list[str]:
    """What it tells of orders."""
    return re.findall(r"^orders_\S+ \S+$", door.answer("GET", {}).body.decode(), re.MULTILINE)


def test_two_doors_of_a_worker_count_it_once(tmp_path: Path) -> None:
    """A route and a port of their own show one process, and no two."""
    registry = Registry()
    Counter("orders", registry=registry).add(5)
    route = MetricsApp(registry=registry, folder=tmp_path)
    other = MetricsWSGIApp(registry=registry, folder=tmp_path)
    with MetricsServer(0, registry=registry, folder=tmp_path) as port:
        for _ in range(2):
            assert orders(route) == orders(other) == ["orders_total 5.0"]
            with urllib.request.urlopen(port.url) as response:
                assert "\norders_total 5.0\n" in response.read().decode()


def test_each_registry_tells_what_it_has(tmp_path: Path) -> None:
    """Of the same folder: neither adds up what the other one measured, nor shows it."""
    shop, inner = Registry(), Registry()
    Counter("orders", registry=shop).add(5)
    Counter("orders", registry=inner).add(7)
    Counter("orders.refused", registry=inner).add(1)
    public = MetricsApp(registry=shop, folder=tmp_path)
    private = MetricsApp(registry=inner, folder=tmp_path)
    for _ in range(2):
        assert orders(public) == ["orders_total 5.0"]
        assert orders(private) == ["orders_total 7.0", "orders_refused_total 1.0"]


def test_a_registry_that_is_shown_in_two_folders_is_laid_down_in_both(tmp_path: Path) -> None:
    """Whoever looks there finds it."""
    registry = Registry()
    doors = [MetricsApp(registry=registry, folder=tmp_path / one) for one in "ab"]
    Counter("orders", registry=registry).add(5)
    assert [orders(door) for door in doors] == [["orders_total 5.0"]] * 2
