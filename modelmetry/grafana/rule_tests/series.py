"""Series that are made up for a test, in promtool's notation, a value every so many minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

RESET: Final = 2
"""Minutes before the end at which a process starts again, where a test has that."""

MINUTES: Final = {
    "5m": 5,
    "30m": 30,
    "1h": 60,
    "2h": 120,
    "6h": 360,
    "1d": 1_440,
    "3d": 4_320,
}
"""Of the windows of rules."""


class Counter(Struct, frozen=True):
    """A counter that grows evenly; after a restart it goes on as fast.

    Attributes:
        each_minute: by how much.
        begins: the minute in which it is there for the first time.
        ends: the minute after which it grows no more.
        waits: the minute until which it is 0.
        gone: the minute after which it is there no more.
    """

    each_minute: float
    begins: int = 0
    ends: int | None = None
    waits: int | None = None
    gone: int | None = None

    def notation(self, minutes: int, every: int, *, reset: bool) -> str:
        """What promtool reads: a value every so many minutes."""
        step, last = number(self.each_minute * every), minutes // every
        if self.gone is not None:
            return f"0+{step}x{self.gone // every} stale"
        if self.waits is not None:
            waits = self.waits // every
            return f"0+0x{waits} {step}+{step}x{last - waits - 1}"
        if self.ends is not None:
            ends, most = self.ends // every, number(self.each_minute * self.ends)
            return f"0+{step}x{ends} {most}+0x{last - ends}"
        if reset:
            before = (minutes - RESET) // every
            return f"0+{step}x{before} {step}+{step}x{last - before}"
        begins = self.begins // every
        missing = f"_x{begins} " if begins else ""
        return f"{missing}{step if begins else 0}+{step}x{last - begins}"


class Level(Struct, frozen=True):
    """A value that stays.

    Attributes:
        value: of the series.
        begins: the minute in which it is there for the first time.
        falls: whether it is a counter, which begins at 0 again after a restart.
    """

    value: float
    begins: int = 0
    falls: bool = False

    def notation(self, minutes: int, every: int, *, reset: bool) -> str:
        """What promtool reads: a value every so many minutes."""
        value, last = number(self.value), minutes // every
        if reset and self.falls:
            before = (minutes - RESET) // every
            return f"{value}+0x{before} 0+0x{last - before}"
        begins = self.begins // every
        missing = f"_x{begins} " if begins else ""
        return f"{missing}{value}+0x{last - begins}"


Given = Mapping[str, Counter | Level]
"""Series by their selectors."""


def buckets(metric: str, labels: str, counts: Mapping[str, float]) -> dict[str, Counter]:
    """A histogram that grows evenly; `counts` are cumulative, by upper bound."""
    return {f'{metric}_bucket{{{labels},le="{bound}"}}': Counter(n) for bound, n in counts.items()}


def number(value: float) -> str:
    """A number without an exponent that promtool would not read."""
    return f"{value:.12f}".rstrip("0").rstrip(".") or "0"
