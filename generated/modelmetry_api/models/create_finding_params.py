"""CreateFindingParams. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.models.literals import CreateFindingParamsSource
from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class CreateFindingParams:
    """A finding is a value that was found out about a span or a trace."""

    xid: str = member("XID")
    """The client's id of the finding."""

    name: str = member("Name")

    value: int | float | bool | str = member("Value")

    trace_id: str | None | Unset = member("TraceID", default=UNSET)

    span_id: str | None | Unset = member("SpanID", default=UNSET)
    """XID of its span; none when it belongs to the trace."""

    entry_id: str | None | Unset = member("EntryID", default=UNSET)
    """The evaluation that it belongs to."""

    unit: str | None | Unset = member("Unit", default=UNSET)
    """Unit of a number, such as `tokens`, `s`, `By` (UCUM)."""

    at: DateTime | None | Unset = member("At", default=UNSET)
    """When it happened; the time of arrival when absent or null."""

    source: CreateFindingParamsSource | None | Unset = member("Source", default=UNSET)
    """Who found it."""

    comment: str | None | Unset = member("Comment", default=UNSET)

    description: str | None | Unset = member("Description", default=UNSET)

    metadata: dict[str, Any] | Unset = member("Metadata", default=UNSET)
