"""What became of the signals that clients recorded, as metrics."""

from __future__ import annotations

import gc

import pytest

from modelmetry import Client
from modelmetry.metrics import Observation, Registry
from modelmetry.testing import MemorySink
from tests.unit.metrics.cast import values

SIGNALS, WAITING = "modelmetry.sdk.signals", "modelmetry.sdk.waiting_signals"


def delivered(registry: Registry) -> float:
    """How many arrived."""
    return values(registry, SIGNALS)[("delivered",)]


def test_signals_are_told_by_what_became_of_them() -> None:
    """Of all clients, also of those that are gone by now: sums never go back."""
    registry = Registry()
    with Observation(registry, opt_in=""):
        before = expected = values(registry, SIGNALS).get(("delivered",), 0)
        for _ in range(2):
            with Client(sink=MemorySink()) as client:
                client.trace("turn").finding("score", float("nan")).end()
                client.flush_all()
                seen = delivered(registry)
            expected += client.stats().delivered
            del client
            gc.collect()
            assert delivered(registry) == expected >= seen
        assert expected - before >= 2
        assert values(registry, SIGNALS)[("invalid_value",)] >= 1


@pytest.mark.parametrize("clients", [3, 250])
def test_a_client_that_is_gone_before_anybody_asks_is_told(clients: int) -> None:
    """A client for each request, or a scrape a minute."""
    registry = Registry()
    with Observation(registry, opt_in="", resources=False):
        expected = values(registry, SIGNALS).get(("delivered",), 0)
        for _ in range(clients):
            with Client(sink=MemorySink()) as client:
                client.trace("turn").end()
            expected += client.stats().delivered
            del client
        gc.collect()
        assert expected >= clients
        assert delivered(registry) == expected
        assert delivered(registry) == expected


def test_what_waits_is_told() -> None:
    """In memory and on disk."""
    registry = Registry()
    with Observation(registry, opt_in="") as observation:
        assert set(values(registry, WAITING)) == {("memory",), ("disk",)}
    observation.close()
    assert all(one.name != WAITING for one in registry.collect())
