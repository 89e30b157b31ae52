"""Guards at the door: what a caller hands over becomes plain, finite, encodable and ours.

Nothing that leaves this module can surprise an encoder: text has no lone surrogates and a
bounded length, numbers are finite, metadata is a tree of JSON values that shares nothing
mutable with the caller.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Any, Protocol, cast, runtime_checkable

from msgspec import Struct

from modelmetry.errors import InvalidTypeError
from modelmetry.signals.records import FindingValue

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
SMALLEST_INTEGER, LARGEST_INTEGER = (
    -(2**63),
    2**63,
)  # what a JSON reader and a database column hold without rounding
_DEEPEST = 32  # levels of metadata; deeper ones are kept as a marked repr
_LONGEST_REPR = 1_000
_CUT_MARK, _LONGEST_MARK = " more characters]", 48
_SCALARS = frozenset({str, int, float, bool, type(None)})


class SupportsItem(Protocol):
    """A scalar of another library that turns into a Python one, such as `numpy.float32`."""

    def item(self, /) -> Any:
        """The same value as a Python scalar."""
        ...


@runtime_checkable
class SupportsRatio(Protocol):
    """An exact number, such as `decimal.Decimal` and `fractions.Fraction`."""

    def as_integer_ratio(self, /) -> tuple[int, int]:
        """Numerator and denominator."""
        ...

    def __float__(self, /) -> float:
        """The nearest float."""
        ...


NumberInput = int | float | SupportsItem | SupportsRatio
FindingInput = FindingValue | SupportsItem | SupportsRatio


class NotFiniteError(ValueError):
    """A number is NaN or infinite: trouble in the data, not a mistake in the program."""


def clean_text(text: str, limit: int) -> str:
    """`text` with lone surrogates replaced, and cut with a mark when longer than `limit`."""
    if len(text) > limit and not _is_cut(text, limit):
        text = f"{text[:limit]}[... {len(text) - limit}{_CUT_MARK}"
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        # A pair of surrogates is one character, a lone one becomes U+FFFD.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _is_cut(text: str, limit: int) -> bool:
    """Whether `text` was cut before: then it is a little longer than the limit, by its mark."""
    return len(text) < limit + _LONGEST_MARK and text.endswith(_CUT_MARK)


def is_a(value: object, kind: type | tuple[type, ...]) -> bool:
    """`isinstance`, also of a proxy that fails when it is asked for its class."""
    try:
        return isinstance(value, kind)
    except Exception:  # noqa: BLE001 - a foreign __class__ may raise anything
        return False


def listed(value: object) -> list[object] | None:
    """The items of a list or a tuple; `None` when it is neither, or does not give them."""
    try:
        return list(cast("Sequence[object]", value)) if isinstance(value, (list, tuple)) else None
    except Exception:  # noqa: BLE001 - that of a foreign class may raise anything
        return None


def require_text(value: object, what: str, limit: int) -> str:
    """`value` as clean text; `what` names the argument in the error."""
    if not is_a(value, str):
        message = f"{what} must be a str, not {type(value).__name__}: {brief_repr(value)}"
        raise InvalidTypeError(message)
    text = cast("str", value)
    return clean_text(text if type(text) is str else str.__str__(text), limit)


def finding_value(value: object, limit: int) -> FindingValue:
    """`value` as a plain bool, int, float or str.

    Raises:
        NotFiniteError: the number is NaN, infinite or outside the range of a float.
        InvalidTypeError: the value is none of these.
    """
    kind = type(value)
    if kind is bool:
        return value  # type: ignore[return-value]
    if kind is int:
        return _integer(value)  # type: ignore[arg-type]
    if kind is float:
        return _finite(value)  # type: ignore[arg-type]
    if kind is str:
        return clean_text(value, limit)  # type: ignore[arg-type]
    try:
        return _unusual_value(value, limit)
    except (NotFiniteError, InvalidTypeError):
        raise
    except Exception:  # noqa: BLE001 - a foreign object may raise anything while it is read
        raise InvalidTypeError(kind.__name__) from None


def _unusual_value(value: object, limit: int) -> FindingValue:
    """Subclasses of the plain types, scalars of numpy and its kin, decimals and fractions."""
    if isinstance(value, str):
        return clean_text(str.__str__(value), limit)
    if isinstance(value, int):
        return _integer(int.__int__(value))
    if isinstance(value, float):
        return _finite(float.__float__(value))
    item = getattr(value, "item", None)
    if callable(item):
        return finding_value(_scalar(value, item()), limit)
    if isinstance(value, SupportsRatio):
        return _ratio(value)
    raise InvalidTypeError(type(value).__name__)


def _scalar(value: object, item: object) -> object:
    if type(item) in (bool, int, float, str):
        return item
    raise InvalidTypeError(type(value).__name__)


def _integer(value: int) -> FindingValue:
    if SMALLEST_INTEGER <= value < LARGEST_INTEGER:
        return value
    try:
        return float(value)
    except OverflowError:
        raise NotFiniteError from None


def _finite(value: float) -> float:
    if math.isfinite(value):
        return value
    raise NotFiniteError


def _ratio(value: SupportsRatio) -> FindingValue:
    try:
        return _finite(float(value))
    except (OverflowError, ValueError):  # Decimal("sNaN") refuses to become a float
        raise NotFiniteError from None


def nanoseconds(at: datetime) -> int:
    """`at` in nanoseconds since the epoch; without an offset it is taken as UTC."""
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return (at - EPOCH) // _MICROSECOND * 1_000


def copied_mapping(mapping: dict[str, Any], limit: int) -> dict[str, Any]:
    """A copy of `mapping` that nobody can change; `snapshot_mapping` makes the rest plain.

    Scalars stay as they are for now: this runs on the application's path.
    """
    copied = mapping.copy()  # first: another thread may be writing to the caller's dict
    if _SCALARS.issuperset(map(type, copied.values())):
        return copied
    return _made_plain(copied, limit)


def snapshot_mapping(mapping: Mapping[str, Any], limit: int) -> dict[str, Any]:
    """A copy of `mapping` made of JSON values only; the same again when it was one already."""
    if type(mapping) is dict:
        copied = cast("dict[str, Any]", mapping).copy()
        return copied if is_plain(copied, limit) else _made_plain(copied, limit)
    plain = snapshot(mapping, limit)
    return cast("dict[str, Any]", plain) if isinstance(plain, dict) else {"unreadable": plain}


def is_plain(mapping: dict[str, object], limit: int) -> bool:
    """Whether there is nothing to change in a dict: short ASCII text, numbers, bools."""
    for value in mapping.values():
        if type(value) is str:
            if len(value) > limit or not value.isascii():
                return False
        elif type(value) is int:
            if not SMALLEST_INTEGER <= value < LARGEST_INTEGER:
                return False
        elif type(value) is float:
            if not math.isfinite(value):
                return False
        elif type(value) is not bool and value is not None:
            return False
    try:
        return "".join(mapping).isascii()
    except TypeError:  # a key that is no str
        return False


def _made_plain(mapping: dict[str, Any], limit: int) -> dict[str, Any]:
    return {_key(key, limit): snapshot(value, limit) for key, value in mapping.items()}


def snapshot(value: object, limit: int) -> Any:
    """A copy of any `value` as JSON values; what has no JSON form becomes a marked repr."""
    if type(value) is str:
        return clean_text(value, limit)
    return _copy(value, limit, ())


def _copy(value: object, limit: int, path: tuple[int, ...]) -> Any:
    try:
        if value is None or isinstance(value, (bool, int, float, str)):
            return _plain(value, limit)
        if id(value) in path:
            return _marked_repr(value, "cycle", limit)
        if len(path) >= _DEEPEST:
            return _marked_repr(value, "too deep", limit)
        return _copy_object(value, limit, (*path, id(value)))
    except Exception:  # noqa: BLE001 - a foreign object may raise anything while it is read
        return _marked_repr(value, "unreadable", limit)


def _plain(value: float | str | None, limit: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean_text(str.__str__(value), limit)
    return _number(value, limit)


def _number(value: float, limit: int) -> Any:
    if isinstance(value, int):
        whole = int.__int__(value)  # a subclass may say something else of itself
        fits = SMALLEST_INTEGER <= whole < LARGEST_INTEGER
        return whole if fits else _marked_repr(whole, "large number", limit)
    number = float.__float__(value)
    return number if math.isfinite(number) else clean_text(str(number), limit)


def _copy_object(value: object, limit: int, path: tuple[int, ...]) -> Any:
    if isinstance(value, Mapping):
        items = list(cast("Mapping[object, object]", value).items())
        return {_key(key, limit): _copy(item, limit, path) for key, item in items}
    if isinstance(value, (list, tuple, AbstractSet)):
        elements = list(cast("Collection[object]", value))
        return [_copy(item, limit, path) for item in elements]
    names = _field_names(value)
    if names is not None:
        return {name: _copy(getattr(value, name), limit, path) for name in names}
    plain = _plain_form(value)
    return _marked_repr(value, "repr", limit) if plain is value else _copy(plain, limit, path)


def _field_names(value: object) -> list[str] | None:
    """The fields of an instance of a dataclass, an attrs class or a msgspec Struct."""
    if isinstance(value, type):
        return None
    if dataclasses.is_dataclass(value):
        return [field.name for field in dataclasses.fields(value)]
    if isinstance(value, Struct):
        return list(value.__struct_fields__)
    attributes = getattr(type(value), "__attrs_attrs__", None)
    return None if attributes is None else [attribute.name for attribute in attributes]


def _plain_form(value: object) -> object:
    """What a value of another library says it is in plain Python, or the value itself."""
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, SupportsRatio):
        return float(value)
    if type(value).__module__.partition(".")[0] in {"uuid", "pathlib", "ipaddress"}:
        return str(value)
    for method in ("model_dump", "tolist", "item"):
        convert = getattr(value, method, None)
        if callable(convert) and not isinstance(value, type):
            return convert()
    return value.value if isinstance(value, Enum) else value


def _key(key: object, limit: int) -> str:
    return clean_text(str.__str__(cast("str", key)) if is_a(key, str) else safe_str(key), limit)


def safe_str(value: object) -> str:
    """`str(value)`, or the name of its type when that raises."""
    try:
        return str.__str__(str(value))
    except Exception:  # noqa: BLE001 - a foreign __str__ may raise anything
        return f"<{type(value).__name__}>"


def brief_repr(value: object) -> str:
    """`repr(value)`, cut, or the name of its type when that raises."""
    try:
        text = str.__str__(repr(value))
    except Exception:  # noqa: BLE001 - a foreign __repr__ may raise anything
        text = f"<{type(value).__name__}>"
    return clean_text(text, _LONGEST_REPR)


def _marked_repr(value: object, mark: str, limit: int) -> str:
    """A text that stands for `value` and says why the value itself is not there."""
    return clean_text(f"<{mark} of {type(value).__name__}: {brief_repr(value)}>", limit)
