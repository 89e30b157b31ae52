"""Identities: time-ordered UUIDs (version 7, RFC 9562) as text."""

from __future__ import annotations

import os
import random
from time import time_ns

# A generator of its own: `random.seed(42)` in the application must not repeat our ids.
_random = random.Random()  # noqa: S311 - ids need to be unique, not secret
_bits = _random.getrandbits


def new_xid() -> str:
    """A new UUIDv7 as text: 48 bits of milliseconds, 12 bits of their fraction, 62 random bits."""
    milliseconds, nanoseconds = divmod(time_ns(), 1_000_000)
    # The fraction (RFC 9562, 6.2, method 3) orders ids within a millisecond, at 244 ns.
    digits = (
        f"{milliseconds << 16 | 0x7000 | (nanoseconds << 12) // 1_000_000:016x}"
        f"{_bits(62) | 0x8000_0000_0000_0000:016x}"
    )
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _reseed_after_fork() -> None:
    _random.seed()


if hasattr(os, "register_at_fork"):  # pragma: no branch - absent on Windows only
    os.register_at_fork(after_in_child=_reseed_after_fork)
