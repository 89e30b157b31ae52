"""SpanSummary. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.models.money import Money
from modelmetry_api.models.usage import Usage
from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class SpanSummary:
    """A span, in short."""

    id: str = member("ID")
    """The server's id."""

    xid: str = member("XID")
    """The client's id."""

    tenant_id: str = member("TenantID")

    created_at: DateTime = member("CreatedAt")
    """When the server first heard of it."""

    updated_at: DateTime = member("UpdatedAt")
    """When the server last heard of it."""

    trace_id: str = member("TraceID")

    trace_name: str = member("TraceName")

    parent_id: str | None = member("ParentID")

    name: str = member("Name")

    family: str = member("Family")

    start: DateTime = member("Start")

    end: DateTime = member("End")

    open_: bool = member("Open")

    duration_ms: int | float = member("DurationMs")

    severity: str = member("Severity")

    failed: bool = member("Failed")

    message: str = member("Message")

    metadata: dict[str, Any] = member("Metadata")

    model: str = member("Model")
    """Empty when there is none."""

    provider: str = member("Provider")
    """Empty when there is none."""

    usage: Usage | Unset = member("Usage", default=UNSET)
    """What a call used. `Input` holds all that was put in, cached or not; `Output` all that came
    out, reasoning included.
    """

    cost: Money | Unset = member("Cost", default=UNSET)
    """An amount of money."""
