"""Times as the contract writes them: UTC, to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)
# In the year 2112; half the time of adding a timedelta.
_EXACT = 2**52


def moment(nanoseconds: int) -> datetime:
    """Nanoseconds since the epoch, UTC, as a datetime; the part below a microsecond is cut off.

    A moment before year 1 or after year 9999 becomes the nearest one that can be written.
    """
    microseconds = nanoseconds // 1_000
    if 0 <= microseconds < _EXACT:  # a float holds it to a fourth of a microsecond
        return datetime.fromtimestamp(microseconds / 1_000_000, UTC)
    try:
        return _EPOCH + timedelta(0, 0, microseconds)  # days, seconds, microseconds
    except OverflowError:
        return _LATEST if nanoseconds > 0 else _EARLIEST
