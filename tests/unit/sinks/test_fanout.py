"""Signals to several sinks."""

from __future__ import annotations

import pytest

from modelmetry.delivery.delivery import Delivery
from modelmetry.delivery.policy import IMMEDIATE, RetryPolicy
from modelmetry.delivery.sink import Batch, SinkFailure
from modelmetry.sinks.fanout import FanoutSink
from modelmetry.sinks.memory import MemorySink
from tests.unit.delivery.cast import PATIENCE, ScriptedSink, busy, event, refusal


def batch() -> Batch:
    return Batch.of([event()])


def test_every_sink_gets_every_batch() -> None:
    """In the order in which they were given."""
    first, second = MemorySink(), MemorySink()
    fanout = FanoutSink([first, second])
    fanout.write(batch())
    fanout.write(batch())
    assert first.batches == second.batches
    assert len(first.batches) == 2


def test_a_failing_sink_does_not_keep_the_others_from_it() -> None:
    """And a retry goes to the failed one only."""
    failing, fine = ScriptedSink([busy()]), ScriptedSink()
    fanout = FanoutSink([failing, fine])
    sent = batch()
    with pytest.raises(SinkFailure, match="http_503"):
        fanout.write(sent)
    fanout.write(sent)
    assert (len(failing.tries), len(failing.taken), len(fine.tries)) == (2, 1, 1)


def test_a_refusal_by_one_is_a_loss_although_others_have_it() -> None:
    """It is reported once nothing is left to try."""
    refusing, waiting = ScriptedSink([refusal()]), ScriptedSink([busy(retry_after=3.0)])
    fanout = FanoutSink([refusing, waiting])
    sent = batch()
    with pytest.raises(SinkFailure) as first:
        fanout.write(sent)
    assert (first.value.reason, first.value.retry, first.value.retry_after) == (
        "http_503",
        True,
        3.0,
    )
    with pytest.raises(SinkFailure) as second:
        fanout.write(sent)
    assert (second.value.reason, second.value.retry) == ("http_422", False)
    fanout.write(batch())
    assert (len(refusing.tries), len(waiting.taken)) == (2, 2)


def test_the_longest_wait_that_is_asked_for_counts() -> None:
    """Both are left alone for as long as they want."""
    fanout = FanoutSink(
        [ScriptedSink([busy(retry_after=1.0)]), ScriptedSink([busy(retry_after=9.0)])]
    )
    with pytest.raises(SinkFailure) as caught:
        fanout.write(batch())
    assert caught.value.retry_after == 9.0


def test_a_defect_in_a_sink_is_a_refusal() -> None:
    """The others still get the batch."""
    error = ZeroDivisionError()
    fine = ScriptedSink()
    with pytest.raises(SinkFailure, match="ZeroDivisionError") as caught:
        FanoutSink([ScriptedSink([error]), fine]).write(batch())
    assert caught.value.__cause__ is error
    assert len(fine.taken) == 1


def test_it_works_behind_a_delivery() -> None:
    """Every signal is in both sinks once, and the receipt is clean."""
    flaky, fine = ScriptedSink([busy(), None, busy()]), ScriptedSink()
    delivery = Delivery(
        FanoutSink([flaky, fine]),
        batch_policy=IMMEDIATE,
        retry_policy=RetryPolicy(first_delay=0.0),
    )
    for _ in range(4):
        delivery.put(event())
    assert delivery.close(PATIENCE).delivered == 4
    assert flaky.xids == fine.xids
    assert (flaky.closed, fine.closed) == (1, 1)


def test_forks_and_closes_are_passed_on() -> None:
    """To those that care; a sink that fails to close does not keep the others from it."""

    class Stuck(MemorySink):
        def close(self) -> None:
            raise OSError("device is gone")

    first, last = ScriptedSink(), ScriptedSink()
    fanout = FanoutSink([first, Stuck(), last])
    fanout.after_fork()
    assert (first.forks, last.forks) == (1, 1)
    with pytest.raises(OSError, match="device is gone"):
        fanout.close()
    assert (first.closed, last.closed) == (1, 1)


def test_what_one_sink_refused_of_a_batch_does_not_hide_that_another_refused_all() -> None:
    """The refusal that is about most signals is the one that is counted."""
    part = SinkFailure("list_full", retry=False, refused=1)
    for failures in ([part, refusal()], [refusal(), part]):
        fanout = FanoutSink([ScriptedSink([failure]) for failure in failures])
        with pytest.raises(SinkFailure) as caught:
            fanout.write(batch())
        assert (caught.value.reason, caught.value.refused) == ("http_422", None)
