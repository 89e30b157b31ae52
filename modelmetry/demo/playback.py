"""A model and a clock that repeat what was recorded, in no time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from attrs import define, field, frozen

from modelmetry.demo.chat import Message, Reply, Tool
from modelmetry.demo.conversation import ModelCard, Turn


@define
class RecordedClock:
    """A clock that stands until it is told how much time has passed; nanoseconds.

    Args:
        now: where it begins, since the epoch.
    """

    now: int = field(factory=time.time_ns)

    def time_ns(self) -> int:
        """The time of day."""
        return self.now

    def monotonic_ns(self) -> int:
        """The same: this clock is never set back."""
        return self.now

    def advance(self, ms: float) -> None:
        """Let milliseconds pass."""
        self.now += int(ms * 1_000_000)


@frozen
class RecordedModel:
    """Answers a step of a turn as it was answered when the conversation was recorded."""

    card: ModelCard
    turn: Callable[[], Turn]
    clock: RecordedClock

    @property
    def name(self) -> str:
        """Its name as the provider knows it."""
        return self.card.name

    @property
    def provider(self) -> str:
        """Who ran it."""
        return self.card.provider

    @property
    def temperature(self) -> float:
        """How freely it answered."""
        return self.card.temperature

    def answer(
        self,
        step: str,
        messages: Sequence[Message],  # noqa: ARG002  # what is said does not change a recording
        tools: Sequence[Tool],  # noqa: ARG002
    ) -> Reply:
        """The recorded answer, after the recorded time."""
        recorded = self.turn().steps[step]
        self.clock.advance(recorded.ms)
        return recorded.reply
