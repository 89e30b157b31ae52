"""Readings of the machine: they come while somebody reports, but never in the middle of a flush."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import RLock

from modelmetry.machine.sampler import Sampler, shared_sampler
from modelmetry.telemetry.surroundings import Surroundings

LayDown = Callable[[dict[str, float], int], None]
"""Takes a reading and its moment, in nanoseconds since the epoch."""


class Readings:
    """Lays down what a sampler reads.

    A reading that comes while somebody flushes is kept until that is over: nobody reported it, and
    yet it would wait when the flush says what waits.

    Args:
        sampler: takes them; `None` for none.
        surroundings: gets to know the last one.
        lay_down: where they go.
        time_ns: what time it is.
    """

    def __init__(
        self,
        sampler: Sampler | None,
        surroundings: Surroundings,
        lay_down: LayDown,
        time_ns: Callable[[], int],
    ) -> None:
        self._sampler = sampler
        self._surroundings = surroundings
        self._lay_down = lay_down
        self._time_ns = time_ns
        self._unfollow: Callable[[], None] | None = None
        self.begin_anew()

    def begin_anew(self) -> None:
        """At first, and in a forked child: the thread that may hold the lock is not there."""
        self._lock = RLock()  # a handler of signals may flush, too
        self._flushes: set[object] = set()
        self._kept: list[tuple[dict[str, float], int]] = []

    def start(self) -> None:
        """Begin to read, or go on in a forked child."""
        if self._sampler is None:
            return
        if self._unfollow is None:
            self._unfollow = self._sampler.follow(self._take)
        else:  # a forked child: its sampler has to start anew
            self._surroundings.latest = self._sampler.latest

    def stop(self, *, wait: bool = False) -> None:
        """Take no more readings; somebody else may go on with the same sampler.

        Args:
            wait: whether to wait for one that is under way; a driver of GPUs may take its time.
        """
        unfollow, self._unfollow = self._unfollow, None
        if unfollow is not None and self._sampler is not None:
            unfollow()
            if self._sampler is not shared_sampler():
                self._sampler.close(wait=wait)

    @contextmanager
    def kept_back(self) -> Generator[None]:
        """Lay none down inside of the block; several blocks may be open, in several threads."""
        flush = object()
        try:
            with self._lock:
                self._flushes.add(flush)
            yield
        finally:
            with self._lock:
                self._flushes.discard(flush)
                self._go_on()

    def _take(self, reading: dict[str, float]) -> None:
        self._surroundings.latest = reading
        if reading:
            with self._lock:
                self._kept.append((reading, self._time_ns()))
                self._go_on()

    def _go_on(self) -> None:
        while self._kept and not self._flushes:
            self._lay_down(*self._kept.pop(0))
