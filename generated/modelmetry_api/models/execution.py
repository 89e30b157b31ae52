"""Execution. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.models.literals import ExecutionStatus
from modelmetry_api.wire import DateTime, member, wire_model


@wire_model
class Execution:
    """One run of a pipeline or of another job."""

    id: str = member("ID")
    """The server's id."""

    xid: str = member("XID")
    """The client's id."""

    tenant_id: str = member("TenantID")

    created_at: DateTime = member("CreatedAt")
    """When the server first heard of it."""

    updated_at: DateTime = member("UpdatedAt")
    """When the server last heard of it."""

    pipeline_name: str = member("PipelineName")
    """Empty when none was sent."""

    deployment_name: str = member("DeploymentName")
    """Empty when none was sent."""

    status: ExecutionStatus = member("Status")
    """What became of an execution."""

    message: str = member("Message")

    metadata: dict[str, Any] = member("Metadata")

    start: DateTime = member("Start")

    end: DateTime | None = member("End")
    """Null while it runs."""

    duration_ms: int | float | None = member("DurationMs")
    """Null while it runs."""

    traces: list[str] = member("Traces")
    """XIDs of its first 100 traces."""

    value_count: int = member("ValueCount")
    """How many metrics have a single value."""

    list_count: int = member("ListCount")
    """How many metrics are lists."""

    run_count: int = member("RunCount")
    """How many runs sent telemetry of it."""
