"""Stretches of time in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from modelmetry_api.models import ProductionWindow

_TWO_DAYS: Final = timedelta(days=2)
_TWO_HOURS: Final = timedelta(hours=2)
_SECONDS_TO_SHOW: Final = timedelta(minutes=2)


def length(window: ProductionWindow) -> str:
    """How long a window is: `30 days`, `36 hours`, `45 minutes`."""
    long = window.end - window.start
    if long >= _TWO_DAYS:
        return _counted(long / timedelta(days=1), "day")
    if long >= _TWO_HOURS:
        return _counted(long / timedelta(hours=1), "hour")
    if long >= _SECONDS_TO_SHOW:
        return _counted(long / timedelta(minutes=1), "minute")
    return _counted(long / timedelta(seconds=1), "second")


def between(window: ProductionWindow) -> str:
    """From when to when: `2026-10-23 10:00 to 2026-11-22 10:35 UTC`."""
    return f"{moment(window.start)} to {moment(window.end)} UTC"


def moment(at: datetime) -> str:
    """A moment to the minute, in UTC, the same for who writes it and who reads it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def stretch(seconds: int) -> str:
    """How long one point is, after `each`: `5 minutes`, `3 hours`, `day`."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds % size == 0:
            number = seconds // size
            return unit if number == 1 else f"{number} {unit}s"
    return f"{seconds} seconds"


def _counted(number: float, unit: str) -> str:
    text = f"{number:,.1f}".removesuffix(".0")
    return f"{text} {unit}" + ("" if text == "1" else "s")
