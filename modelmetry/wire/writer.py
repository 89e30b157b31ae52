"""Signals as the JSON of an ingest request, written as they are told.

The published API refuses members that it does not know. So `Unit` of a finding, `Severity`,
`Message` and `Weight` of a trace, and usage beyond input, output and total are written only when
they are used.

Text is put together by hand, because this is where most of the time of recording goes: a
mapping for each signal, encoded afterwards, takes twice as long and gives the garbage collector
much to look at. The tests hold each member against the contract.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from operator import attrgetter
from typing import Any, Final

import msgspec
from modelmetry_api.types import encode_json

from modelmetry.delivery.sink import Written
from modelmetry.signals.families import (
    CompletionData,
    EmbeddingsData,
    FamilyData,
    Message,
    Options,
    RetrievalData,
    Said,
)
from modelmetry.signals.ids import Number
from modelmetry.signals.measurements import Measurement
from modelmetry.signals.records import UNSAID, Family, FindingValue, Source
from modelmetry.wire.families import (
    OPTIONS,
    cost_model,
    document_model,
    embeddings_model,
    message_model,
    options_model,
    retrieval_model,
    usage_model,
)
from modelmetry.wire.measurements import KINDS_OF, measurement_text
from modelmetry.wire.plain import UNENCODABLE, encode_plainly
from modelmetry.wire.times import moment

# Names come again and again. An application has a few hundred, unless it makes them up.
_MOST_NAMES: Final = 2_000
_LONGEST_NAME: Final = 200


_options_of: Final = attrgetter(*OPTIONS)


_encode: Final = msgspec.json.Encoder().encode
_NOT_MEASURED: Final = ("",) * len(KINDS_OF)


def quoted(text: str) -> str:
    """A text as JSON; half of a surrogate pair, which JSON cannot hold, is replaced."""
    try:
        return _encode(text).decode()
    except UnicodeEncodeError:
        whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return _encode(whole).decode()


class _Names(dict[str, str]):
    def __missing__(self, name: str) -> str:
        if len(name) > _LONGEST_NAME:
            return quoted(name)
        if len(self) >= _MOST_NAMES:
            self.clear()
        written = self[name] = quoted(name)
        return written


_names: Final = _Names()


def json_of(value: object) -> str:
    """The JSON of plain values or a model; what JSON cannot hold is replaced, and marked."""
    try:
        return encode_json(value).decode()
    except UNENCODABLE:
        return encode_plainly(value).decode()


class JsonWriter:
    """Writes each signal as JSON, into a text for each of `KINDS`."""

    __slots__ = (
        "_events",
        "_findings",
        "_measured",
        "_place",
        "_prefix",
        "_prefix_of",
        "_sessions",
        "_span",
        "_span_xid",
        "_spans",
        "_trace",
        "_trace_xid",
        "_traces",
    )

    def __init__(self) -> None:
        self._sessions: list[str] = []
        self._traces: list[str] = []
        self._spans: list[str] = []
        self._events: list[str] = []
        self._findings: list[str] = []
        self._measured: dict[str, list[str]] = {}
        # Where facts belong, and its JSON: mostly their span is told next.
        self._trace_xid: str | None = None
        self._span_xid: str | None = None
        self._prefix_of: str | None = None
        self._trace = self._span = self._place = self._prefix = ""

    def take(self) -> Written:
        """What was written since this was called last: the JSON of each kind, joined by commas."""
        lists = self._sessions, self._traces, self._spans, self._events, self._findings
        texts = tuple([",".join(one) if one else "" for one in lists])
        written = Written(texts + _NOT_MEASURED, sum(map(len, lists)))
        if self._measured:
            _add_measured(written, self._measured)
        # At once, where nothing can come in between: what is not given away is still here.
        self._sessions, self._traces, self._spans, self._events, self._findings, self._measured = (
            [], [], [], [], [], {},
        )  # fmt: skip
        return written

    def measurement(self, measurement: Measurement) -> None:
        """Take what belongs to no trace."""
        kind = KINDS_OF[type(measurement)]
        self._measured.setdefault(kind, []).append(measurement_text(measurement))

    def session(self, xid: str, name: str | None, metadata: dict[str, Any]) -> None:
        """Take a session."""
        named = "" if name is None else f',"Name":{quoted(name)}'
        self._sessions.append(f'{{"XID":{quoted(xid)}{named}{_metadata(metadata)}}}')

    def trace(
        self,
        xid: str,
        name: str,
        start_ns: int,
        end_ns: int | None,
        session_xid: str | None,
        metadata: dict[str, Any],
        severity: str | None,
        message: str | None,
        descendants: int | None,
        weight: float = 1.0,
    ) -> None:
        """Take a trace."""
        end = "" if end_ns is None else f',"End":"{moment(end_ns)}"'
        session = "" if session_xid is None else f',"SessionID":{quoted(session_xid)}'
        more = "" if descendants is None else f',"Descendants":{descendants}'
        if weight != 1:
            more += f',"Weight":{weight!r}'
        if severity is not None or message is not None:
            more += _failure(severity, message)
        self._traces.append(
            f'{{"XID":{quoted(xid)},"Name":{_names[name]},"Start":"{moment(start_ns)}"{end}'
            f"{session}{more}{_metadata(metadata)}}}"
        )

    def span(
        self,
        xid: str,
        trace_xid: str,
        parent_xid: str | None,
        name: str,
        family: Family,
        start_ns: int,
        end_ns: int | None,
        severity: str | None,
        message: str | None,
        metadata: dict[str, Any],
        descendants: int | None,
        data: FamilyData | None,
        said: Sequence[Message | Said],
    ) -> None:
        """Take a span."""
        # The one member that is required and may be null: null says that the span is open.
        end = "null" if end_ns is None else f'"{moment(end_ns)}"'
        parent = "" if parent_xid is None else f',"ParentID":{quoted(parent_xid)}'
        more = "" if descendants is None else f',"Descendants":{descendants}'
        if severity is not None or message is not None:
            more += _failure(severity, message)
        done = "" if data is None else f',"FamilyData":{_family_data(data, said)}'
        own = self._span if xid is self._span_xid else quoted(xid)
        trace = self._trace if trace_xid is self._trace_xid else quoted(trace_xid)
        self._spans.append(
            f'{{"XID":{own},"TraceID":{trace},"Name":{_names[name]}'
            f',"Family":"{family}","Start":"{moment(start_ns)}","End":{end}{parent}{done}'
            f"{more}{_metadata(metadata)}}}"
        )

    def facts_of(self, trace_xid: str, span_xid: str | None, prefix: str) -> None:
        """Findings and events that are told from now on belong there."""
        if trace_xid is not self._trace_xid:
            self._trace_xid, self._trace = trace_xid, quoted(trace_xid)
        if span_xid is not self._span_xid:
            self._span_xid, self._span = span_xid, "" if span_xid is None else quoted(span_xid)
        span = f',"SpanID":{self._span}' if self._span else ""
        self._place = f'"TraceID":{self._trace}{span},"Name":'
        if prefix is not self._prefix_of:
            self._prefix_of, self._prefix = prefix, quoted(prefix)[1:-1]

    def event(self, number: Number, name: str, at_ns: int, metadata: dict[str, Any]) -> None:
        """Take an event."""
        xid = f'"{self._prefix}{number:x}"' if type(number) is int else quoted(str(number))
        self._events.append(
            f'{{"XID":{xid},{self._place}{_names[name]}'
            f',"At":"{moment(at_ns)}"{_metadata(metadata)}}}'
        )

    def finding(self, number: Number, name: str, value: FindingValue, at_ns: int) -> None:
        """Take a finding of which nothing more is said."""
        xid = f'"{self._prefix}{number:x}"' if type(number) is int else quoted(str(number))
        self._findings.append(
            f'{{"XID":{xid},{self._place}{_names[name]}'
            f',"Value":{_value(value)},"At":"{moment(at_ns)}","Source":"sdk"}}'
        )

    def described_finding(
        self,
        number: Number,
        name: str,
        value: FindingValue,
        at_ns: int,
        unit: str | None,
        comment: str | None,
        description: str | None,
        source: Source,
        metadata: dict[str, Any] | None,
    ) -> None:
        """Take a finding."""
        xid = f'"{self._prefix}{number:x}"' if type(number) is int else quoted(str(number))
        more = _described(unit, comment, description, metadata)
        self._findings.append(
            f'{{"XID":{xid},{self._place}{_names[name]}'
            f',"Value":{_value(value)},"At":"{moment(at_ns)}","Source":"{source}"{more}}}'
        )


def _add_measured(written: Written, measured: Mapping[str, Sequence[str]]) -> None:
    lists = [measured.get(kind, ()) for kind in KINDS_OF.values()]
    written.texts = written.texts[: -len(_NOT_MEASURED)] + tuple(map(",".join, lists))
    written.signal_count += sum(map(len, lists))


def _value(value: FindingValue) -> str:
    kind = type(value)
    if kind is float and isfinite(value):  # type: ignore[arg-type]
        return _encode(value).decode()  # in half the time of `repr`
    if kind is bool:
        return "true" if value else "false"
    return repr(value) if kind is int else quoted(str(value))


def _metadata(metadata: dict[str, Any]) -> str:
    if metadata is UNSAID:
        return ""
    try:
        return f',"Metadata":{_encode(metadata).decode()}'
    except UNENCODABLE:
        return f',"Metadata":{json_of(metadata)}'


def _failure(severity: str | None, message: str | None) -> str:
    written = "" if severity is None else f',"Severity":{quoted(severity)}'
    return written if message is None else f'{written},"Message":{quoted(message)}'


def _described(
    unit: str | None, comment: str | None, description: str | None, metadata: dict[str, Any] | None
) -> str:
    texts = {"Unit": unit, "Comment": comment, "Description": description}
    written = [f',"{name}":{quoted(text)}' for name, text in texts.items() if text is not None]
    if metadata is not None:
        written.append(f',"Metadata":{json_of(metadata)}')
    return "".join(written)


def _family_data(data: FamilyData, said: Sequence[Message | Said]) -> str:
    if isinstance(data, RetrievalData):
        return json_of(retrieval_model(data))
    if isinstance(data, EmbeddingsData):
        return json_of(embeddings_model(data))
    messages = ",".join([_message(one) for one in said])
    options = "" if data.options is None else f',"Options":{_options(data.options)}'
    return f'{{"Messages":[{messages}]{options}{_used(data)}}}'


def _options(options: Options) -> str:
    given = len(OPTIONS) - _options_of(options).count(None)
    if given != (options.model is not None) + (options.provider is not None):
        return json_of(options_model(options))
    model = "" if options.model is None else f'"Model":{_names[options.model]}'
    provider = "" if options.provider is None else f'"Provider":{_names[options.provider]}'
    return f"{{{model}{',' if given > 1 else ''}{provider}}}"


def _used(data: CompletionData) -> str:
    used = "" if data.usage is None else f',"Usage":{json_of(usage_model(data.usage))}'
    if data.cost is not None:
        used += f',"Cost":{json_of(cost_model(data.cost))}'
    if data.documents:
        used += f',"Documents":{json_of([document_model(one) for one in data.documents])}'
    return used


def _message(said: Message | Said) -> str:
    if isinstance(said, tuple):
        return f'{{"Role":"{said[0]}","Contents":[{{"Text":{quoted(said[1])}}}]}}'
    return json_of(message_model(said))
