"""Times as the contract writes them: UTC, to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST: Final = "0001-01-01T00:00:00.000000Z"
_LATEST: Final = "9999-12-31T23:59:59.999999Z"

_SECOND: Final = 1_000_000_000
# Writing a date takes twenty times as long as adding digits to it, and signals that travel
# together are of a few seconds. The latest second is at hand: its first nanosecond, and its text.
_latest = 0, f"{_EPOCH:%Y-%m-%dT%H:%M:%S}."
_seconds: dict[int, str] = {}
_MOST_SECONDS: Final = 1_000
_THOUSAND: Final = tuple(f"{number:03d}" for number in range(1_000))


def moment(nanoseconds: int) -> str:
    """Nanoseconds since the epoch, UTC, as text; the part below a microsecond is cut off.

    A moment before year 1 or after year 9999 becomes the nearest one that can be written.
    """
    begin, written = _latest  # at once: another thread may write another moment
    rest = nanoseconds - begin
    if 0 <= rest < _SECOND:
        microseconds = rest // 1_000
        return f"{written}{_THOUSAND[microseconds // 1_000]}{_THOUSAND[microseconds % 1_000]}Z"
    return _in_another_second(nanoseconds)


def _in_another_second(nanoseconds: int) -> str:
    global _latest  # noqa: PLW0603 - a cache of one
    seconds, rest = divmod(nanoseconds, _SECOND)
    written = _seconds.get(seconds)
    if written is None:
        try:
            written = f"{_EPOCH + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}.".zfill(20)
        except OverflowError:
            return _LATEST if nanoseconds > 0 else _EARLIEST
        if len(_seconds) >= _MOST_SECONDS:
            _seconds.clear()
        _seconds[seconds] = written
    _latest = seconds * _SECOND, written
    return f"{written}{rest // 1_000:06d}Z"
