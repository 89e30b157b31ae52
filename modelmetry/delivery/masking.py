"""What must not leave the process is masked: every text of every record, on its way to any sink.

The fields of records are looked up, not listed: a text that is added to a record is masked
unless it is named below as one that stays.
"""

from __future__ import annotations

import base64
import copy
import inspect
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol, TypeVar, cast

from msgspec import Struct
from msgspec.structs import replace

from modelmetry.delivery.edges import ENDINGS, fitted, pieces
from modelmetry.delivery.log import logger
from modelmetry.delivery.patterns import MASKED_KEY, Patterns
from modelmetry.delivery.secret_names import is_secret
from modelmetry.delivery.sink import Batch
from modelmetry.delivery.size import approximate_bytes
from modelmetry.signals import families, measurements, records
from modelmetry.signals.values import clean_text


class PlacedMask(Protocol):
    """A mask that wants to know where a text stands."""

    def __call__(self, text: str, /, *, place: str) -> str:
        """`text` without what must not leave; `place` is such as `message.text`."""
        ...


Mask = Callable[[str], str] | PlacedMask

STAYING: Final[Mapping[type, frozenset[str]]] = {
    # Identities, by which parts find each other, and words of the contract.
    records.FindingRecord: frozenset({"xid", "trace_xid", "span_xid", "source"}),
    records.EventRecord: frozenset({"xid", "trace_xid", "span_xid"}),
    records.SpanRecord: frozenset({"xid", "trace_xid", "parent_xid", "family"}),
    records.TraceRecord: frozenset({"xid", "session_xid"}),
    records.SessionRecord: frozenset({"xid"}),
    measurements.ExecutionRecord: frozenset({"xid", "status", "trace_xid"}),
    measurements.MetricValueRecord: frozenset({"xid", "execution_xid"}),
    measurements.MetricListRecord: frozenset({"xid", "execution_xid"}),
    measurements.TelemetryRunRecord: frozenset({"xid", "execution_xid"}),
    measurements.TelemetryRecord: frozenset({"xid", "run_xid", "kind"}),
    measurements.MetricIntervalRecord: frozenset({"xid", "process_xid"}),
    measurements.SeriesRecord: frozenset({"kind", "unit"}),
    families.Message: frozenset({"role"}),
    families.DataPart: frozenset({"detail"}),
    families.Money: frozenset({"currency"}),
}
"""Texts that are never masked."""

SEVERITIES: Final = frozenset({"unset", "debug", "info", "warning", "error", "critical"})
"""Severities that have a meaning, and stay; others are texts of the application."""

_CALLED: Final[Mapping[type, str]] = {
    families.TextPart: "message",
    families.DataPart: "message",
    families.ToolDefinition: "tool",
    families.UsageValue: "usage",
    families.ToolCall: "tool_call",
    measurements.MetricValueRecord: "metric",
    measurements.MetricListRecord: "metric",
    measurements.TelemetryRunRecord: "telemetry",
    measurements.MetricIntervalRecord: "metric",
    measurements.SeriesRecord: "metric",
}
# Names in there are those of a schema, of tokens or of dimensions, not of values: such as
# `gen_ai.token.type`.
_SCHEMAS: Final = frozenset({"parameters", "response_format", "logit_bias", "attributes"})
_TEXT_TYPES: Final = ("text/", "application/json", "application/xml", "application/yaml")
_TEXT_ENDINGS: Final = ("+json", "+xml", "+yaml", "json", "xml", "yaml")
_SEEN_OR_HEARD: Final = ("image/", "audio/", "video/")
_WITHOUT_TEXT: Final = frozenset({int, float, bool, type(None)})
# More than the guards at the door let in; a value that contains itself has no end.
_DEEPEST: Final = 64

RecordT = TypeVar("RecordT", bound=Struct)
Fields = list[tuple[str, str]]
"""Names of fields, and the place that each of them is."""


class Masking:
    """Takes records and gives them back masked; what it was given stays as it is.

    Args:
        function: the application's own mask, applied after the patterns.
        patterns: what is looked for by its shape.
        limit: characters after which a text is cut. Longer ones are to come with
            `edges.MARGIN` characters more, so that a secret at the cut is seen whole.
    """

    def __init__(self, function: Mask | None, patterns: Patterns | None, limit: int) -> None:
        self._function = cast("Callable[..., object] | None", function)
        self._is_placed = function is not None and _wants_place(function)
        self._patterns = patterns
        self._by_name = patterns is not None and patterns.by_name
        self._limit = limit
        self._fields: dict[type, Fields] = {}
        self._said: set[str] = set()

    def batch(self, batch: Batch) -> Batch:
        """`batch` with masked signals."""
        signals = tuple(map(self.record, batch.signals))
        size = sum(map(approximate_bytes, signals))
        return replace(batch, signals=signals, approximate_bytes=size)

    def record(self, record: RecordT) -> RecordT:
        """`record` with every text in it masked; itself when there is nothing to mask."""
        return cast("RecordT", self._object(record, 0))

    def _object(self, thing: Struct, depth: int) -> Struct:
        kind = type(thing)
        fields = self._fields.get(kind)
        if fields is None:
            fields = self._fields[kind] = _fields_of(kind)
        masked = thing
        for name, place in fields:
            value = getattr(thing, name)
            if type(value) in _WITHOUT_TEXT or (name == "severity" and _is_known_severity(value)):
                continue
            if name == "data" and kind is families.DataPart:
                changed: object = self._data(cast("families.DataPart", thing))
            else:
                by_name = self._by_name and name not in _SCHEMAS
                changed = self._value(value, place, depth + 1, by_name=by_name)
            if changed is not value:
                # Never in place: the application may hold what it recorded.
                masked = copy.copy(thing) if masked is thing else masked
                setattr(masked, name, changed)
        return masked

    def _value(self, value: object, place: str, depth: int, *, by_name: bool) -> object:
        if isinstance(value, str):
            return self._text(value, place)
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if depth > _DEEPEST:
            return _withheld("it is too deep")
        if isinstance(value, dict):
            members = cast("dict[object, object]", value)
            return self._mapping(members, place, depth, by_name=by_name)
        if isinstance(value, (list, tuple)):
            items = cast("Sequence[object]", value)
            return self._list(items, place, depth, by_name=by_name)
        return self._object(value, depth) if isinstance(value, Struct) else _unseen(value)

    def _list(
        self, items: Sequence[object], place: str, depth: int, *, by_name: bool
    ) -> Sequence[object]:
        masked = [self._value(item, place, depth + 1, by_name=by_name) for item in items]
        is_same = all(one is other for one, other in zip(masked, items, strict=True))
        return items if is_same else masked

    def _mapping(
        self, members: dict[object, object], place: str, depth: int, *, by_name: bool
    ) -> dict[object, object]:
        masked: dict[object, object] = {}
        is_same = True
        for key, value in members.items():
            name = self._text(key, place) if isinstance(key, str) else key
            inside = f"{place}.{key}" if self._is_placed else place
            if by_name and isinstance(key, str) and is_secret(key, value):
                changed: object = MASKED_KEY
            else:
                changed = self._value(value, inside, depth + 1, by_name=by_name)
            is_same = is_same and name is key and changed is value
            if name in masked:
                name = _another(name, masked)
            masked[name] = changed
        return members if is_same else masked

    def _data(self, part: families.DataPart) -> str:
        """The base64 of a part, looked into where it is that of a text."""
        place = "message.data"
        try:
            content = base64.b64decode(part.data, validate=True)
        except (ValueError, TypeError):  # not what was said: a text like any other
            return self._text(str(part.data), place)
        if _is_picture_or_sound(part.mime_type):
            return part.data
        try:
            text = content.decode()
        except UnicodeDecodeError:
            if not _is_text(part.mime_type):
                return part.data
            masked, text = _withheld("its text is not UTF-8"), ""
        else:
            masked = self._text(text, place)
        return part.data if masked == text else base64.b64encode(masked.encode()).decode("ascii")

    # Texts.

    def _text(self, text: str, place: str) -> str:
        """`text` masked, then cut; itself when nothing changed."""
        if len(text) <= self._limit and not text.endswith(ENDINGS):  # as most are
            masked = self._masked(text, place)
            return text if masked == text else clean_text(masked, self._limit)
        piece = pieces(text, self._limit)
        masked = self._masked(piece.body, place)
        found = clean_text(fitted(masked, piece, self._limit), self._limit)
        return text if found == text else found

    def _masked(self, text: str, place: str) -> str:
        if self._patterns is not None:
            text = self._patterns(text)
        function = self._function
        if function is None:
            return text
        try:
            masked = function(text, place=place) if self._is_placed else function(text)
        except BaseException as error:
            # As with callbacks: nobody ends us, but for the end of the main thread and Ctrl-C.
            if not isinstance(error, Exception) and _is_main():
                raise
            return self._refused(f"the mask raised {type(error).__name__}")
        if isinstance(masked, str):
            return masked if type(masked) is str else str.__str__(masked)
        return self._refused(f"the mask gave {type(masked).__name__}")

    def _refused(self, why: str) -> str:
        # Never the message of the exception nor its stack, which may hold what was to be masked.
        if why not in self._said:
            self._said.add(why)
            logger.warning("%s; what it was given is withheld, from now on without a word", why)
        return _withheld(why)


def _withheld(why: str) -> str:
    return f"<withheld: {why}>"


def _unseen(value: object) -> str:
    return _withheld(f"the mask cannot look into {type(value).__name__}")


def _fields_of(kind: type[Struct]) -> Fields:
    staying = STAYING.get(kind, frozenset())
    called = _CALLED.get(kind, kind.__name__.removesuffix("Record").removesuffix("Data").lower())
    return [(name, f"{called}.{name}") for name in kind.__struct_fields__ if name not in staying]


def _wants_place(function: Mask) -> bool:
    try:
        return "place" in inspect.signature(function).parameters
    except (TypeError, ValueError):  # some functions in C say nothing of themselves
        return False


def _another(name: object, taken: Mapping[object, object]) -> str:
    """A name like `name` that is free: two members may be masked to the same."""
    number = 2
    while f"{name} {number}" in taken:
        number += 1
    return f"{name} {number}"


def _is_known_severity(value: object) -> bool:
    return isinstance(value, str) and value.lower() in SEVERITIES


def _is_text(mime_type: object) -> bool:
    kind = str(mime_type).partition(";")[0].strip().lower()
    return kind.startswith(_TEXT_TYPES) or kind.endswith(_TEXT_ENDINGS)


def _is_picture_or_sound(mime_type: object) -> bool:
    return str(mime_type).lower().startswith(_SEEN_OR_HEARD) and not _is_text(mime_type)


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()
