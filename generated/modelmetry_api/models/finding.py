"""Finding. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.models.literals import FindingSource
from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class Finding:
    """A value that was found out."""

    id: str = member("ID")
    """The server's id."""

    xid: str = member("XID")
    """The client's id."""

    tenant_id: str = member("TenantID")

    created_at: DateTime = member("CreatedAt")
    """When the server first heard of it."""

    updated_at: DateTime = member("UpdatedAt")
    """When the server last heard of it."""

    evaluator_id: str | None = member("EvaluatorID")

    name: str = member("Name")

    value: int | float | bool | str = member("Value")

    unit: str = member("Unit")
    """Empty when there is none."""

    at: DateTime = member("At")

    source: FindingSource = member("Source")
    """Who found it."""

    comment: str = member("Comment")

    metadata: dict[str, Any] = member("Metadata")

    trace_id: str | Unset = member("TraceID", default=UNSET)

    span_id: str | Unset = member("SpanID", default=UNSET)

    entry_id: str | Unset = member("EntryID", default=UNSET)

    check_id: str | Unset = member("CheckID", default=UNSET)

    description: str | Unset = member("Description", default=UNSET)
