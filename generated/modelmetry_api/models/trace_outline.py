"""TraceOutline. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.models.completeness import Completeness
from modelmetry_api.models.event import Event
from modelmetry_api.models.finding import Finding
from modelmetry_api.models.money import Money
from modelmetry_api.models.outline_event import OutlineEvent
from modelmetry_api.models.outline_span import OutlineSpan
from modelmetry_api.models.usage import Usage
from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class TraceOutline:
    """A trace with what a waterfall of it needs."""

    id: str = member("ID")
    """The server's id."""

    xid: str = member("XID")
    """The client's id."""

    tenant_id: str = member("TenantID")

    created_at: DateTime = member("CreatedAt")
    """When the server first heard of it."""

    updated_at: DateTime = member("UpdatedAt")
    """When the server last heard of it."""

    name: str = member("Name")
    """Empty when no name was sent."""

    start: DateTime = member("Start")

    end: DateTime = member("End")
    """The latest time known inside the trace while it is open."""

    open_: bool = member("Open")
    """True until its end is known."""

    duration_ms: int | float = member("DurationMs")

    severity: str = member("Severity")
    """The gravest severity of the trace and its spans; `unset` when none was sent."""

    failed: bool = member("Failed")
    """Whether that severity means failure."""

    message: str = member("Message")
    """What went wrong with the trace itself."""

    metadata: dict[str, Any] = member("Metadata")

    span_count: int = member("SpanCount")

    event_count: int = member("EventCount")
    """Events of the trace and of its spans."""

    finding_count: int = member("FindingCount")
    """Findings of the trace and of its spans."""

    models: list[str] = member("Models")
    """Models that its spans used."""

    usage: Usage = member("Usage")
    """What a call used. `Input` holds all that was put in, cached or not; `Output` all that came
    out, reasoning included.
    """

    costs: list[Money] = member("Costs")
    """Cost of all its spans, one item for each currency."""

    completeness: Completeness = member("Completeness")
    """Whether everything of a trace has arrived, as far as its clients say how much there is.
    """

    spans: list[OutlineSpan] = member("Spans")
    """Ordered by start."""

    span_events: list[OutlineEvent] = member("SpanEvents")
    """The first 2,000 events of its spans, ordered by time."""

    span_events_left_out: int = member("SpanEventsLeftOut")
    """How many more events its spans have."""

    events: list[Event] = member("Events")
    """Events of the trace itself."""

    findings: list[Finding] = member("Findings")
    """Findings of the trace itself."""

    session_id: str | None | Unset = member("SessionID", default=UNSET)
    """XID of its session."""

    session_name: str | Unset = member("SessionName", default=UNSET)
    """Name of that session; absent where it has none, or has not arrived."""

    execution_id: str | Unset = member("ExecutionID", default=UNSET)
    """XID of the execution that it is a trace of; absent where there is none."""

    missing_spans: int | Unset = member("MissingSpans", default=UNSET)
    """How many spans fewer than expected are stored; absent when the trace carries no
    `Descendants`.
    """

    descendants: int | Unset = member("Descendants", default=UNSET)
    """The largest number that was sent."""

    weight: int | float | Unset = member("Weight", default=UNSET)
    """How many traces it stands for, where only a sample of them was sent; absent means 1."""
