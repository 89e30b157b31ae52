"""MetricListRequestBody. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class MetricListRequestBody:
    """Values that follow those which a list has."""

    name: str = member("Name")
    """Any text."""

    values: list[int | float] = member("Values")

    xid: str | Unset = member("XID", default=UNSET)
    """The client's id of this recording: sent again, it changes nothing."""

    at: DateTime | Unset = member("At", default=UNSET)
    """When it was recorded; the time of arrival when absent."""
