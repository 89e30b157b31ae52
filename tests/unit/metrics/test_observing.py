"""What is measured goes to where the application sends, without being asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest

from modelmetry import Client, Config
from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.metrics import Counter, Observation, Registry, history, observe, observing
from modelmetry.metrics.history import Reporter
from modelmetry.signals.measurements import MetricIntervalRecord
from modelmetry.testing import MemorySink


def told(sink: MemorySink, name: str) -> float:
    """By how much a metric grew, as far as it arrived."""
    records = [one for one in sink.signals if isinstance(one, MetricIntervalRecord)]
    return sum(one.sum or 0 for record in records for one in record.series if one.name == name)


@pytest.mark.parametrize("is_first", [True, False])
def test_one_client_brings_what_is_measured(*, is_first: bool) -> None:
    """Whether it was opened before or after; another one tells nothing twice."""
    registry, sinks = Registry(), [MemorySink(), MemorySink()]
    early = [Client(sink=sink) for sink in sinks] if is_first else []
    with Observation(registry, opt_in="", resources=False):
        clients = early or [Client(sink=sink) for sink in sinks]
        Counter("c", registry=registry).add(3)
        for client in clients:
            client.close()
    assert [told(sink, "c") for sink in sinks] == [3, 0]


def test_the_next_client_goes_on_where_one_ended() -> None:
    """What was told is not told again."""
    registry, sinks = Registry(), [MemorySink(), MemorySink()]
    counter = Counter("c", registry=registry)
    with Observation(registry, opt_in="", resources=False):
        for sink in sinks:
            with Client(sink=sink):
                counter.add(2)
    assert [told(sink, "c") for sink in sinks] == [2, 2]


def test_a_setting_switches_it_off() -> None:
    """And so does a client that is switched off: another one is taken."""
    registry, sink = Registry(), MemorySink()
    off = Config(metrics_interval=0.0)
    with Observation(registry, opt_in="", resources=False):
        Counter("c", registry=registry).add(2)
        with Client(config=Config(disabled=True)), Client(sink=sink, config=off):
            pass
        assert told(sink, "c") == 0
        with Client(sink=sink):
            pass
    assert told(sink, "c") == 2


def test_to_leave_the_machine_out_comes_first() -> None:
    """Later it would change nothing, and nobody would know."""
    registry = Registry()
    with observe(registry, resources=False) as known:
        assert observe(registry) is known
    with observe(registry), pytest.raises(InvalidValueError, match="counted already"):
        observe(registry, resources=False)


def test_of_clients_that_are_opened_at_once_one_brings_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two that both find nobody would tell it twice, or one of them would raise where it opens."""
    registry, sinks, both = Registry(), [MemorySink(), MemorySink()], Barrier(2)

    def looked_up_together(registry: Registry) -> bool:
        found = history.is_reported(registry)
        with suppress(BrokenBarrierError):
            both.wait(0.5)
        return found

    def opened(sink: MemorySink) -> Client:
        return Client(sink=sink)

    monkeypatch.setattr(observing, "is_reported", looked_up_together)
    with observe(registry, resources=False), ThreadPoolExecutor(2) as threads:
        clients = list(threads.map(opened, sinks))
        Counter("c", registry=registry).add(3)
        for client in clients:
            client.close()
    assert sorted(told(sink, "c") for sink in sinks) == [0, 3]


def test_a_registry_is_told_by_one() -> None:
    """Two would tell everything twice: the second one is refused, and observe() leaves it be."""
    registry, sink = Registry(), MemorySink()
    with Client(sink=sink) as client:
        Reporter(registry, client)
        with pytest.raises(InvalidValueError, match="told already"):
            Reporter(registry, client)
        with observe(registry, resources=False):
            Counter("c", registry=registry).add(3)
            assert client.flush_all(60).ok
    assert told(sink, "c") == 3
    with Client(sink=sink) as client:
        Reporter(registry, client)
    with Client(sink=sink) as client, pytest.raises(InvalidTypeError, match="not NoneType"):
        Reporter(None, client)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
