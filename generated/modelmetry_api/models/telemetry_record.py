"""TelemetryRecord. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.models.literals import TelemetryKind
from modelmetry_api.wire import DateTime, member, wire_model


@wire_model
class TelemetryRecord:
    """Something that a job, or its machine, reported of itself."""

    xid: str = member("XID")
    """The client's id."""

    run_id: str = member("RunID")
    """XID of its run; empty when it has none."""

    command: str = member("Command")
    """Empty when none was sent."""

    at: DateTime = member("At")

    kind: TelemetryKind = member("Kind")
    """A record of a job, an event of it, or a reading of the machine."""

    status: str = member("Status")
    """Empty when none was sent."""

    event: str = member("Event")
    """Empty when it is none."""

    metrics: dict[str, Any] = member("Metrics")

    message: str = member("Message")
