"""A batch as the body of one ingest request.

The published API refuses members that it does not know. So `Unit` of a finding, `Severity`,
`Message` and `Weight` of a trace, and usage beyond input, output and total are sent only when
they are used.

Signals become mappings, which type checkers hold against the contract. Only what a span carries,
which has many shapes, is a model.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from modelmetry_api.models.documents import (
    CreateEventParamsDocument,
    CreateFindingParamsDocument,
    CreateSessionParamsDocument,
    CreateSpanParamsDocument,
    CreateTraceParamsDocument,
)
from modelmetry_api.types import encode_json

from modelmetry.delivery.packed import KINDS, Packed
from modelmetry.delivery.sink import Batch
from modelmetry.signals.records import (
    UNSAID,
    EventRecord,
    FindingRecord,
    SessionRecord,
    Signal,
    SpanRecord,
    TraceRecord,
)
from modelmetry.wire.families import family_model
from modelmetry.wire.plain import encode_plainly, plain
from modelmetry.wire.times import moment

# What an encoder raises for a value that JSON cannot hold.
_UNENCODABLE = (UnicodeEncodeError, TypeError, ValueError, RecursionError)


def encode(batch: Batch) -> bytes:
    """The JSON of `batch`; a value that JSON cannot hold is replaced, never a reason to fail."""
    body = _Lists(batch.signals).body()
    try:
        return encode_json(body)
    except _UNENCODABLE:
        return encode_plainly(body)


def pack(batch: Batch) -> Packed:
    """The signals of `batch` as they travel, so that they can be joined, split and kept."""
    lists = _Lists(batch.signals).body()
    packed = tuple(_joined(lists.get(kind, [])) for kind in KINDS)
    return Packed(packed, batch.signal_count)


def _joined(items: list[Any]) -> bytes:
    try:
        return encode_json(items)[1:-1]
    except _UNENCODABLE:
        return encode_plainly(items)[1:-1]


def to_document(batch: Batch) -> dict[str, Any]:
    """`batch` as dicts, lists and scalars under the contract's names; times stay datetimes."""
    body = _Lists(batch.signals).body()
    try:
        document: dict[str, Any] = msgspec.to_builtins(body, builtin_types=(datetime,))
    except _UNENCODABLE:
        document = plain(body)
    return document


class _Lists:
    """Sorts signals into the lists of a body."""

    def __init__(self, signals: Iterable[Signal]) -> None:
        self._sessions: list[CreateSessionParamsDocument] = []
        self._traces: list[CreateTraceParamsDocument] = []
        self._spans: list[CreateSpanParamsDocument] = []
        self._events: list[CreateEventParamsDocument] = []
        self._findings: list[CreateFindingParamsDocument] = []
        for signal in signals:
            self._add(signal)

    def body(self) -> dict[str, Any]:
        lists = {
            "Sessions": self._sessions,
            "Traces": self._traces,
            "Spans": self._spans,
            "Events": self._events,
            "Findings": self._findings,
        }
        return {name: items for name, items in lists.items() if items}

    def _add(self, signal: Signal) -> None:
        if isinstance(signal, SpanRecord):
            self._spans.append(_span(signal))
            self._add_carried(signal)
        elif isinstance(signal, TraceRecord):
            self._traces.append(_trace(signal))
            self._add_carried(signal)
        elif isinstance(signal, FindingRecord):
            self._findings.append(_finding(signal))
        elif isinstance(signal, EventRecord):
            self._events.append(_event(signal))
        else:
            self._sessions.append(_session(signal))

    def _add_carried(self, signal: SpanRecord | TraceRecord) -> None:
        self._findings.extend(map(_finding, signal.findings))
        self._events.extend(map(_event, signal.events))


def _session(session: SessionRecord) -> CreateSessionParamsDocument:
    made: CreateSessionParamsDocument = {"XID": session.xid}
    if session.name is not None:
        made["Name"] = session.name
    if session.metadata is not UNSAID:
        made["Metadata"] = session.metadata
    return made


def _trace(trace: TraceRecord) -> CreateTraceParamsDocument:
    made: CreateTraceParamsDocument = {
        "XID": trace.xid,
        "Name": trace.name,
        "Start": moment(trace.start_ns),
    }
    if trace.end_ns is not None:
        made["End"] = moment(trace.end_ns)
    if trace.session_xid is not None:
        made["SessionID"] = trace.session_xid
    if trace.severity is not None:
        made["Severity"] = trace.severity
    if trace.message is not None:
        made["Message"] = trace.message
    if trace.metadata is not UNSAID:
        made["Metadata"] = trace.metadata
    if trace.weight != 1:
        made["Weight"] = trace.weight
    return made


def _span(span: SpanRecord) -> CreateSpanParamsDocument:
    made: CreateSpanParamsDocument = {
        "XID": span.xid,
        "TraceID": span.trace_xid,
        "Name": span.name,
        "Family": span.family,
        "Start": moment(span.start_ns),
        # The one member that is required and may be null: null says that the span is open.
        "End": None if span.end_ns is None else moment(span.end_ns),
    }
    if span.parent_xid is not None:
        made["ParentID"] = span.parent_xid
    if span.data is not None:
        made["FamilyData"] = family_model(span.data)
    if span.severity is not None:
        made["Severity"] = span.severity
    if span.message is not None:
        made["Message"] = span.message
    if span.metadata is not UNSAID:
        made["Metadata"] = span.metadata
    return made


def _event(event: EventRecord) -> CreateEventParamsDocument:
    made: CreateEventParamsDocument = {
        "XID": event.xid,
        "TraceID": event.trace_xid,
        "Name": event.name,
        "At": moment(event.at_ns),
    }
    if event.span_xid is not None:
        made["SpanID"] = event.span_xid
    if event.metadata is not UNSAID:
        made["Metadata"] = event.metadata
    return made


def _finding(finding: FindingRecord) -> CreateFindingParamsDocument:
    made: CreateFindingParamsDocument = {
        "XID": finding.xid,
        "TraceID": finding.trace_xid,
        "Name": finding.name,
        "Value": finding.value,
        "At": moment(finding.at_ns),
        "Source": finding.source,
    }
    if finding.span_xid is not None:
        made["SpanID"] = finding.span_xid
    if finding.unit is not None:
        made["Unit"] = finding.unit
    if finding.comment is not None:
        made["Comment"] = finding.comment
    if finding.description is not None:
        made["Description"] = finding.description
    if finding.metadata is not None:
        made["Metadata"] = finding.metadata
    return made
