"""Guards of what is reported: metrics become plain and finite, texts fit the contract."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final, cast

from modelmetry.delivery.receipt import INVALID_VALUE
from modelmetry.errors import InvalidTypeError
from modelmetry.signals.values import (
    NotFiniteError,
    clean_text,
    finding_value,
    is_a,
    is_plain,
    safe_str,
    snapshot,
)
from modelmetry.telemetry.refusals import INVALID_METRICS, NO_NAME, Refusals

LONGEST_STATUS: Final = 200
LONGEST_NAME: Final = 1_000
"""Characters, as the contract has them."""

_ROOM_FOR_MARK: Final = 50  # `clean_text` says behind the limit how much it cut


def plain_metrics(metrics: object, limit: int, refusals: Refusals) -> dict[str, Any]:
    """A copy of `metrics` that nobody else can change, of JSON values.

    NaN and such are refused, and so are metrics without a name.
    """
    copied = copied_metrics(metrics)
    if copied is None:
        refusals.count(INVALID_METRICS, "metrics", metrics)
        return {}
    if type(metrics) is dict and is_plain(copied, limit) and "" not in copied:
        return copied
    return _made_plain(copied, limit, refusals)


def copied_metrics(metrics: object) -> dict[str, Any] | None:
    """The members of a mapping; `None` when it is none, or does not give them."""
    if type(metrics) is dict:
        return cast("dict[str, Any]", metrics).copy()  # at once: another thread may be writing
    try:
        return dict(cast("Mapping[str, Any]", metrics)) if is_a(metrics, Mapping) else None
    except Exception:  # noqa: BLE001 - a foreign mapping may raise anything
        return None


def _made_plain(copied: dict[str, Any], limit: int, refusals: Refusals) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for given, value in copied.items():
        name = clean_text(given if type(given) is str else safe_str(given), limit)
        if not name:
            refusals.count(NO_NAME, "a metric", value)
            continue
        try:
            found[name] = finding_value(value, limit)
        except NotFiniteError:
            refusals.count(INVALID_VALUE, f"metric {name!r}", value)
        except InvalidTypeError:
            found[name] = snapshot(value, limit)
    return found


def fitting_text(value: object, longest: int) -> str | None:
    """A text of any `value`, cut so that its mark fits too; `None` for nothing."""
    if type(value) is str and len(value) <= longest and value.isascii():
        return value or None
    if value is None:
        return None
    text = as_text(value)
    if len(text) > longest:
        text = text[: max(0, longest - _ROOM_FOR_MARK)] + _mark(len(text), longest)
    return clean_text(text, longest) or None


def _mark(length: int, longest: int) -> str:
    return f"[... {length - max(0, longest - _ROOM_FOR_MARK)} more characters]"


def long_text(value: object, limit: int) -> str | None:
    """A text of any `value`, cut with a mark behind `limit` characters; `None` for nothing."""
    if value is None:
        return None
    if type(value) is str and len(value) <= limit and value.isascii():
        return value or None
    return clean_text(as_text(value), limit) or None


def as_text(value: object) -> str:
    """The text of `value`: an exception with its type, a member of an enumeration by its value."""
    if is_a(value, str) and not is_a(value, Enum):
        return str.__str__(cast("str", value))
    if is_a(value, BaseException):
        return exception_text(cast("BaseException", value))
    return safe_str(cast("Enum", value).value if is_a(value, Enum) else value)


def exception_text(error: BaseException) -> str:
    """`Type: text`, as Python writes it."""
    text = safe_str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
