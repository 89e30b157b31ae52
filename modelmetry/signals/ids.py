"""Identities: time-ordered UUIDs (version 7, RFC 9562) as text.

Random bits are drawn and formatted once for each millisecond in which an id is wanted; within
it a counter follows, which starts at random (RFC 9562, 6.2, methods 1 and 2). So ids of one
process sort in the order in which they were made, and one costs little more than reading the
clock.
"""

from __future__ import annotations

import os
import random
from itertools import count
from time import time_ns

# A generator of its own: `random.seed(42)` in the application must not repeat our ids.
_random = random.Random()  # noqa: S311 - ids need to be unique, not secret

# Until when (nanoseconds) the text of the first 19 digits holds, and the other 12 digits. One
# tuple, replaced whole: two threads that replace it at once get different random bits.
_batch: tuple[int, str, count[int]] = (0, "", count())


def new_xid() -> str:
    """A new UUIDv7 as text."""
    until, digits, counter = _batch
    if time_ns() >= until:
        until, digits, counter = _new_batch()
    return digits + hex(next(counter))[2:]  # noqa: FURB116 - half the time of a format string


def _new_batch() -> tuple[int, str, count[int]]:
    global _batch  # noqa: PLW0603 - one per process, made anew after a fork
    milliseconds = time_ns() // 1_000_000
    time = f"{milliseconds:012x}"
    bits = _random.getrandbits(26)
    digits = f"{time[:8]}-{time[8:]}-7{bits >> 14:03x}-{bits & 0x3FFF | 0x8000:04x}-"
    # Between 2**44 and 2**47: always twelve digits, and no time to count to the end of them.
    first = 0x1000_0000_0000 + _random.getrandbits(46)
    _batch = ((milliseconds + 1) * 1_000_000, digits, count(first))
    return _batch


def _begin_anew() -> None:
    global _batch  # noqa: PLW0603 - the parent goes on with its own
    _random.seed()
    _batch = (0, "", count())


if hasattr(os, "register_at_fork"):  # pragma: no branch - absent on Windows only
    os.register_at_fork(after_in_child=_begin_anew)
