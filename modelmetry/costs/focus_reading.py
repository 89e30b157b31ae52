"""What reading files of costs gave, and what of them could not be read."""

from __future__ import annotations

from datetime import date
from typing import Final

from msgspec import Struct

from modelmetry.costs.rows import CostRow

MOST_NAMED: Final = 20


class TornLine(Struct, frozen=True):
    """A line that could not be read and does not count.

    Attributes:
        path: of its file.
        line: its number in a text, the header being 1; in Parquet the number of the row, from 1.
        reason: what is wrong with it.
    """

    path: str
    line: int
    reason: str

    def __str__(self) -> str:
        """Where it is and what is wrong with it."""
        return f"{self.path}:{self.line}: {self.reason}"


class FocusReading(Struct, frozen=True, kw_only=True):
    """What files of costs came to.

    Attributes:
        rows: by day, service, category, account and the tags that are kept.
        files: how many were read.
        repeated: the paths of those that are copies of others, which do not count.
        lines: how many lines, torn ones too, the files have that count.
        torn: how many of them could not be read.
        named: the first 20 of those.
        unread: days that have lines, of which not one could be read: what they cost is not known.
    """

    rows: tuple[CostRow, ...] = ()
    files: int = 0
    repeated: tuple[str, ...] = ()
    lines: int = 0
    torn: int = 0
    named: tuple[TornLine, ...] = ()
    unread: tuple[date, ...] = ()


class FileCount:
    """Counts the lines of one file while it is read.

    Args:
        path: of the file.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.lines: int = 0
        self.torn: int = 0
        self.named: list[TornLine] = []
        self.digest: bytes = b""

    def tear(self, line: int, reason: str) -> None:
        """Count a line that cannot be read."""
        self.torn += 1
        if len(self.named) < MOST_NAMED:
            self.named.append(TornLine(self.path, line, reason))
