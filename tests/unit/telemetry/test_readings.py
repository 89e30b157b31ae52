"""Readings beside a flush."""

from __future__ import annotations

import threading
from collections.abc import Generator

import pytest

from modelmetry.machine.sampler import Sampler
from modelmetry.telemetry.readings import Readings
from modelmetry.telemetry.surroundings import Surroundings
from modelmetry.testing import FixedClock
from tests.unit.telemetry.cast import kept


@pytest.fixture(name="sampler")
def _sampler() -> Generator[Sampler]:
    with Sampler(interval=0.001) as sampler:
        yield sampler


def several(sampler: Sampler) -> None:
    """Wait until everybody who follows has got two readings more."""
    come = threading.Semaphore(0)
    stop = sampler.follow(lambda _: come.release())
    assert come.acquire(timeout=60)
    assert come.acquire(timeout=60)
    stop()


def test_readings_that_come_in_a_flush_are_laid_down_after_it(sampler: Sampler) -> None:
    """All of them, each at its own moment, when the last flush of several is over."""
    laid: list[int] = []
    clock = FixedClock()
    surroundings = Surroundings(host=False, user=False)
    readings = Readings(sampler, surroundings, lambda _, at: laid.append(at), clock.time_ns)
    moment = clock.time_ns()
    with readings.kept_back():
        with readings.kept_back():
            readings.start()
            several(sampler)
        clock.advance(5)
        several(sampler)
        assert (laid, bool(surroundings.latest)) == ([], True)
    assert laid.count(moment) >= 2
    readings.stop()
    assert laid == sorted(laid)


def test_a_flush_leaves_nothing_waiting_that_nobody_reported() -> None:
    """The first reading often comes just when all else is delivered."""
    for _ in range(20):
        telemetry, _ = kept(interval=3600)
        telemetry.emit("started")
        assert telemetry.flush(60).pending == 0
        telemetry.close()
