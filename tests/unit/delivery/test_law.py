"""The law of conservation: created = delivered + pending + spooled + dropped, at every moment."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from modelmetry.delivery.delivery import Delivery
from modelmetry.delivery.policy import BatchPolicy, BufferLimits, RetryPolicy
from modelmetry.delivery.receipt import Receipt
from modelmetry.delivery.sink import Batch, SinkFailure
from modelmetry.signals.records import Signal, count
from tests.unit.delivery.cast import PATIENCE, event, span

Step = Callable[[Delivery, Counter[str]], Receipt | None]

REASONS = ("http_422", "http_503", "connection")


class RandomSink:
    """Takes, refuses or fails as it was told, and remembers what it took."""

    def __init__(self, answers: list[BaseException | None]) -> None:
        self._answers = iter(answers)
        self.taken: Counter[str] = Counter()
        self.signals = 0

    def write(self, batch: Batch) -> None:
        answer = next(self._answers, None)
        if answer is not None:
            raise answer
        self.taken.update(signal.xid for signal in batch.signals)
        self.signals += batch.signal_count

    def close(self) -> None:
        """Nothing to let go of."""


failures = st.builds(SinkFailure, st.sampled_from(REASONS), retry=st.booleans())
answers = st.lists(st.one_of(st.none(), failures, st.builds(ValueError)), max_size=30)
signals = st.one_of(
    st.builds(event),
    st.builds(span, findings=st.integers(0, 4), events=st.integers(0, 2)),
)


def putting(put: list[Signal]) -> Step:
    def step(delivery: Delivery, created: Counter[str]) -> None:
        for signal in put:
            delivery.put(signal)
            created["all"] += count(signal)

    return step


def flushing(timeout: float) -> Step:
    return lambda delivery, _: delivery.flush(timeout)


def reading() -> Step:
    return lambda delivery, _: delivery.stats()


def closing(timeout: float) -> Step:
    return lambda delivery, _: delivery.close(timeout)


tiny = st.sampled_from([0.0, 0.0001, 0.001])
work = st.one_of(
    st.builds(putting, st.lists(signals, max_size=12)),
    st.builds(flushing, tiny),
    st.builds(reading),
)
threads_of_work = st.lists(st.lists(work, max_size=8), min_size=1, max_size=3)


def assert_law(receipt: Receipt) -> None:
    parts = receipt.delivered + receipt.pending + receipt.spooled + sum(receipt.dropped.values())
    assert receipt.created == parts
    assert all(number > 0 for number in receipt.dropped.values())


@settings(max_examples=150, deadline=None)
@given(
    answers=answers,
    work=threads_of_work,
    last=st.one_of(st.builds(closing, tiny), st.builds(closing, st.none())),
    batch=st.builds(
        BatchPolicy,
        max_signals=st.integers(1, 10),
        max_bytes=st.integers(1, 5_000),
        max_age=tiny,
        first_age=tiny,
    ),
    limits=st.builds(
        BufferLimits, max_signals=st.integers(1, 40), max_bytes=st.integers(300, 20_000)
    ),
    attempts=st.integers(1, 3),
)
def test_no_signal_is_lost_or_counted_twice(
    *,
    answers: list[BaseException | None],
    work: list[list[Step]],
    last: Step,
    batch: BatchPolicy,
    limits: BufferLimits,
    attempts: int,
) -> None:
    """Whatever sink, limits, threads and deadlines do, every receipt adds up, to what was put."""
    sink = RandomSink(answers)
    retries = RetryPolicy(max_attempts=attempts, first_delay=0.0005)
    delivery = Delivery(sink, batch_policy=batch, retry_policy=retries, limits=limits)
    created = [Counter[str]() for _ in work]
    receipts: list[Receipt] = []

    def run(steps: list[Step], mine: Counter[str]) -> None:
        for step in steps:
            receipt = step(delivery, mine)
            if receipt is not None:
                receipts.append(receipt)
                assert receipt.created >= mine["all"]

    threads = [threading.Thread(target=run, args=pair) for pair in zip(work, created, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    receipts.append(last(delivery, Counter()) or delivery.stats())
    delivery.put(event())
    end = delivery.close(PATIENCE)
    for receipt in [*receipts, end]:
        assert_law(receipt)
    assert end.created == sum(mine["all"] for mine in created) + 1
    assert end.pending == 0
    assert end.delivered == sink.signals
    assert all(times == 1 for times in sink.taken.values())
