"""A batch as the body of one ingest request.

The published API refuses members that it does not know. So `Unit` of a finding, `Severity` and
`Message` of a trace, and usage beyond input, output and total are sent only when they are used.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from modelmetry_api.models import (
    CreateEventParams,
    CreateFindingParams,
    CreateSessionParams,
    CreateSpanParams,
    CreateTraceParams,
    IngestSignalsV1RequestBody,
)
from modelmetry_api.types import UNSET, Unset, encode_json

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
from modelmetry.wire.families import family_model, given
from modelmetry.wire.plain import encode_plainly, plain
from modelmetry.wire.times import moment

# What an encoder raises for a value that JSON cannot hold.
_UNENCODABLE = (UnicodeEncodeError, TypeError, ValueError, RecursionError)


def to_body(batch: Batch) -> IngestSignalsV1RequestBody:
    """The contract's model of `batch`; what spans and traces carry is listed on its own."""
    return _Lists(batch.signals).body()


def encode(batch: Batch) -> bytes:
    """The JSON of `batch`; a value that JSON cannot hold is replaced, never a reason to fail."""
    body = to_body(batch)
    try:
        return encode_json(body)
    except _UNENCODABLE:
        return encode_plainly(body)


def to_document(batch: Batch) -> dict[str, Any]:
    """`batch` as dicts, lists and scalars under the contract's names; times stay datetimes."""
    body = to_body(batch)
    try:
        document: dict[str, Any] = msgspec.to_builtins(body, builtin_types=(datetime,))
    except _UNENCODABLE:
        document = plain(body)
    return document


class _Lists:
    """Sorts signals into the lists of a body."""

    def __init__(self, signals: Iterable[Signal]) -> None:
        self._sessions: list[CreateSessionParams] = []
        self._traces: list[CreateTraceParams] = []
        self._spans: list[CreateSpanParams] = []
        self._events: list[CreateEventParams] = []
        self._findings: list[CreateFindingParams] = []
        for signal in signals:
            self._add(signal)

    def body(self) -> IngestSignalsV1RequestBody:
        return IngestSignalsV1RequestBody(
            sessions=self._sessions or UNSET,
            traces=self._traces or UNSET,
            spans=self._spans or UNSET,
            events=self._events or UNSET,
            findings=self._findings or UNSET,
        )

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


def _session(session: SessionRecord) -> CreateSessionParams:
    return CreateSessionParams(
        xid=session.xid, name=given(session.name), metadata=_metadata(session.metadata)
    )


def _trace(trace: TraceRecord) -> CreateTraceParams:
    return CreateTraceParams(
        xid=trace.xid,
        name=trace.name,
        session_id=given(trace.session_xid),
        start=moment(trace.start_ns),
        end=UNSET if trace.end_ns is None else moment(trace.end_ns),
        severity=given(trace.severity),
        message=given(trace.message),
        metadata=_metadata(trace.metadata),
    )


def _span(span: SpanRecord) -> CreateSpanParams:
    return CreateSpanParams(
        xid=span.xid,
        trace_id=span.trace_xid,
        parent_id=given(span.parent_xid),
        name=span.name,
        family=span.family,
        family_data=UNSET if span.data is None else family_model(span.data),
        start=moment(span.start_ns),
        # The one member that is required and may be null: null says that the span is open.
        end=None if span.end_ns is None else moment(span.end_ns),
        severity=given(span.severity),
        message=given(span.message),
        metadata=_metadata(span.metadata),
    )


def _metadata(metadata: dict[str, Any]) -> dict[str, Any] | Unset:
    return UNSET if metadata is UNSAID else metadata


# Findings and events are most of every batch: spelt out, which takes half the time of `given`.


def _event(event: EventRecord) -> CreateEventParams:
    return CreateEventParams(
        xid=event.xid,
        trace_id=event.trace_xid,
        span_id=UNSET if event.span_xid is None else event.span_xid,
        name=event.name,
        at=moment(event.at_ns),
        metadata=UNSET if event.metadata is UNSAID else event.metadata,
    )


def _finding(finding: FindingRecord) -> CreateFindingParams:
    return CreateFindingParams(
        xid=finding.xid,
        trace_id=finding.trace_xid,
        span_id=UNSET if finding.span_xid is None else finding.span_xid,
        name=finding.name,
        value=finding.value,
        unit=UNSET if finding.unit is None else finding.unit,
        at=moment(finding.at_ns),
        source=finding.source,
        comment=UNSET if finding.comment is None else finding.comment,
        description=UNSET if finding.description is None else finding.description,
        metadata=UNSET if finding.metadata is None else finding.metadata,
    )
