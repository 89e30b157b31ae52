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


# Nothing is made current here: what consumes an item runs in its own context, so there is
# nothing to give back when the loop is left early.


def _synchronous(
    node: Node[Any], items: Iterator[ItemT], capture: Capture | None
) -> Iterator[ItemT]:
    now = node.now
    count = first = last = 0
    try:
        for item in items:
            last = now()
            first = first or last
            count += 1
            if capture is not None:
                capture.add(item)
            yield item
    finally:
        _report(node, count, first, last)
        if capture is not None:
            capture.end()


async def _asynchronous(
    node: Node[Any], items: AsyncIterable[ItemT], capture: Capture | None
) -> AsyncIterator[ItemT]:
    now = node.now
    count = first = last = 0
    try:
        async for item in items:
            last = now()
            first = first or last
            count += 1
            if capture is not None:
                capture.add(item)
            yield item
    finally:
        _report(node, count, first, last)
        if capture is not None:
            capture.end()


def _report(node: Node[Any], count: int, first: int, last: int) -> None:
    if count:
        node.finding(TIME_TO_FIRST_TOKEN, (first - node.start_ns) / _SECOND)
    if last > first:
        node.finding(ITEMS_PER_SECOND, (count - 1) * _SECOND / (last - first))
