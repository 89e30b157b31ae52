"""When batches leave and when they are tried again."""

from __future__ import annotations

from functools import partial
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.delivery.policy import (
    IMMEDIATE,
    ONCE,
    BatchPolicy,
    BufferLimits,
    RetryPolicy,
    Waiting,
    due_in,
    next_delay,
)
from modelmetry.errors import ConfigError

POLICY = BatchPolicy(max_signals=10, max_bytes=1_000, max_age=2.0, first_age=0.1)
RETRIES = RetryPolicy(max_attempts=5, max_elapsed=100.0, first_delay=1.0, max_delay=8.0)


def waiting(signals: int = 1, size: int = 1, age: float = 0.0, *, crowded: bool = False) -> Waiting:
    return Waiting(signals=signals, bytes=size, age=age, crowded=crowded)


def test_nothing_waiting_is_never_due() -> None:
    """An empty buffer gives no reason to wake up, ever."""
    assert due_in(POLICY, waiting(signals=0, size=0), batches=0) == inf


@pytest.mark.parametrize(
    "full",
    [waiting(signals=10), waiting(size=1_000), waiting(crowded=True), waiting(age=0.1)],
    ids=["signals", "bytes", "crowded", "age"],
)
def test_a_batch_is_due_at_any_of_its_limits(full: Waiting) -> None:
    """Enough signals, enough bytes, a crowded buffer or enough age: each one is sufficient."""
    assert due_in(POLICY, full, batches=0) == 0.0


def test_a_batch_waits_for_the_rest_of_its_age() -> None:
    """Below its limits a batch leaves when its oldest signal reaches the age."""
    assert due_in(POLICY, waiting(age=0.03), batches=0) == pytest.approx(0.07)


def test_ages_double_from_batch_to_batch_up_to_the_limit() -> None:
    """The first signals are seen at once, a steady stream makes larger batches."""
    assert [POLICY.age(n) for n in (0, 1, 2, 5, 1_000)] == [0.1, 0.2, 0.4, 2.0, 2.0]


def test_the_policy_for_tests_sends_every_signal_at_once() -> None:
    """IMMEDIATE never waits for company."""
    assert due_in(IMMEDIATE, waiting(), batches=0) == 0.0


@given(
    attempts=st.integers(1, 4),
    chance=st.floats(0, 1, exclude_max=True),
)
def test_a_retry_waits_any_time_up_to_a_doubling_bound(attempts: int, chance: float) -> None:
    """Full jitter: the wait is spread evenly between nothing and the bound."""
    delay = next_delay(RETRIES, attempts=attempts, elapsed=0.0, retry_after=None, chance=chance)
    assert delay == chance * min(8.0, 2.0 ** (attempts - 1))


@given(asked=st.floats(0, 50), chance=st.floats(0, 1, exclude_max=True))
def test_a_wait_that_was_asked_for_is_never_shortened(asked: float, chance: float) -> None:
    """Retry-After is kept, with a little jitter on top."""
    delay = next_delay(RETRIES, attempts=1, elapsed=0.0, retry_after=asked, chance=chance)
    assert delay is not None
    assert asked <= delay <= asked + RETRIES.first_delay


def test_a_batch_is_given_up_after_its_last_attempt() -> None:
    """The number of tries is bounded."""
    assert next_delay(RETRIES, attempts=5, elapsed=0.0, retry_after=None, chance=0.0) is None
    assert next_delay(ONCE, attempts=1, elapsed=0.0, retry_after=None, chance=0.0) is None


def test_a_batch_is_given_up_when_its_time_would_be_over() -> None:
    """A try that would come too late is not waited for."""
    assert next_delay(RETRIES, attempts=3, elapsed=99.9, retry_after=None, chance=0.9) is None


def test_a_receiver_that_says_when_it_is_back_is_believed() -> None:
    """Also beyond the time for which we would try, but not without end."""
    wait = partial(next_delay, RETRIES, attempts=1, chance=0.0)
    assert wait(elapsed=99.5, retry_after=301.0) == 301.0
    assert wait(elapsed=100.5, retry_after=1.0) is None
    assert wait(elapsed=0.0, retry_after=86_400.0) is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: BatchPolicy(max_signals=0),
        lambda: BatchPolicy(max_bytes=-1),
        lambda: BatchPolicy(max_age=-0.1),
        lambda: BufferLimits(max_signals=0),
        lambda: RetryPolicy(max_attempts=0),
        lambda: RetryPolicy(max_elapsed=float("nan")),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(make: object) -> None:
    """The message names the setting, the value and what would do."""
    assert callable(make)
    with pytest.raises(ConfigError, match=r"must be (at least 1|0 or more), not .*Policy|Limits"):
        make()
