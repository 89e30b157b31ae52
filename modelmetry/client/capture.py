"""What an answer said that came piece by piece: its beginning, and its end if it is long."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

logger: Final = logging.getLogger("modelmetry")

MOST = 64_000
"""Characters of an answer that are kept, half of them from its beginning."""


class Capture:
    """Keeps the texts of items, in memory that does not grow with their number.

    Args:
        text: gives the text of an item, or `None` when it has none.
        say: called at the end with what was said, if anything was.
        most: characters that are kept.
    """

    __slots__ = ("_ending", "_ending_size", "_half", "_opening", "_room", "_say", "_size", "_text")

    def __init__(
        self, text: Callable[[Any], str | None], say: Callable[[str], object], most: int = MOST
    ) -> None:
        self._say = say
        self._text: Callable[[Any], str | None] | None = text
        self._half = self._room = most // 2
        self._opening: list[str] = []
        self._ending: list[str] = []
        self._ending_size = self._size = 0

    def add(self, item: object) -> None:
        """Keep the text of `item`; never raises."""
        if self._text is None:
            return
        try:
            text = self._text(item)
            if text:
                self._keep("" + text)  # raises for what is no str
        except Exception as error:  # noqa: BLE001 - the application wants its items all the same
            self._text = None
            kind = type(error).__name__
            logger.warning(
                "no more of this stream is captured: its text function failed, or gave no str (%s)",
                kind,
            )

    def _keep(self, text: str) -> None:
        size = len(text)
        self._size += size
        if size <= self._room:
            self._room -= size
            self._opening.append(text)
            return
        if self._room:
            self._opening.append(text[: self._room])
            text, self._room = text[self._room :], 0
        self._ending.append(text)
        self._ending_size += size
        if self._ending_size > 2 * self._half:  # not at each item
            self._shorten_ending()

    def _shorten_ending(self) -> None:
        ending = "".join(self._ending)[-self._half :]
        self._ending, self._ending_size = [ending], len(ending)

    def end(self) -> None:
        """Say all of it, or its beginning and its end with a mark between them."""
        if not self._size:
            return
        opening = "".join(self._opening)
        ending = "".join(self._ending)[-self._half :]
        more = self._size - len(opening) - len(ending)
        self._say(
            f"{opening}[... {more} more characters ...]{ending}" if more else opening + ending
        )
