"""What travels: sessions, traces, spans, events and findings, as recorded, and measurements.

Times are integer nanoseconds since the epoch, UTC. A finished span or trace carries its own
findings and events; a finding or an event that comes later travels on its own.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from msgspec import Struct

from modelmetry.signals.families import FamilyData
from modelmetry.signals.measurements import MEASUREMENTS, Measurement

UNSAID: Final[dict[str, Any]] = {}
"""Metadata of which nothing was said, told by identity; empty metadata replaces what was known."""

FindingValue = bool | int | float | str
Source = Literal["sdk", "annotation", "evaluator"]
Family = Literal["completion", "retrieval", "embeddings", "other"]


class FindingRecord(Struct):
    """A named value found out about a span, or about a trace when `span_xid` is `None`."""

    xid: str
    trace_xid: str
    span_xid: str | None
    name: str
    value: FindingValue
    at_ns: int
    unit: str | None = None
    comment: str | None = None
    description: str | None = None
    source: Source = "sdk"
    metadata: dict[str, Any] | None = None


class EventRecord(Struct):
    """Something that happened in a span, or in a trace when `span_xid` is `None`."""

    xid: str
    trace_xid: str
    span_xid: str | None
    name: str
    at_ns: int
    metadata: dict[str, Any]


class SpanRecord(Struct):
    """A piece of work inside a trace; `data` belongs to `family` and is `None` for `other`."""

    xid: str
    trace_xid: str
    parent_xid: str | None
    name: str
    family: Family
    start_ns: int
    end_ns: int | None
    severity: str | None
    message: str | None
    metadata: dict[str, Any]
    data: FamilyData | None
    findings: list[FindingRecord]
    events: list[EventRecord]
    descendants: int | None = None


class TraceRecord(Struct):
    """One run of a piece of an application, the root of a tree of spans.

    `descendants`: how many spans this process began in it, once it has ended; spans right below
    one of another process count likewise, other spans have none.
    """

    xid: str
    name: str
    start_ns: int
    end_ns: int | None
    session_xid: str | None
    metadata: dict[str, Any]
    severity: str | None
    message: str | None
    findings: list[FindingRecord]
    events: list[EventRecord]
    descendants: int | None = None
    # How many traces it stands for, where only a sample of them travels.
    weight: float = 1.0


class SessionRecord(Struct):
    """Traces that belong together, for example one conversation."""

    xid: str
    name: str | None = None
    metadata: dict[str, Any] = UNSAID


Signal = SessionRecord | TraceRecord | SpanRecord | FindingRecord | EventRecord | Measurement
RECORDS: Final = (
    SpanRecord,
    TraceRecord,
    FindingRecord,
    EventRecord,
    SessionRecord,
    *MEASUREMENTS,
)
ON_THEIR_OWN: Final = (SessionRecord, *MEASUREMENTS)
"""What belongs to no trace."""


def count(signal: Signal) -> int:
    """How many signals travel in `signal`: itself, and the findings and events it carries."""
    if isinstance(signal, (TraceRecord, SpanRecord)):
        return 1 + len(signal.findings) + len(signal.events)
    return 1
