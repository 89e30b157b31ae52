"""What tests of an application need: a memory sink, a fixed clock, counting ids, a fixture.

::

    # conftest.py
    pytest_plugins = ["modelmetry.testing"]

    # test_bot.py
    def test_the_bot_counts_tokens(modelmetry_client, modelmetry_sink):
        answer(modelmetry_client, "Where is my order?")
        modelmetry_client.flush_all()
        assert modelmetry_sink.values("input_tokens") == [42]
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from itertools import count

from modelmetry.client.client import Client
from modelmetry.config import Config
from modelmetry.sinks.memory import MemorySink

__all__ = ["CountingIds", "FixedClock", "MemorySink"]

_SECOND = 1_000_000_000


class FixedClock:
    """A clock that moves only when it is told to.

    Args:
        start: where the wall clock begins, in seconds since the epoch; 2026-01-01 by default.
    """

    def __init__(self, start: float = 1_767_225_600.0) -> None:
        self._wall = int(start * _SECOND)
        self._monotonic = 0

    def time_ns(self) -> int:
        """Nanoseconds since the epoch, UTC."""
        return self._wall

    def monotonic_ns(self) -> int:
        """Nanoseconds since this clock was made."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self._wall += int(seconds * _SECOND)
        self._monotonic += int(seconds * _SECOND)

    def set_back(self, seconds: float) -> None:
        """Set the wall clock back, as an administrator or NTP does; no time passes."""
        self._wall -= int(seconds * _SECOND)


class CountingIds:
    """Ids that count, in the shape of a UUIDv7: `00000000-0000-7000-8000-000000000001`, ..."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def __call__(self) -> str:
        """The next one."""
        return f"00000000-0000-7000-8000-{next(self._numbers):012d}"


if find_spec("pytest") is not None:  # pragma: no branch - our own tests have it
    import pytest

    @pytest.fixture
    def modelmetry_sink() -> MemorySink:
        """The sink of `modelmetry_client`."""
        return MemorySink()

    @pytest.fixture
    def modelmetry_client(modelmetry_sink: MemorySink) -> Iterator[Client]:
        """A client that keeps everything in memory, whatever the environment says."""
        with Client(config=Config(), sink=modelmetry_sink) as client:
            yield client
