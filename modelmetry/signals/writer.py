"""To whom a span tells what there is to say of it, and how records come of that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from modelmetry.signals.families import CompletionData, FamilyData, Message, Said, TextPart
from modelmetry.signals.records import (
    EventRecord,
    Family,
    FindingRecord,
    FindingValue,
    SessionRecord,
    Signal,
    Source,
    SpanRecord,
    TraceRecord,
)


class SignalWriter(Protocol):
    """Takes signals apart from any class: what is told may become a record, or text at once.

    Findings and events are told before the span or trace that carries them; those after which
    no span or trace is told travel on their own. Arguments mean what the records say of them.
    """

    def session(self, xid: str, name: str | None, metadata: dict[str, Any]) -> None:
        """Take a session."""
        ...

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
        ...

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
        """Take a span; `said` are the messages of a completion, whose `data` has none."""
        ...

    def event(
        self,
        xid: str,
        trace_xid: str,
        span_xid: str | None,
        name: str,
        at_ns: int,
        metadata: dict[str, Any],
    ) -> None:
        """Take an event."""
        ...

    def finding(
        self,
        xid: str,
        trace_xid: str,
        span_xid: str | None,
        name: str,
        value: FindingValue,
        at_ns: int,
        unit: str | None = None,
        comment: str | None = None,
        description: str | None = None,
        source: Source = "sdk",
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Take a finding."""
        ...


class RecordWriter:
    """Makes records."""

    __slots__ = ("_events", "_findings", "_signals")

    def __init__(self) -> None:
        self._signals: list[Signal] = []
        self._findings: list[FindingRecord] = []
        self._events: list[EventRecord] = []

    @property
    def signals(self) -> Sequence[Signal]:
        """The records of all that was told."""
        return (*self._signals, *self._findings, *self._events)

    def session(self, xid: str, name: str | None, metadata: dict[str, Any]) -> None:
        """Take a session."""
        self._signals.append(SessionRecord(xid, name, metadata))

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
        """Take a trace, which carries the facts that were told before it."""
        facts = self._findings, self._events
        self._findings, self._events = [], []
        self._signals.append(
            TraceRecord(
                xid,
                name,
                start_ns,
                end_ns,
                session_xid,
                metadata,
                severity,
                message,
                *facts,
                descendants,
                weight,
            )
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
        """Take a span, which carries the facts that were told before it."""
        if isinstance(data, CompletionData):
            data.messages = [_message(one) for one in said]
        facts = self._findings, self._events
        self._findings, self._events = [], []
        self._signals.append(
            SpanRecord(
                xid,
                trace_xid,
                parent_xid,
                name,
                family,
                start_ns,
                end_ns,
                severity,
                message,
                metadata,
                data,
                *facts,
                descendants,
            )
        )

    def event(
        self,
        xid: str,
        trace_xid: str,
        span_xid: str | None,
        name: str,
        at_ns: int,
        metadata: dict[str, Any],
    ) -> None:
        """Take an event."""
        self._events.append(EventRecord(xid, trace_xid, span_xid, name, at_ns, metadata))

    def finding(
        self,
        xid: str,
        trace_xid: str,
        span_xid: str | None,
        name: str,
        value: FindingValue,
        at_ns: int,
        unit: str | None = None,
        comment: str | None = None,
        description: str | None = None,
        source: Source = "sdk",
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Take a finding."""
        described = unit, comment, description, source, metadata
        self._findings.append(
            FindingRecord(xid, trace_xid, span_xid, name, value, at_ns, *described)
        )


def _message(said: Message | Said) -> Message:
    return said if isinstance(said, Message) else Message(said[0], [TextPart(said[1])])


def tell(signal: Signal, writer: SignalWriter) -> None:
    """Tell `writer` all that a record says."""
    if isinstance(signal, SpanRecord | TraceRecord):
        for finding in signal.findings:
            _tell_finding(finding, writer)
        for event in signal.events:
            _tell_event(event, writer)
        if isinstance(signal, SpanRecord):
            _tell_span(signal, writer)
        else:
            _tell_trace(signal, writer)
    elif isinstance(signal, FindingRecord):
        _tell_finding(signal, writer)
    elif isinstance(signal, EventRecord):
        _tell_event(signal, writer)
    else:
        writer.session(signal.xid, signal.name, signal.metadata)


def _tell_trace(trace: TraceRecord, writer: SignalWriter) -> None:
    writer.trace(
        trace.xid,
        trace.name,
        trace.start_ns,
        trace.end_ns,
        trace.session_xid,
        trace.metadata,
        trace.severity,
        trace.message,
        trace.descendants,
        trace.weight,
    )


def _tell_span(span: SpanRecord, writer: SignalWriter) -> None:
    data, said = span.data, list[Message]()
    if isinstance(data, CompletionData):
        data, said = data.copy(), data.messages
        data.messages = []
    writer.span(
        span.xid,
        span.trace_xid,
        span.parent_xid,
        span.name,
        span.family,
        span.start_ns,
        span.end_ns,
        span.severity,
        span.message,
        span.metadata,
        span.descendants,
        data,
        said,
    )


def _tell_event(event: EventRecord, writer: SignalWriter) -> None:
    writer.event(
        event.xid, event.trace_xid, event.span_xid, event.name, event.at_ns, event.metadata
    )


def _tell_finding(finding: FindingRecord, writer: SignalWriter) -> None:
    writer.finding(
        finding.xid,
        finding.trace_xid,
        finding.span_xid,
        finding.name,
        finding.value,
        finding.at_ns,
        finding.unit,
        finding.comment,
        finding.description,
        finding.source,
        finding.metadata,
    )
