"""About how many bytes of JSON a signal will make, without encoding it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from msgspec import Struct

from modelmetry.signals.families import CompletionData, FamilyData, Options, TextPart
from modelmetry.signals.measurements import Measurement, MetricListRecord
from modelmetry.signals.records import (
    EventRecord,
    FindingRecord,
    SessionRecord,
    Signal,
    SpanRecord,
    TraceRecord,
)

# Member names, identities and times, measured on encoded signals.
_SESSION = 90
_TRACE = 240
_SPAN = 330
_EVENT = 250
_FINDING = 270
_MEASUREMENT = 40
_LISTED = 20

_MESSAGE = 45
_PART = 30

# Usage and cost, all of it.
_NUMBERS = 300
_OPTIONS = Options.__struct_fields__

_SCALAR = 12
_QUOTES = 4
# Beyond this many values the rest is taken as scalars: an estimate must stay cheap, and must
# end even for a value that contains itself.
_MOST_VALUES = 20_000


def approximate_bytes(signal: Signal) -> int:
    """About how many bytes of JSON `signal` and all that it carries will make."""
    if isinstance(signal, SpanRecord):
        size = _SPAN + _described(signal)
        return size if signal.data is None else size + _data(signal.data)
    if isinstance(signal, TraceRecord):
        return _TRACE + _described(signal)
    if isinstance(signal, FindingRecord):
        return _finding(signal)
    if isinstance(signal, EventRecord):
        return _event(signal)
    return _session(signal) if isinstance(signal, SessionRecord) else _measurement(signal)


def _described(signal: SpanRecord | TraceRecord) -> int:
    size = len(signal.name) + _metadata(signal.metadata)
    if signal.message is not None:
        size += _text(signal.message)
    # Written out, because most of what is ever recorded comes by here.
    for finding in signal.findings:
        if type(finding.value) is str or finding.comment or finding.description or finding.metadata:
            size += _finding(finding)
        else:
            size += _FINDING + len(finding.name)
    for event in signal.events:
        size += _EVENT + len(event.name) + _metadata(event.metadata)
    return size


def _measurement(measurement: Measurement) -> int:
    if isinstance(measurement, MetricListRecord):
        return 2 * _MEASUREMENT + _text(measurement.name) + _LISTED * len(measurement.values)
    said = (getattr(measurement, name) for name in measurement.__struct_fields__)
    return _MEASUREMENT + sum(_SCALAR + _value(value) for value in said if value is not None)


def _session(session: SessionRecord) -> int:
    return _SESSION + _text(session.name) + _metadata(session.metadata)


def _event(event: EventRecord) -> int:
    return _EVENT + _text(event.name) + _metadata(event.metadata)


def _finding(finding: FindingRecord) -> int:
    size = _FINDING + _text(finding.name)
    if isinstance(finding.value, str):
        size += _text(finding.value)
    if finding.comment or finding.description or finding.unit:
        size += _text(finding.comment) + _text(finding.description) + _text(finding.unit)
    return size + _metadata(finding.metadata) if finding.metadata else size


def _text(text: str | None) -> int:
    if text is None:
        return 0
    # `isascii` reads a flag; other text takes up to three bytes for a character.
    return len(text) if text.isascii() else 3 * len(text)


def _metadata(metadata: dict[str, object]) -> int:
    """Like `_value`, the common case first: few members, all scalars."""
    size = 2 * _SCALAR * len(metadata)
    for value in metadata.values():
        if type(value) is str:
            size += len(value) if value.isascii() else 3 * len(value)
        elif type(value) in (dict, list):
            size += _value(value)
    return size


def _data(data: FamilyData) -> int:
    if type(data) is not CompletionData:
        return _value(data)
    size = 0
    for message in data.messages:
        size += _MESSAGE
        for part in message.contents:
            size += _PART + (_text(part.text) if type(part) is TextPart else _value(part))
        if message.tool_calls:
            size += _value(message.tool_calls)
    if data.options is not None:
        size += _options(data.options)
    if data.usage is not None or data.cost is not None:
        size += _NUMBERS
    return size + _value(data.documents) if data.documents else size


def _options(options: Options) -> int:
    size = 0
    for name in _OPTIONS:
        value = getattr(options, name)
        if value is not None:
            size += _SCALAR + len(name) + (_text(value) if type(value) is str else _value(value))
    return size


def _value(value: object) -> int:
    size = 0
    waiting = [value]
    for _ in range(_MOST_VALUES):
        if not waiting:
            return size
        item = waiting.pop()
        if isinstance(item, str):
            size += _QUOTES + _text(item)
        else:
            size += _SCALAR
            waiting.extend(_inside(item))
    return size + _SCALAR * len(waiting)


def _inside(item: object) -> Iterable[object]:
    if isinstance(item, dict):
        members = cast("dict[object, object]", item)
        return [*members.keys(), *members.values()]
    if isinstance(item, (list, tuple)):
        return cast("list[object]", item)
    if isinstance(item, Struct):
        return [getattr(item, name) for name in item.__struct_fields__]
    return ()
