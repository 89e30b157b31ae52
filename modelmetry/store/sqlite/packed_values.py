"""Numbers of metrics as bytes, floats of 64 bits, little-endian, and back."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from math import isnan
from typing import Final, NamedTuple

from modelmetry.errors import InvalidValueError

WIDTH: Final = 8
"""Bytes of a number."""

_EXACT: Final = 2**53
# No sums of them are kept, so that they may be as large as they come.
_MOST: Final = sys.float_info.max


class Packed(NamedTuple):
    """Numbers, packed, and what lists say of them."""

    data: bytes
    length: int
    low: float
    high: float
    last: float


def pack(numbers: Sequence[float]) -> Packed:
    """Pack numbers of which there is at least one; what is too large becomes the largest float.

    Raises:
        InvalidValueError: one of them is not a number.
    """
    floats = _floats(numbers)
    low, high, last = min(floats), max(floats), floats[-1]
    if sys.byteorder == "big":  # pragma: no cover - no machine of ours is
        floats.byteswap()
    return Packed(floats.tobytes(), len(floats), low, high, last)


def unpack(data: bytes) -> list[float]:
    """The numbers."""
    floats = array("d", data)
    if sys.byteorder == "big":  # pragma: no cover - no machine of ours is
        floats.byteswap()
    return floats.tolist()


def tidied(numbers: Sequence[float]) -> list[int | float]:
    """Whole numbers without their `.0`, as `tidy` does it for one."""
    return [
        int(number) if number.is_integer() and -_EXACT < number < _EXACT else number
        for number in numbers
    ]


def _floats(numbers: Sequence[float]) -> array[float]:
    try:
        floats = array("d", numbers)
    except OverflowError:
        floats = array("d", map(_finite, numbers))
    # Sums of what is finite may be infinite, and never are "not a number".
    if min(floats) < -_MOST or max(floats) > _MOST:
        floats = array("d", map(_finite, floats))
    if isnan(sum(floats)):
        place = next(place for place, number in enumerate(floats) if isnan(number))
        raise InvalidValueError(f"value {place} of a metric is not a number (NaN); leave it out")
    return floats


def _finite(number: float) -> float:
    """A finite float; what is too large becomes the largest one."""
    try:
        return min(max(float(number), -_MOST), _MOST)
    except OverflowError:
        return _MOST if number > 0 else -_MOST
