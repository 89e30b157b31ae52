"""Times as the contract writes them: UTC, to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)


def moment(nanoseconds: int) -> datetime:
    """Nanoseconds since the epoch, UTC, as a datetime; the part below a microsecond is cut off.

    A moment before year 1 or after year 9999 becomes the nearest one that can be written.
    """
    try:
        return _EPOCH + timedelta(0, 0, nanoseconds // 1_000)  # days, seconds, microseconds
    except OverflowError:
        return _LATEST if nanoseconds > 0 else _EARLIEST
