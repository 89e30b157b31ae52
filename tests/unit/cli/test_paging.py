"""Lists that are longer than a page."""

from __future__ import annotations

import asyncio
import math

import pytest
from attrs import define

from modelmetry.cli.paging import items_of

THERE = list(range(1_234))


@define
class Page:
    """Some numbers, and where the next ones begin."""

    numbers: list[int]
    next_cursor: str | None


@pytest.mark.parametrize(
    ("limit", "asked", "then"),
    [
        (3, [3], "3"),
        (500, [500], "500"),
        (501, [500, 1], "501"),
        (1_234, [500, 500, 234], None),
        (math.inf, [500, 500, 500], None),
    ],
)
def test_as_many_pages_are_asked_for_as_it_takes(
    limit: float, asked: list[int], then: str | None
) -> None:
    """None is larger than servers allow, nothing is left out, and the last says how it goes on."""
    sizes: list[int] = []

    async def fetch(most: int, cursor: str | None) -> Page:
        sizes.append(most)
        end = int(cursor or 0) + most
        return Page(THERE[int(cursor or 0) : end], str(end) if end < len(THERE) else None)

    found, last = asyncio.run(items_of(fetch, lambda page: page.numbers, limit))

    assert found == THERE[: len(found)]
    assert (len(found), sizes) == (min(limit, len(THERE)), asked)
    assert last.next_cursor == then
