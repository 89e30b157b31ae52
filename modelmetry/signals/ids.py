"""Identities: time-ordered UUIDs (version 7, RFC 9562) as text.

One is a moment in milliseconds, random bits that a process draws once, and a number of a counter
which starts at random (RFC 9562, 6.2, methods 1 and 2). Recording only draws the number; the
text is made by whoever needs it first, and comes out the same each time. So identities of one
process sort in the order in which they were made, and those of one trace share two thirds of
their text, which compresses well.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from itertools import count
from time import time_ns

Number = int | str
"""What is drawn for an identity: a number of a counter, or a whole text of somebody's own."""

# A generator of its own: `random.seed(42)` in the application must not repeat our ids.
_random = random.Random()  # noqa: S311 - ids need to be unique, not secret

_MILLISECOND = 1_000_000


class Series:
    """The identities of one process.

    Attributes:
        draw: the next number; two threads never get the same one.
    """

    __slots__ = ("_bits", "draw")

    def __init__(self) -> None:
        bits = _random.getrandbits(26)
        self._bits = f"7{bits >> 14:03x}-{bits & 0x3FFF | 0x8000:04x}"
        # Between 2**44 and 2**47: always twelve digits, and no time to count to the end of them.
        self.draw: Callable[[], int] = count(0x1000_0000_0000 + _random.getrandbits(46)).__next__

    def prefix(self, at_ns: int) -> str:
        """The text that identities of this moment begin with, without the last twelve digits.

        Args:
            at_ns: nanoseconds since the epoch, UTC.
        """
        time = f"{at_ns // _MILLISECOND & 0xFFFF_FFFF_FFFF:012x}"
        return f"{time[:8]}-{time[8:]}-{self._bits}-"

    def prefix_beside(self, xid: str) -> str:
        """The text that identities begin with which share the first half of the UUID `xid`."""
        return f"{xid[:19]}{self._bits[5:]}-"


_series = Series()


def series() -> Series:
    """The series of this process."""
    return _series


def text(prefix: str, number: Number) -> str:
    """The identity that `number` stands for in a place where identities begin with `prefix`."""
    return number if type(number) is str else f"{prefix}{number:x}"


def new_xid() -> str:
    """A new UUIDv7 as text."""
    return text(_series.prefix(time_ns()), _series.draw())


def _begin_anew() -> None:
    global _series  # noqa: PLW0603 - the parent goes on with its own
    _random.seed()
    _series = Series()


if hasattr(os, "register_at_fork"):  # pragma: no branch - absent on Windows only
    os.register_at_fork(after_in_child=_begin_anew)
