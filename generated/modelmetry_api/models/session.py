"""Session. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.models.money import Money
from modelmetry_api.models.usage import Usage
from modelmetry_api.wire import DateTime, member, wire_model


@wire_model
class Session:
    """A session, in short."""

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

    metadata: dict[str, Any] = member("Metadata")

    start: DateTime = member("Start")
    """Start of its first trace; when it was made, while it has none."""

    end: DateTime = member("End")
    """The latest time known in its traces."""

    trace_count: int = member("TraceCount")

    failed_trace_count: int = member("FailedTraceCount")

    usage: Usage = member("Usage")
    """What a call used. `Input` holds all that was put in, cached or not; `Output` all that came
    out, reasoning included.
    """

    costs: list[Money] = member("Costs")
