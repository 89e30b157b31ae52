"""Chance that can be repeated: the same seed gives the same traffic."""

from __future__ import annotations

from random import Random
from typing import Final

from attrs import frozen

_STRAYS: Final = 0.015  # share of durations that are far from the usual ones


class Chance(Random):
    """Random numbers, in the shapes that traffic has."""

    def tail(self, usual: float, spread: float = 0.45) -> float:
        """A duration: mostly near `usual`, now and then many times as long."""
        found = usual * self.lognormvariate(0.0, spread)
        return found * min(4 * self.paretovariate(1.1), 90.0) if self.random() < _STRAYS else found

    def yes(self, share: float) -> bool:
        """True in this share of the cases."""
        return self.random() < share


@frozen
class Xids:
    """Identities as the SDK makes them: UUIDs of version 7, ordered by time."""

    chance: Chance

    def at(self, micros: int) -> str:
        """A new one, of this time."""
        low = self.chance.getrandbits(74)
        bits = (micros // 1000 << 80) | (7 << 76) | (low >> 62 << 64) | (2 << 62)
        text = f"{bits | low & (2**62 - 1):032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
