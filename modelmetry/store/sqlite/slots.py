"""How wide the points of a series are."""

from __future__ import annotations

from typing import Final

from modelmetry.store.sqlite.encode import Micros, to_micros

SECOND: Final = 1_000_000
FIRST: Final = to_micros("0001-01-01T00:00:00Z")
MOST_POINTS: Final = 1_000
_GOOD_POINTS: Final = 120
_HOUR_SECONDS: Final = 3_600
# Widths that people read easily: minutes, hours, days, weeks, a year.
_WIDTHS: Final = (60, 300, 900, 3_600, 10_800, 21_600, 43_200, 86_400, 604_800, 31_536_000)


def point_seconds(start: Micros, before: Micros, wanted: int | None, *, hours: bool) -> int:
    """Seconds of a point: as wanted, or easy to read; wider when there were too many points.

    Args:
        start: where the series begins.
        before: where it ends, exclusive.
        wanted: seconds, None to choose.
        hours: whether a point must be made of whole hours.
    """
    if wanted is None:
        seconds = (before - start) / SECOND
        wanted = next((width for width in _WIDTHS if seconds / width <= _GOOD_POINTS), _WIDTHS[-1])
    if hours:
        wanted = -(-wanted // _HOUR_SECONDS) * _HOUR_SECONDS
    points = -(-before // (wanted * SECOND)) - start // (wanted * SECOND)
    return wanted * -(-points // (MOST_POINTS - 1)) if points > MOST_POINTS else wanted
