"""What is measured in one stretch of time, in the words of the ingest operation."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from modelmetry.demo.traffic.recorder import Part

_Key = tuple[str, tuple[tuple[str, str], ...], str]


class Tally:
    """Series of one process; what is added to it is what the stretch added."""

    def __init__(self) -> None:
        self._series: dict[_Key, Part] = {}

    def count(self, name: str, unit: str, by: float, of: Mapping[str, str]) -> None:
        """Let a counter grow."""
        self._part("counter", name, unit, of)["Sum"] += by

    def see(
        self, name: str, unit: str, value: float, of: Mapping[str, str], bounds: tuple[float, ...]
    ) -> None:
        """Put a measurement into a histogram."""
        part = self._part("histogram", name, unit, of)
        counts = part.setdefault("Counts", [0] * (len(bounds) + 1))
        part["Bounds"] = list(bounds)
        part["Sum"] += value
        counts[bisect_left(bounds, value)] += 1

    def look(
        self,
        name: str,
        unit: str,
        seen: tuple[float, float, float],
        times: int,
        of: Mapping[str, str],
    ) -> None:
        """Look at a gauge: its smallest, its mean and its largest value of some looks."""
        low, mean, high = seen
        part = self._part("gauge", name, unit, of)
        told = {"Sum": mean * times, "Count": times, "Min": low, "Max": high, "Last": mean}
        part.update(told)

    def series(self) -> list[Part]:
        """All of them."""
        return list(self._series.values())

    def _part(self, kind: str, name: str, unit: str, of: Mapping[str, str]) -> Part:
        key = name, tuple(of.items()), unit
        known = self._series.get(key)
        if known is None:
            known = self._series[key] = {
                "Kind": kind,
                "Name": name,
                "Unit": unit,
                "Attributes": dict(of),
                "Sum": 0.0,
            }
        return known
