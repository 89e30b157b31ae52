"""The dimensions of a metric: which may be declared, and what their values become."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, cast

from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.metrics.families import OVERFLOW
from modelmetry.metrics.naming import prometheus_label
from modelmetry.signals.values import brief_repr, clean_text, is_a, safe_str

AttributeValue = str | int | float | bool
"""What a value of an attribute may be; in a series it is text."""

LONGEST_VALUE: Final = 200
"""Characters of an attribute's value; what is longer is cut, with three points at its end."""

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,127}")
# Of a metric each of their values is a series that stays for ever; of a trace it is a fact.
_UNBOUNDED: Final = frozenset(
    {
        "api_key",
        "apikey",
        "authorization",
        "conversation",
        "conversation_id",
        "email",
        "enduser_id",
        "gen_ai_conversation_id",
        "ip",
        "key",
        "password",
        "prompt",
        "request_id",
        "secret",
        "session",
        "session_id",
        "span_id",
        "token",
        "trace",
        "trace_id",
        "trace_xid",
        "user",
        "user_email",
        "user_id",
        "user_name",
        "username",
        "xid",
    }
)


def declared(names: Iterable[str], metric: str) -> tuple[str, ...]:
    """The names of a metric's attributes, in their order.

    Raises:
        InvalidTypeError: it is no collection of texts.
        InvalidValueError: a name cannot be one, comes twice, or would have a series for each user,
            session, prompt, key or the like.
    """
    if is_a(names, str) or not is_a(names, Iterable):
        raise InvalidTypeError(
            f"attributes of metric {metric!r} must be a list of names, not {brief_repr(names)}"
        )
    labels: dict[str, str] = {}
    for name in names:
        if not is_a(name, str) or not _NAME.fullmatch(name):
            raise InvalidValueError(
                f"metric {metric!r} cannot have the attribute {brief_repr(name)}; "
                "letters, digits, points and underscores make a name"
            )
        label = prometheus_label(name)
        if label.lower() in _UNBOUNDED:
            raise InvalidValueError(
                f"metric {metric!r} cannot have the attribute {name!r}: each value would be a "
                "series for ever; record it on a trace, as metadata or a finding"
            )
        if label in labels or label in {"le", OVERFLOW}:
            other = labels.get(label, "what Prometheus itself uses")
            raise InvalidValueError(
                f"metric {metric!r} cannot have the attribute {name!r}: it is {label!r} for "
                f"Prometheus, like {other}; choose another name"
            )
        labels[label] = name
    return tuple(labels.values())


def series_key(names: tuple[str, ...], given: Mapping[str, object], metric: str) -> tuple[str, ...]:
    """The values of `given` in the order of `names`; one that is not given is empty.

    Raises:
        InvalidTypeError: an attribute was not declared, or its value is no text, number or bool.
    """
    for name in given:
        if name not in names:
            raise InvalidTypeError(
                f"metric {metric!r} has no attribute {brief_repr(name)}; "
                f"declared are: {', '.join(names) or 'none'}"
            )
    return tuple(attribute_text(given.get(name), name, metric) for name in names)


def attribute_text(value: object, name: str, metric: str) -> str:
    """What stands in a series for a value: clean, of bounded length, `""` for `None`."""
    if value is None:
        return ""
    if is_a(value, bool):
        return "true" if value else "false"
    if is_a(value, str):
        return bounded(str.__str__(cast("str", value)))  # of an enumeration: its value
    if is_a(value, (int, float)):
        return bounded(safe_str(value))
    raise InvalidTypeError(
        f"attribute {name!r} of metric {metric!r} must be a text, number or bool, not "
        f"{type(value).__name__}: {brief_repr(value)}"
    )


def bounded(text: str) -> str:
    """A text of at most `LONGEST_VALUE` characters that any encoder takes."""
    if len(text) > LONGEST_VALUE:
        text = f"{text[: LONGEST_VALUE - 3]}..."
    return clean_text(text, LONGEST_VALUE)
