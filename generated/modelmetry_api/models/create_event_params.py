"""CreateEventParams. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class CreateEventParams:
    """An event is something that happened at one moment of a span or a trace."""

    xid: str = member("XID")
    """The client's id of the event."""

    name: str = member("Name")

    trace_id: str | None | Unset = member("TraceID", default=UNSET)

    span_id: str | None | Unset = member("SpanID", default=UNSET)
    """XID of its span; none when it belongs to the trace."""

    entry_id: str | None | Unset = member("EntryID", default=UNSET)
    """The evaluation that it belongs to."""

    at: DateTime | None | Unset = member("At", default=UNSET)
    """When it happened; the time of arrival when absent or null."""

    metadata: dict[str, Any] | Unset = member("Metadata", default=UNSET)
