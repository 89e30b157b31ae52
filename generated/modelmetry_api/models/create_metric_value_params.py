"""CreateMetricValueParams. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class CreateMetricValueParams:
    """A value of a metric; the last one is the value, those before are its history."""

    xid: str = member("XID")
    """The client's id of this recording: sent again, it changes nothing."""

    execution_id: str = member("ExecutionID")
    """XID of its execution."""

    name: str = member("Name")
    """Any text."""

    value: int | float = member("Value")

    at: DateTime | Unset = member("At", default=UNSET)
    """When it was recorded; the time of arrival when absent."""
