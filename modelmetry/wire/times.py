"""Times as the contract writes them: UTC, to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST: Final = "0001-01-01T00:00:00.000000Z"
_LATEST: Final = "9999-12-31T23:59:59.999999Z"

# Signals that travel together are of a few seconds, and writing a date takes six times as long
# as adding digits to it.
_seconds: dict[str, str] = {}
_MOST_SECONDS: Final = 1_000
# Those of the microseconds in a second.
_DIGITS: Final = 6


def moment(nanoseconds: int) -> str:
    """Nanoseconds since the epoch, UTC, as text; the part below a microsecond is cut off.

    A moment before year 1 or after year 9999 becomes the nearest one that can be written.
    """
    microseconds = str(nanoseconds // 1_000)
    try:
        return f"{_seconds[microseconds[:-_DIGITS]]}{microseconds[-_DIGITS:]}Z"
    except KeyError:
        return _written_anew(nanoseconds)


def _written_anew(nanoseconds: int) -> str:
    seconds, rest = divmod(nanoseconds // 1_000, 10**_DIGITS)
    try:
        written = f"{_EPOCH + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}.".zfill(20)
    except OverflowError:
        return _LATEST if nanoseconds > 0 else _EARLIEST
    if seconds > 0:  # else the digits of its microseconds stand for another moment
        if len(_seconds) >= _MOST_SECONDS:
            _seconds.clear()
        _seconds[str(seconds)] = written
    return f"{written}{rest:0{_DIGITS}d}Z"
