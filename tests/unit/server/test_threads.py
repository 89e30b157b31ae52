"""Blocking work off the event loop."""

from __future__ import annotations

import asyncio
import threading

import pytest

from modelmetry.server.problems import Problem
from modelmetry.server.threads import Threads


def test_work_runs_on_another_thread() -> None:
    """The event loop goes on meanwhile."""

    async def main() -> str:
        return await threads.run(lambda: threading.current_thread().name)

    threads = Threads(running=1, waiting=0)
    try:
        assert asyncio.run(main()).startswith("modelmetry-read")
    finally:
        threads.close()


def test_too_much_waiting_work_is_429() -> None:
    """One runs, one waits, the third is told to come again; then there is room once more."""

    async def main() -> None:
        go_on = threading.Event()
        running = [asyncio.ensure_future(threads.run(go_on.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Problem) as caught:
            await threads.run(go_on.wait)
        assert caught.value.status == 429
        go_on.set()
        assert await asyncio.gather(*running) == [True, True]
        assert await threads.run(lambda: 1) == 1

    threads = Threads(running=1, waiting=1)
    try:
        asyncio.run(main())
    finally:
        threads.close()


def test_a_failure_gives_its_place_back() -> None:
    """And reaches the caller."""

    async def main() -> None:
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await threads.run(lambda: 1 // 0)

    threads = Threads(running=1, waiting=0)
    try:
        asyncio.run(main())
    finally:
        threads.close()
