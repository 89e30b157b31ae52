"""To whom a span tells what there is to say of it, and how records come of that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from modelmetry.signals.families import CompletionData, FamilyData, Message, Said, TextPart
from modelmetry.signals.ids import Number, text
from modelmetry.signals.measurements import Measurement
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

    def facts_of(self, trace_xid: str, span_xid: str | None, prefix: str) -> None:
        """Findings and events that are told from now on belong there.

        Args:
            trace_xid: their trace.
            span_xid: their span; `None` for those of the trace itself.
            prefix: what their identities begin with, where they are told as numbers.
        """
        ...

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

    def event(self, number: Number, name: str, at_ns: int, metadata: dict[str, Any]) -> None:
        """Take an event."""
        ...

    def finding(self, number: Number, name: str, value: FindingValue, at_ns: int) -> None:
        """Take a finding of which nothing more is said."""
        ...

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
        ...

    def measurement(self, measurement: Measurement) -> None:
        """Take what belongs to no trace; it is a record already."""
        ...


class RecordWriter:
    """Makes records."""

    __slots__ = ("_events", "_findings", "_place", "_prefix", "_signals")

    def __init__(self) -> None:
        self._place: tuple[str, str | None] = "", None
        self._prefix = ""
        self._signals: list[Signal] = []
        self._findings: list[FindingRecord] = []
        self._events: list[EventRecord] = []

    @property
    def signals(self) -> Sequence[Signal]:
        """The records of all that was told."""
        return (*self._signals, *self._findings, *self._events)

    def facts_of(self, trace_xid: str, span_xid: str | None, prefix: str) -> None:
        """Findings and events that are told from now on belong there."""
        self._place = trace_xid, span_xid
        self._prefix = prefix

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

    def event(self, number: Number, name: str, at_ns: int, metadata: dict[str, Any]) -> None:
        """Take an event."""
        xid = text(self._prefix, number)
        self._events.append(EventRecord(xid, *self._place, name, at_ns, metadata))

    def finding(self, number: Number, name: str, value: FindingValue, at_ns: int) -> None:
        """Take a finding of which nothing more is said."""
        xid = text(self._prefix, number)
        self._findings.append(FindingRecord(xid, *self._place, name, value, at_ns))

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
        record = FindingRecord(text(self._prefix, number), *self._place, name, value, at_ns)
        record.unit, record.comment, record.description = unit, comment, description
        record.source, record.metadata = source, metadata
        self._findings.append(record)

    def measurement(self, measurement: Measurement) -> None:
        """Take what belongs to no trace."""
        self._signals.append(measurement)


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
    elif isinstance(signal, SessionRecord):
        writer.session(signal.xid, signal.name, signal.metadata)
    else:
        writer.measurement(signal)


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
    writer.facts_of(event.trace_xid, event.span_xid, "")
    writer.event(event.xid, event.name, event.at_ns, event.metadata)


def _tell_finding(finding: FindingRecord, writer: SignalWriter) -> None:
    writer.facts_of(finding.trace_xid, finding.span_xid, "")
    writer.described_finding(
        finding.xid,
        finding.name,
        finding.value,
        finding.at_ns,
        finding.unit,
        finding.comment,
        finding.description,
        finding.source,
        finding.metadata,
    )
