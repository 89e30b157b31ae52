"""FullTrace. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.models.completeness import Completeness
from modelmetry_api.models.event import Event
from modelmetry_api.models.finding import Finding
from modelmetry_api.models.money import Money
from modelmetry_api.models.span import Span
from modelmetry_api.models.usage import Usage
from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class FullTrace:
    """A trace with all that belongs to it."""

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

    spans: list[Span] | None = member("Spans")
    """Ordered by start."""

    events: list[Event] | None = member("Events")
    """Events of the trace itself."""

    findings: list[Finding] | None = member("Findings")
    """Findings of the trace itself."""

    session_id: str | None | Unset = member("SessionID", default=UNSET)
    """XID of its session."""

    session_name: str | Unset = member("SessionName", default=UNSET)
    """Name of that session; absent where it has none, or has not arrived."""

    missing_spans: int | Unset = member("MissingSpans", default=UNSET)
    """How many spans fewer than expected are stored; absent when the trace carries no
    `Descendants`.
    """

    descendants: int | Unset = member("Descendants", default=UNSET)
    """The largest number that was sent."""

    completeness: Completeness | Unset = member("Completeness", default=UNSET)
    """Whether everything of a trace has arrived, as far as its clients say how much there is.
    """

    weight: int | float | Unset = member("Weight", default=UNSET)
    """How many traces it stands for, where only a sample of them was sent; absent means 1."""
