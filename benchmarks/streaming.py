"""What `span.stream` adds to each item of an answer, beside iterating over it.

Claim: at most 0.5 µs an item, for sync and async. CPU of the thread, the best of rounds that take
turns; the ratio is that of a loop with and without `stream`.

Run as `nox -s bench -- streaming`.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

from modelmetry import Client
from modelmetry.testing import MemorySink

ITEMS: Final = 100_000
ROUNDS: Final = 7
_TOKENS: Final = ["token "] * ITEMS


def main() -> None:
    """Measure and print a table."""
    with Client(sink=MemorySink()) as client, client.trace("turn") as trace:
        span = trace.completion("generate")
        rows: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
            "sync": (lambda: _loop(iter(_TOKENS)), lambda: _loop(span.stream(_TOKENS))),
            "sync, captured": (
                lambda: _loop(iter(_TOKENS)),
                lambda: _loop(span.stream(_TOKENS, text=str)),
            ),
            "async": (
                lambda: asyncio.run(_async_loop(_tokens())),
                lambda: asyncio.run(_async_loop(span.stream(_tokens()))),
            ),
        }
        lines = ["| | without, µs | with, µs | added, µs | ratio |", "|---|---|---|---|---|"]
        for name, (without, with_it) in rows.items():
            plain, ours = _best(without, with_it)
            figures = f"{plain:.3f} | {ours:.3f} | {ours - plain:.3f} | {ours / plain:.1f}"
            lines.append(f"| {name} | {figures} |")
    sys.stdout.write("\n".join(lines) + "\n")


def _best(*works: Callable[[], None]) -> list[float]:
    """The least CPU in microseconds per item of each, in rounds that take turns."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, times in zip(works, taken, strict=True):
            began = time.thread_time_ns()
            work()
            times.append((time.thread_time_ns() - began) / ITEMS / 1_000)
    return list(map(min, taken))


def _loop(items: Iterator[str]) -> None:
    for _ in items:
        pass


async def _async_loop(items: AsyncIterator[str]) -> None:
    async for _ in items:
        pass


async def _tokens() -> AsyncIterator[str]:
    for token in _TOKENS:
        yield token


if __name__ == "__main__":
    main()
