"""From the spans that record calls to their metrics, on a thread of its own."""

from __future__ import annotations

import os
import threading
from collections import deque
from time import monotonic
from typing import ClassVar
from weakref import WeakSet

from modelmetry.client.calls import ModelCall
from modelmetry.delivery import lifecycle
from modelmetry.delivery.log import Log
from modelmetry.metrics.llm.counting import CallCounter

_log = Log("modelmetry.metrics")


class Bridge:
    """Takes calls from whoever delivers them, and counts them at leisure.

    A price may have to be looked up in lists that are not loaded yet, which whoever delivers
    shall not wait for. What waits is counted at the latest when somebody wants to see it.

    Args:
        counter: counts them.
    """

    # Counting keeps up with recording by far, unless a price book of somebody's own does not.
    most_waiting: ClassVar[int] = 50_000
    # Seconds that who flushes or scrapes waits for such a book.
    patience: ClassVar[float] = 5.0

    def __init__(self, counter: CallCounter) -> None:
        self._counter = counter
        self._begin()
        _bridges.add(self)

    def _begin(self) -> None:
        self._waiting: deque[ModelCall] = deque()
        self._counting = threading.RLock()
        self._news = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_over = False

    def take(self, call: ModelCall) -> None:
        """Lay a call down; never waits, never raises. Where too many wait it is refused."""
        if len(self._waiting) >= self.most_waiting:
            self._counter.refuse()
            return
        self._waiting.append(call)
        if self._thread is None:
            self._start()
        self._news.set()

    def count(self) -> None:
        """Count what waits; what takes too long is left to the thread."""
        until = monotonic() + self.patience
        if not self._counting.acquire(timeout=self.patience):
            return
        try:
            while self._waiting:
                try:
                    self._counter.count(self._waiting.popleft())
                except Exception:  # noqa: BLE001 - the next calls are counted all the same
                    _log.exception("a call could not be counted; please report this")
                if monotonic() > until:
                    return
        finally:
            self._counting.release()

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name="modelmetry-calls", daemon=True)
        try:
            thread.start()
            self._thread = thread
        except RuntimeError:  # the interpreter is ending: it is counted when somebody looks
            return

    def _run(self) -> None:
        news = self._news
        while not self._is_over:
            news.wait()
            news.clear()
            while self._waiting and not self._is_over:
                self.count()

    def close(self) -> None:
        """Count what waits, and end; what takes too long is refused."""
        self._is_over = True
        self._news.set()
        self.count()
        for _ in range(len(self._waiting)):
            self._counter.refuse()

    def begin_anew(self) -> None:
        """In a forked child: what waits is counted by the parent."""
        self._begin()


_bridges: WeakSet[Bridge] = WeakSet()


def _count_all() -> None:
    for bridge in list(_bridges):
        bridge.count()


def _begin_anew() -> None:
    for bridge in list(_bridges):
        bridge.begin_anew()


lifecycle.also_at_end(_count_all)
if hasattr(os, "register_at_fork"):  # pragma: no branch - absent on Windows only
    os.register_at_fork(after_in_child=_begin_anew)
