"""Records as backends get them: JSON objects, also readable by the older telemetry tool."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec import Raw

from modelmetry.signals.measurements import TelemetryRecord
from modelmetry.signals.values import EPOCH

Document = dict[str, Any]
"""`timestamp` (UTC with its offset, ISO 8601), `command`, `status`, `metrics`, `system` and
`message`, as the older tool has them; `id`, `run_id`, `kind`, and of an event `event`. A status or
message that was not given is empty."""


def timestamp(at_ns: int) -> str:
    """Nanoseconds since the epoch as ISO 8601 with microseconds, always as long: it sorts."""
    return (EPOCH + timedelta(microseconds=at_ns // 1_000)).isoformat(timespec="microseconds")


def document(record: TelemetryRecord, system: dict[str, Any] | Raw) -> Document:
    """`record` with what is known of the machine; a dict is the document's own from now on."""
    found: Document = {
        "timestamp": timestamp(record.at_ns),
        "command": record.command,
        "status": record.status or "",
        "metrics": dict(record.metrics),
        "system": system,
        "message": record.message or "",
        "id": record.xid,
        "run_id": record.run_xid or "",
        "kind": record.kind,
    }
    if record.event is not None:
        found["event"] = record.event
    return found
