"""Values of the wire as values of SQLite, and back, without loss."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any, Final

import msgspec

from modelmetry.errors import InvalidValueError

XidKey = bytes | str
"""16 bytes for a UUID in its usual form, the text itself for anything else."""

Micros = int
"""Microseconds since 1970-01-01T00:00:00Z."""

LARGEST: Final = 1.7e308
"""The largest float: sums stay within it."""

LATEST: Final = 253_402_300_799_999_999
"""The end of the year 9999, in microseconds since 1970."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Python nests calls a thousand deep; fewer brackets than this cannot come near.
_DEEP: Final = 100
_UUID_LENGTH: Final = 36
_DAY: Final = 86_400_000_000
_SECOND: Final = 1_000_000
_EARLIEST: Final = -62_135_596_800_000_000
_LEAP_SECOND = re.compile(r"(:\d\d):60(?=\D|$)", re.ASCII)
_SMALLEST_INTEGER: Final = -(2**63)
_LARGEST_INTEGER: Final = 2**63 - 1

encode_json: Callable[[Any], bytes] = msgspec.json.Encoder().encode
decode_json: Callable[[bytes | str], Any] = msgspec.json.Decoder().decode


class Kind(IntEnum):
    """What kind of value a finding has, so that 1, 1.0, True and "1" stay apart."""

    INTEGER = 0
    FLOAT = 1
    BIG_INTEGER = 2
    BOOLEAN = 3
    LABEL = 4


# Kinds up to this one are numbers, so that one comparison tells.
LAST_NUMBER: Final = Kind.BIG_INTEGER


def xid_key(xid: str) -> XidKey:
    """The key of an XID. A UUID counts only in the one spelling that can be given back."""
    if (
        len(xid) != _UUID_LENGTH
        or xid[8] != "-"
        or xid[13] != "-"
        or xid[18] != "-"
        or xid[23] != "-"
    ):
        return xid
    digits = xid.replace("-", "")
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        return xid
    return key if key.hex() == digits else xid


def xid_text(key: XidKey) -> str:
    """The XID that has this key."""
    if isinstance(key, str):
        return key
    # Four dashes of seven are where they belong; to cut the others out is a third quicker.
    digits = key.hex("-", 2)
    return f"{digits[:4]}{digits[5:29]}{digits[30:34]}{digits[35:]}"


def order_of(at: Micros, key: XidKey | None) -> tuple[Micros, bool, Any]:
    """What is of a time and has an XID is sorted by this, as SQLite does it: texts before UUIDs."""
    return at, isinstance(key, bytes), key


def to_micros(time: str | datetime) -> Micros:
    """Microseconds of a time, kept within the years 1 to 9999; what is finer is cut off.

    A time without an offset is UTC, a leap second counts as the second after it. Raises
    `InvalidValueError`.
    """
    if isinstance(time, datetime):
        return _since_epoch(time)
    try:
        return _since_epoch(datetime.fromisoformat(time))
    except ValueError:
        return _unusual(time)


def _since_epoch(time: datetime) -> Micros:
    since = (time if time.tzinfo is not None else time.replace(tzinfo=UTC)) - EPOCH
    return _within_years(since.days * _DAY + since.seconds * _SECOND + since.microseconds)


def _unusual(text: str) -> Micros:
    """Lower-case letters, leap seconds and the year 0, which Python does not read."""
    usual, leaps = _LEAP_SECOND.subn(r"\1:59", text.upper())
    try:
        if usual.startswith("0000"):  # a leap year, as the year 4 was
            return min(_since_epoch(datetime.fromisoformat(f"0004{usual[4:]}")), _EARLIEST)
        return _within_years(_since_epoch(datetime.fromisoformat(usual)) + leaps * _SECOND)
    except ValueError as error:
        raise InvalidValueError(f"a time must be RFC 3339 text, not {text!r}") from error


def _within_years(micros: Micros) -> Micros:
    return micros if _EARLIEST <= micros <= LATEST else min(max(micros, _EARLIEST), LATEST)


def from_micros(micros: Micros) -> datetime:
    """The UTC time."""
    return EPOCH + timedelta(microseconds=micros)


def to_value(value: float | bool | str) -> tuple[Kind, int | float | str, str | None]:
    """Kind, value to compare and calculate with, and exact text of a number beyond 64 bits."""
    if isinstance(value, str):
        return Kind.LABEL, value, None
    if isinstance(value, bool):
        return Kind.BOOLEAN, int(value), None
    if not isinstance(value, int):
        return Kind.FLOAT, value, None
    if _SMALLEST_INTEGER <= value <= _LARGEST_INTEGER:
        return Kind.INTEGER, value, None
    return Kind.BIG_INTEGER, to_float(value), hex(value)


def from_value(kind: int, value: float | str, exact: str | None) -> float | bool | str:
    """The value that was sent, with its type."""
    if kind == Kind.BOOLEAN:
        return bool(value)
    return int(exact, 16) if exact is not None else value


def to_float(number: float) -> float:
    """A finite float; what is too large becomes the largest one."""
    try:
        return min(max(float(number), -LARGEST), LARGEST)
    except OverflowError:
        return LARGEST if number > 0 else -LARGEST


def tidy(number: float) -> int | float:
    """A whole number without its `.0`, as far as that is exact."""
    return int(number) if number == number // 1 and abs(number) < 2**53 else number


def as_json(value: Any) -> bytes:
    """JSON of metadata and family data.

    Raises `InvalidValueError` for a lone surrogate and for JSON that is nested too deeply to be
    read again.
    """
    try:
        data = encode_json(value)
        if data.count(b"[") + data.count(b"{") > _DEEP:
            decode_json(data)
    except RecursionError as error:
        raise InvalidValueError(
            "JSON that is nested so deeply cannot be stored; record it as text"
        ) from error
    except UnicodeEncodeError as error:
        raise InvalidValueError(
            "text with a lone surrogate cannot be stored; replace it where it is recorded"
        ) from error
    else:
        return data
