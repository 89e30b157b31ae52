"""Lists that a server answers page by page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol, TypeVar

import click

from modelmetry.cli.filters import LARGEST_PAGE

R = TypeVar("R")
ItemT = TypeVar("ItemT")


class Page(Protocol):
    """One answer, which says where the next one begins."""

    @property
    def next_cursor(self) -> str | None:
        """`None` at the end."""
        ...


PageT = TypeVar("PageT", bound=Page)


def paged(command: Callable[..., R]) -> Callable[..., R]:
    """Give a command that lists something `limit`, `cursor` and `as_json` as options."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Write JSON, as the API answers it."),
        click.option("--cursor", help="Go on where a list before said that there is more."),
        click.option(
            "--limit",
            type=click.IntRange(min=1),
            default=20,
            show_default=True,
            help="How many at most.",
        ),
    ):
        command = option(command)
    return command


async def items_of(
    fetch: Callable[[int, str | None], Awaitable[PageT]],
    items: Callable[[PageT], Iterable[ItemT]],
    limit: float,
    cursor: str | None = None,
) -> tuple[list[ItemT], PageT]:
    """Items of as many pages as it takes, and the last page.

    Args:
        fetch: asks for a page of at most so many items, from a cursor on.
        items: those of a page.
        limit: how many at most; infinity for all.
        cursor: where to begin.
    """
    found: list[ItemT] = []
    while True:
        page = await fetch(int(min(limit - len(found), LARGEST_PAGE)), cursor)
        found += items(page)
        cursor = page.next_cursor
        if cursor is None or len(found) >= limit:
            return found, page
