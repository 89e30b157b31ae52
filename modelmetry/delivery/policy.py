"""When a batch leaves and when it is tried again: values and arithmetic, no clock, no I/O."""

from __future__ import annotations

from math import inf

from msgspec import Struct

from modelmetry.errors import ConfigError

_MOST_DOUBLINGS = 32


def _at_least_one(owner: object, *names: str) -> None:
    for name in names:
        value: int = getattr(owner, name)
        if value < 1:
            message = f"{name} must be at least 1, not {value!r} ({type(owner).__name__})"
            raise ConfigError(message)


def _not_negative(owner: object, *names: str) -> None:
    for name in names:
        value: float = getattr(owner, name)
        if not value >= 0:
            message = f"{name} must be 0 or more, not {value!r} ({type(owner).__name__})"
            raise ConfigError(message)


class BatchPolicy(Struct, frozen=True, kw_only=True):
    """How many signals travel together, and how long the first of them waits for company.

    Attributes:
        max_signals: a batch leaves when it holds this many signals.
        max_bytes: a batch leaves when it is about this many bytes of JSON.
        max_age: longest wait of a signal, in seconds, while signals keep coming.
        first_age: wait before the first batch and before the first one after a rest, in
            seconds; it doubles from batch to batch until `max_age`.

    Raises:
        ConfigError: a size is below 1, or an age is negative.
    """

    max_signals: int = 1_000
    max_bytes: int = 1_000_000
    max_age: float = 2.0
    first_age: float = 0.1

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        _at_least_one(self, "max_signals", "max_bytes")
        _not_negative(self, "max_age", "first_age")

    def age(self, batches: int) -> float:
        """Longest wait in seconds after `batches` batches have left since the last rest."""
        return min(self.max_age, self.first_age * 2.0 ** min(batches, _MOST_DOUBLINGS))


STEADY = BatchPolicy()
SERVERLESS = BatchPolicy(max_signals=200, max_age=0.05, first_age=0.05)  # frozen between calls
IMMEDIATE = BatchPolicy(max_signals=1, max_age=0.0, first_age=0.0)  # for tests


class BufferLimits(Struct, frozen=True, kw_only=True):
    """How much may wait in memory; what comes beyond is dropped and counted.

    Attributes:
        max_signals: most signals that wait or are on their way.
        max_bytes: about how many bytes of JSON these may make.

    Raises:
        ConfigError: a limit is below 1.
    """

    max_signals: int = 100_000
    max_bytes: int = 64 * 1024 * 1024

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        _at_least_one(self, "max_signals", "max_bytes")

    def times(self, factor: int) -> BufferLimits:
        """Limits that are `factor` times as wide."""
        return BufferLimits(
            max_signals=factor * self.max_signals, max_bytes=factor * self.max_bytes
        )


class RetryPolicy(Struct, frozen=True, kw_only=True):
    """How often and how long a batch is tried again.

    Attributes:
        max_attempts: most tries of one batch, the first included.
        max_elapsed: seconds after which a batch is given up.
        first_delay: upper bound in seconds of the wait after the first failure; doubled after
            each further one.
        max_delay: upper bound in seconds of any wait that the receiver did not ask for.

    Raises:
        ConfigError: `max_attempts` is below 1, or a time is negative.
    """

    max_attempts: int = 10
    max_elapsed: float = 300.0
    first_delay: float = 0.5
    max_delay: float = 30.0

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        _at_least_one(self, "max_attempts")
        _not_negative(self, "max_elapsed", "first_delay", "max_delay")


LONGEST_ASKED = 3600.0
"""Seconds that a receiver may ask for in a `Retry-After`; who asks for more has given up."""

PATIENT = RetryPolicy()
ONCE = RetryPolicy(max_attempts=1)


class Waiting(Struct, frozen=True, kw_only=True):
    """What waits for the next batch.

    Attributes:
        signals: how many signals wait.
        bytes: about how many bytes of JSON they will make.
        age: seconds that the oldest has waited.
        crowded: whether the buffer is half full or more, batches under way included.
        expires: seconds until an undecided trace cannot be held any more.
        news: whether something came since the last look.
    """

    signals: int
    bytes: int
    age: float
    crowded: bool
    expires: float = inf
    news: bool = False


def due_in(policy: BatchPolicy, waiting: Waiting, batches: int) -> float:
    """Seconds until the next batch has to leave: 0 for now, infinity when nothing waits."""
    if waiting.signals == 0:
        return inf
    if (
        waiting.crowded
        or waiting.signals >= policy.max_signals
        or waiting.bytes >= policy.max_bytes
    ):
        return 0.0
    return max(0.0, policy.age(batches) - waiting.age)


def next_delay(
    policy: RetryPolicy,
    *,
    attempts: int,
    elapsed: float,
    retry_after: float | None,
    chance: float,
) -> float | None:
    """Seconds to wait before the next try, or `None` to give up.

    Full jitter: any wait between zero and a bound that doubles. A wait that the receiver asked
    for is never shortened, and gets a little jitter on top so that clients do not come back at
    the same moment.

    Args:
        policy: the bounds.
        attempts: tries so far, at least 1.
        elapsed: seconds since the first try.
        retry_after: seconds that the receiver asked for, if it did.
        chance: a random number from 0 up to 1.
    """
    if attempts >= policy.max_attempts:
        return None
    bound = policy.first_delay * 2.0 ** min(attempts - 1, _MOST_DOUBLINGS)
    delay = chance * min(policy.max_delay, bound)
    if retry_after is not None:
        delay = retry_after + chance * min(policy.max_delay, policy.first_delay)
        # Who says when it is back is believed, also beyond the time for which we would try.
        return delay if elapsed <= policy.max_elapsed and retry_after <= LONGEST_ASKED else None
    return None if elapsed + delay > policy.max_elapsed else delay
