"""Series that are made up for a test, in promtool's notation: a value for each minute."""

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

    def notation(self, minutes: int, *, reset: bool) -> str:
        """What promtool reads."""
        step = number(self.each_minute)
        if self.gone is not None:
            return f"0+{step}x{self.gone} stale"
        if self.waits is not None:
            return f"0+0x{self.waits} {step}+{step}x{minutes - self.waits - 1}"
        if self.ends is not None:
            last = number(self.each_minute * self.ends)
            return f"0+{step}x{self.ends} {last}+0x{minutes - self.ends}"
        if reset:
            before = minutes - RESET
            return f"0+{step}x{before} {step}+{step}x{minutes - before}"
        missing = f"_x{self.begins} " if self.begins else ""
        return f"{missing}{step if self.begins else 0}+{step}x{minutes - self.begins}"


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

    def notation(self, minutes: int, *, reset: bool) -> str:
        """What promtool reads."""
        value = number(self.value)
        if reset and self.falls:
            return f"{value}+0x{minutes - RESET} 0+0x{RESET}"
        missing = f"_x{self.begins} " if self.begins else ""
        return f"{missing}{value}+0x{minutes - self.begins}"


Given = Mapping[str, Counter | Level]
"""Series by their selectors."""


def buckets(metric: str, labels: str, counts: Mapping[str, float]) -> dict[str, Counter]:
    """A histogram that grows evenly; `counts` are cumulative, by upper bound."""
    return {f'{metric}_bucket{{{labels},le="{bound}"}}': Counter(n) for bound, n in counts.items()}


def number(value: float) -> str:
    """A number without an exponent that promtool would not read."""
    return f"{value:.12f}".rstrip("0").rstrip(".") or "0"
