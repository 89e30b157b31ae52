"""What collectors read, in one process and in several."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from modelmetry.errors import InvalidTypeError
from modelmetry.metrics.families import Across, Family, Point
from modelmetry.metrics.instruments import Counter
from modelmetry.metrics.merging import merged
from modelmetry.metrics.registry import Registry
from modelmetry.metrics.snapshots import Snapshots


def gauge(across: Across, *points: Point, attributes: Sequence[str] = ("device",)) -> Family:
    """A gauge of devices."""
    return Family("a.b", "gauge", "1", "", tuple(attributes), across=across, points=list(points))


def test_what_all_read_of_one_host_is_that_of_who_read_last() -> None:
    """A device that is gone since is gone, whoever saw it before."""
    before = gauge("host", Point(("eth0",), 1, at=10), Point(("gone",), 5, at=10))
    after = gauge("host", Point(("eth0",), 2, at=11))
    for order in ([before, after], [after, before]):
        assert merged([[one] for one in order]) == [after]


def test_ratios_are_parts_of_wholes_in_several_processes() -> None:
    """9 of 10 and 0 of 90 are 9 of 100, and not 0.45 as their mean would be."""
    (found,) = merged(
        [
            [gauge("ratio", Point(("a",), 0.9, (9, 10)))],
            [gauge("ratio", Point(("a",), 0.0, (0, 90)))],
        ]
    )
    assert found.points == [Point(("a",), 0.09, (9, 100))]


def test_what_a_worker_read_of_the_host_ends_with_it(tmp_path: Path) -> None:
    """What it counted itself stays."""
    ended, living = Snapshots(tmp_path), Snapshots(tmp_path)
    counted = Family("c", "counter", "", "", points=[Point((), 3)])
    ended.lay_down([gauge("host", Point(("eth0",), 1, at=10)), counted])
    ended.leave()
    living.lay_down([])
    assert merged(living.others()) == [counted]


def test_what_a_collector_measures_is_told_in_the_same_collection() -> None:
    """It is asked before the instruments are."""
    registry = Registry()
    counter = Counter("a.count", registry=registry)

    def read() -> list[Family]:
        counter.add(1)
        return []

    registry.add_collector(read)
    assert registry.collect()[0].points == [Point((), 1)]
    assert counter.read().points == [Point((), 1)]


def test_a_collector_makes_a_worker_one_of_those_that_are_shown() -> None:
    """Also one that measured nothing itself: its memory belongs to that of all."""
    registry, seen = Registry(), list[bool]()
    registry.on_new.append(lambda: seen.append(registry.is_in_use))
    remove = registry.add_collector(list)
    remove()
    assert (seen, registry.is_in_use) == ([True], False)


def test_what_is_shared_is_made_once() -> None:
    """For each registry."""
    registry = Registry()
    assert registry.shared(_Part) is registry.shared(_Part)
    assert registry.shared(_Part) is not Registry().shared(_Part)


class _Part:
    def __init__(self, registry: Registry) -> None:
        self.registry = registry


def test_who_knows_better_refuses() -> None:
    """It is counted with the metric and the reason."""
    registry = Registry()
    counter = Counter("a.count", registry=registry)
    counter.refuse("out_of_range")
    refused = registry.collect()[-2]
    assert refused.points == [Point(("a_count", "out_of_range"), 1)]
    with pytest.raises(InvalidTypeError):
        counter.add("1")  # type: ignore[arg-type]
