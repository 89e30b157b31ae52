"""TelemetryRecordList. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.telemetry_record import TelemetryRecord
from modelmetry_api.wire import member, wire_model


@wire_model
class TelemetryRecordList:
    """One page of records."""

    records: list[TelemetryRecord] = member("Records")

    next_cursor: str | None = member("NextCursor")
    """Null on the last page."""
