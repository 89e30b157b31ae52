"""Blocking work off the event loop, on a bounded number of threads with a bounded queue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from modelmetry.server.problems import busy

T = TypeVar("T")


class Threads:
    """Runs reads; refuses them when too many wait. Used from one event loop at a time."""

    def __init__(self, running: int, waiting: int) -> None:
        self.executor: ThreadPoolExecutor = ThreadPoolExecutor(
            running, thread_name_prefix="modelmetry-read"
        )
        self._most = running + waiting
        self._now = 0

    @property
    def now(self) -> int:
        """How many run or wait."""
        return self._now

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` answers.

        Raises:
            Problem: 429 when too many wait already.
        """
        if self._now >= self._most:
            raise busy(f"{self._now} reads are being worked on; try again")
        self._now += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.executor, work)
        finally:
            self._now -= 1

    def close(self) -> None:
        """Let what runs end; forget what waits."""
        self.executor.shutdown(wait=False, cancel_futures=True)
