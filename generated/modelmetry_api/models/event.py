"""Event. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.wire import DateTime, member, wire_model


@wire_model
class Event:
    """Something that happened at one moment."""

    id: str = member("ID")
    """The server's id."""

    xid: str = member("XID")
    """The client's id."""

    tenant_id: str = member("TenantID")

    created_at: DateTime = member("CreatedAt")
    """When the server first heard of it."""

    updated_at: DateTime = member("UpdatedAt")
    """When the server last heard of it."""

    trace_id: str | None = member("TraceID")

    span_id: str | None = member("SpanID")

    entry_id: str | None = member("EntryID")

    name: str = member("Name")

    at: DateTime = member("At")

    metadata: dict[str, Any] = member("Metadata")
