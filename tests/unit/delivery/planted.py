"""Records with a secret in every text, found by looking at the classes themselves."""

from __future__ import annotations

import base64
import itertools
import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from modelmetry.signals import families, records
from modelmetry.signals.records import Signal

SECRET = "PLANTED"

EXEMPT = {
    "FindingRecord.xid",
    "FindingRecord.trace_xid",
    "FindingRecord.span_xid",
    "FindingRecord.source",
    "EventRecord.xid",
    "EventRecord.trace_xid",
    "EventRecord.span_xid",
    "SpanRecord.xid",
    "SpanRecord.trace_xid",
    "SpanRecord.parent_xid",
    "SpanRecord.family",
    "TraceRecord.xid",
    "TraceRecord.session_xid",
    "SessionRecord.xid",
    "ExecutionRecord.xid",
    "ExecutionRecord.status",
    "ExecutionRecord.trace_xid",
    "MetricValueRecord.xid",
    "MetricValueRecord.execution_xid",
    "MetricListRecord.xid",
    "MetricListRecord.execution_xid",
    "TelemetryRunRecord.xid",
    "TelemetryRunRecord.execution_xid",
    "TelemetryRecord.xid",
    "TelemetryRecord.run_xid",
    "TelemetryRecord.kind",
    "MetricIntervalRecord.xid",
    "MetricIntervalRecord.process_xid",
    "SeriesRecord.kind",
    "SeriesRecord.unit",
    "Message.role",
    "DataPart.detail",
    "Money.currency",
}
"""Texts that stay: identities, and words of the contract."""

_numbers = itertools.count(1)


def secret() -> str:
    """A text with a secret in it that no other text has."""
    return f"a {SECRET}{next(_numbers):06} b"


def planted() -> Iterator[Signal]:
    """Records of every type, and a span for each type of what spans carry."""
    for kind in records.RECORDS:
        for variant in range(variants(kind)):
            yield build(kind, variant)


def is_ours(option: Any) -> bool:
    """Whether it is a class with fields."""
    return isinstance(option, type) and issubclass(option, Struct)


def variants(kind: type) -> int:
    """How many instances show every type that a field of `kind` may have."""
    hints = get_type_hints(kind).values()
    return max(len(choices(hint)) for hint in hints)


def choices(hint: Any) -> list[Any]:
    """Our own types among those that a field may have, or the one that can hold a text."""
    if get_origin(hint) not in (Union, types.UnionType):
        return [hint]
    options = [option for option in get_args(hint) if option is not type(None)]
    classes = [option for option in options if is_ours(option)]
    return classes or [str if str in options else options[0]]


def build(kind: type[Struct], variant: int = 0) -> Any:
    """An instance with a secret in every text that is not exempt."""
    hints = get_type_hints(kind)
    members: dict[str, Any] = {}
    for name in kind.__struct_fields__:
        if f"{kind.__name__}.{name}" in EXEMPT:
            members[name] = exempt(kind, name, hints[name])
        else:
            members[name] = value(hints[name], variant)
    if kind is families.DataPart:  # a text, so that there is something to look into
        members.update(mime_type="text/plain", data=base64.b64encode(secret().encode()).decode())
    return kind(**members)


def exempt(kind: type, name: str, hint: Any) -> Any:
    """A value that fits the contract."""
    if name == "role":
        return "assistant"
    if get_origin(hint) is Literal:
        return get_args(hint)[0]
    if kind is families.Money:
        return "EUR"
    return f"{name}-{next(_numbers)}" if hint is str else None


def value(hint: Any, variant: int) -> Any:
    """A value of a type, made of secrets where it can hold a text."""
    options = choices(hint)
    chosen = options[variant % len(options)]
    origin = get_origin(chosen)
    if origin in (list, tuple):
        items = [value(item, 0) for item in choices(get_args(chosen)[0])]
        return items if origin is list else tuple(items)
    if origin is dict or chosen is Any:
        if get_args(chosen)[1:] == (str,):
            return {secret(): secret()}
        return {secret(): secret(), "n": 1, "list": [{secret(): [secret()]}]}
    if origin is Literal:
        return get_args(chosen)[0]
    if is_ours(chosen):
        return build(chosen)
    plain: dict[type, Any] = {str: secret(), int: 7, float: 0.5, bool: True}
    return plain[chosen]
