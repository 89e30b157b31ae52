"""Answers that come piece by piece."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from typing import Any, TypeVar

from modelmetry.client.capture import Capture
from modelmetry.client.node import Node
from modelmetry.errors import InvalidTypeError
from modelmetry.signals.findings import FindingType

ItemT = TypeVar("ItemT")

TIME_TO_FIRST_TOKEN = FindingType(
    "time_to_first_token",
    float,
    unit="s",
    description="From the start of the span to its first item",
)
ITEMS_PER_SECOND = FindingType(
    "items_per_second", float, unit="1/s", description="Items of a stream after its first one"
)
_SECOND = 1_000_000_000


def stream(
    node: Node[Any],
    items: Iterable[ItemT] | AsyncIterable[ItemT],
    capture: Capture | None,
) -> Iterator[ItemT] | AsyncIterator[ItemT]:
    """Pass `items` through and record on `node` how fast they came; `capture` gets them too."""
    if isinstance(items, AsyncIterable):
        return _asynchronous(node, items, capture)
    try:
        iterator = iter(items)
    except TypeError:
        raise InvalidTypeError(
            f"stream() needs something to iterate over, not {type(items).__name__}; "
            "pass the response of a call with stream=True"
        ) from None
    return _synchronous(node, iterator, capture)


class _Pace:
    """How fast items came: told once, at the latest when nobody holds the stream any more.

    An asynchronous generator that is left early is closed by its loop. One that the garbage
    collector finds just when the loop ends is never closed, and what its `finally` says is lost.
    """

    __slots__ = ("_node", "capture", "count", "first", "last")

    def __init__(self, node: Node[Any], capture: Capture | None) -> None:
        self._node: Node[Any] | None = node
        self.capture = capture
        self.count = self.first = self.last = 0

    def tell(self) -> None:
        """Record it."""
        node, self._node = self._node, None
        if node is None:
            return
        if self.count:
            node.finding(TIME_TO_FIRST_TOKEN, (self.first - node.start_ns) / _SECOND)
        if self.last > self.first:
            elapsed = self.last - self.first
            node.finding(ITEMS_PER_SECOND, (self.count - 1) * _SECOND / elapsed)
        if self.capture is not None:
            self.capture.end()

    def __del__(self) -> None:
        self.tell()


# Nothing is made current here: what consumes an item runs in its own context, so there is
# nothing to give back when the loop is left early.


def _synchronous(
    node: Node[Any], items: Iterator[ItemT], capture: Capture | None
) -> Iterator[ItemT]:
    now, pace = node.now, _Pace(node, capture)
    try:
        for item in items:
            pace.last = at = now()
            pace.first = pace.first or at
            pace.count += 1
            if capture is not None:
                capture.add(item)
            yield item
    finally:
        pace.tell()


async def _asynchronous(
    node: Node[Any], items: AsyncIterable[ItemT], capture: Capture | None
) -> AsyncIterator[ItemT]:
    now, pace = node.now, _Pace(node, capture)
    try:
        async for item in items:
            pace.last = at = now()
            pace.first = pace.first or at
            pace.count += 1
            if capture is not None:
                capture.add(item)
            yield item
    finally:
        pace.tell()
