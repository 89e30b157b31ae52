"""TelemetryRun. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.wire import DateTime, member, wire_model


@wire_model
class TelemetryRun:
    """A run of something that sent telemetry."""

    id: str = member("ID")
    """The server's id."""

    xid: str = member("XID")
    """The client's id."""

    tenant_id: str = member("TenantID")

    created_at: DateTime = member("CreatedAt")
    """When the server first heard of it."""

    updated_at: DateTime = member("UpdatedAt")
    """When the server last heard of it."""

    command: str = member("Command")
    """Empty when none was sent."""

    start: DateTime = member("Start")

    last_at: DateTime = member("LastAt")
    """Time of its latest record."""

    status: str = member("Status")
    """The latest status; empty when there was none."""

    system: dict[str, Any] = member("System")
    """What is known of the machine."""

    execution_id: str = member("ExecutionID")
    """XID of its execution; empty when it has none."""

    record_count: int = member("RecordCount")
    """Records and events."""

    reading_count: int = member("ReadingCount")
    """Readings of the machine."""
