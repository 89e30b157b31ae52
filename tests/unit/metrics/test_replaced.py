"""Workers that are replaced again and again, each with other values of attributes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from modelmetry.metrics import Counter, Gauge, Histogram, Registry
from modelmetry.metrics.families import Family
from modelmetry.metrics.metric import MOST_SERIES
from modelmetry.metrics.sharing import Sharing

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no flock here")

WORKERS, VALUES = 4, 1_000


def collected(sharing: Sharing) -> dict[str, Family]:
    """What it tells, by name."""
    return {one.name: one for one in sharing.collect()}


def test_those_that_ended_have_only_so_many_series(tmp_path: Path) -> None:
    """What is more is added up in one series; the sums are whole, and never go back."""
    totals: list[float] = []
    for worker in range(WORKERS):
        registry = Registry()
        sharing = Sharing(registry, tmp_path)
        counter = Counter("c", attributes=["k"], registry=registry)
        histogram = Histogram("h", attributes=["k"], bounds=[1], registry=registry)
        gauge = Gauge("g", attributes=["k"], registry=registry)
        for number in range(VALUES):
            counter.add(2, k=f"{worker}-{number}")
            histogram.record(1, k=f"{worker}-{number}")
            gauge.set(worker, k=f"{worker}-{number}")
        totals.append(sum(point.value for point in collected(sharing)["c"].points))
        sharing.finish()
    found = collected(Sharing(Registry(), tmp_path))
    assert {len(found[name].points) for name in "chg"} == {MOST_SERIES}
    assert found["c"].points[-1].attributes == ()
    assert sum(point.value for point in found["c"].points) == 2 * WORKERS * VALUES
    assert sum(point.count for point in found["h"].points) == WORKERS * VALUES
    assert totals == [2 * VALUES * (worker + 1) for worker in range(WORKERS)]
