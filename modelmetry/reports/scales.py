"""Where values and moments stand on an axis, and which of them are written beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import floor, log10
from typing import Final

from modelmetry.reports.amounts import amount, rounded

_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_STEPS: Final = (
    *(_MINUTE * one for one in (1, 5, 10, 15, 30)),
    *(_HOUR * one for one in (1, 2, 3, 6, 12)),
    *(_DAY * one for one in (1, 2, 5, 10, 20, 50, 100, 200)),
)
_LARGE: Final = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def nice_step(largest: float, most: int) -> float:
    """A step of 1, 2, 2.5 or 5 times a power of ten, of which `most` reach `largest`."""
    least = largest / most
    power = 10.0 ** floor(log10(least))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= least * (1 - 1e-9))


def value_ticks(largest: float, most: int = 4) -> list[float]:
    """Round values from 0 to at least `largest`."""
    if largest <= 0:
        return [0.0, 1.0]
    step = nice_step(largest, most)
    found = [0.0]
    while found[-1] < largest * (1 - 1e-9):
        found.append(len(found) * step)
    return found


def time_ticks(start: datetime, end: datetime, most: int = 7) -> Iterator[tuple[datetime, str]]:
    """Round moments in a window, in UTC, each with its label."""
    first, last = ((one - _EPOCH).total_seconds() for one in (start, end))
    step = next((one for one in _STEPS if (last - first) / one <= most), _STEPS[-1] * 2)
    at = -(-first // step) * step
    while at <= last:
        moment = _EPOCH + timedelta(seconds=at)
        yield moment, time_label(moment, step)
        at += step


def time_label(at: datetime, step: float) -> str:
    """A moment as precisely as points so many seconds apart need it: `22 Nov`, `22 Nov 10:30`."""
    day = f"{at.day} {_MONTHS[at.month - 1]}"
    return day if step >= _DAY else f"{day} {at:%H:%M}"


def short(value: float, unit: str) -> str:
    """A value at an axis, in few characters: `12k`, `45 ms`; where it begins is 0 of any unit."""
    if value == 0:
        return "0"
    if not unit.startswith("{"):
        return amount(value, unit)
    for size, name in _LARGE:
        if value >= size * 10:
            return f"{rounded(value / size)}{name}"
    return rounded(value)
