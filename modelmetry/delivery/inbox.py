"""Where the application lays down what it recorded, without a lock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from modelmetry.signals.records import Signal
from modelmetry.signals.writer import SignalWriter


class Source(Protocol):
    """Something of which there is news: a span or a trace."""

    @property
    def sampled(self) -> bool | None:
        """Whether another process keeps the trace; `None` when that is decided here."""
        ...

    def meet(self) -> Source | None:
        """Count it among those of its trace, if it is new; called under the lock of the books.

        Returns:
            What has said of them too little by that, and is to be told again.
        """
        ...

    def tell_again(self) -> None:
        """Let all of it be told once more, facts apart."""
        ...

    def write_to(self, writer: SignalWriter) -> None:
        """Tell `writer` what was not told yet; called in the background, by one thread."""
        ...


Recorded = Signal | Source


class Inbox(Struct, eq=False):
    """What was recorded and not looked at yet.

    Who records appends to `items`, and calls `notice` when there are `notice_at` or more. Both
    are read anew each time, because the background changes them.
    """

    items: deque[Recorded]
    notice: Callable[[], None]
    notice_at: int = 1

    def put(self, recorded: Recorded) -> None:
        """Take what was recorded: no lock, no I/O, no exception."""
        self.items.append(recorded)
        if len(self.items) >= self.notice_at:
            self.notice()


def bottomless() -> Inbox:
    """An inbox that keeps nothing: that of a client which is switched off."""
    return Inbox(deque(maxlen=0), _nobody, notice_at=1 << 62)


def _nobody() -> None:
    """Nobody is there to notice."""
