"""What became of the signals that clients recorded, as metrics."""

from __future__ import annotations

import gc

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
        before = seen = values(registry, SIGNALS).get(("delivered",), 0)
        for _ in range(2):
            with Client(sink=MemorySink()) as client:
                client.trace("turn").finding("score", float("nan")).end()
                client.flush_all()
                seen = delivered(registry)
            del client
            gc.collect()
        assert delivered(registry) == seen
        assert seen - before >= 2
        assert values(registry, SIGNALS)[("invalid_value",)] >= 1


def test_what_waits_is_told() -> None:
    """In memory and on disk."""
    registry = Registry()
    with Observation(registry, opt_in="") as observation:
        assert set(values(registry, WAITING)) == {("memory",), ("disk",)}
    observation.close()
    assert all(one.name != WAITING for one in registry.collect())
