"""The slow way to JSON, for a batch with a value in it that JSON cannot hold.

Values are guarded where they enter, so this is the second door: one bad value that slipped
through must not cost the signals that travel with it.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any, cast

import attrs
from modelmetry_api.types import UNSET, encode_json, to_builtins

from modelmetry.signals.values import LARGEST_INTEGER, SMALLEST_INTEGER

# What an encoder raises for a value that JSON cannot hold.
UNENCODABLE = (UnicodeEncodeError, TypeError, ValueError, RecursionError)

# Deeper than anything that is recorded; a value that contains itself ends here.
_DEEPEST = 64


def encode_plainly(model: object) -> bytes:
    """JSON of a model in which every value that JSON cannot hold is replaced."""
    return encode_json(plain(model))


def plain(value: object, depth: int = 0) -> Any:
    """`value` as JSON values only: what cannot be one becomes a marked text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return to_builtins(value)
    if depth >= _DEEPEST:
        return f"<deeper than {_DEEPEST} levels>"
    return _inside(value, depth + 1)


def _number(value: int | float) -> int | float | str:  # noqa: PYI041 - they are told apart
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    whole = int.__int__(value)
    fits = SMALLEST_INTEGER <= whole < LARGEST_INTEGER
    return whole if fits else "<number that JSON cannot hold>"


def _inside(value: object, depth: int) -> Any:
    if isinstance(value, dict):
        members = cast("dict[object, object]", value)
        return {_text(str(name)): plain(member, depth) for name, member in members.items()}
    if isinstance(value, list | tuple):
        return [plain(item, depth) for item in cast("list[object]", value)]
    if attrs.has(type(value)):
        return _members(value, depth)
    return f"<{type(value).__name__} that JSON cannot hold>"


def _members(model: object, depth: int) -> dict[str, Any]:
    fields = cast("tuple[attrs.Attribute[Any], ...]", attrs.fields(cast("Any", type(model))))
    members = {field.name: getattr(model, field.name) for field in fields}
    shown = {name: member for name, member in members.items() if member is not UNSET}
    # `$schema` rests in a private slot and is never sent.
    return {name: plain(m, depth) for name, m in shown.items() if not name.startswith("_")}


def _text(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
