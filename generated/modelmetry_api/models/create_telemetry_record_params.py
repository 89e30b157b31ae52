"""CreateTelemetryRecordParams. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.models.literals import TelemetryKind
from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class CreateTelemetryRecordParams:
    """Something that a job, or the machine on which it runs, reports of itself."""

    xid: str = member("XID")
    """The client's id of this recording: sent again, it changes nothing."""

    run_id: str | None | Unset = member("RunID", default=UNSET)
    """XID of its run."""

    command: str | Unset = member("Command", default=UNSET)
    """What ran."""

    at: DateTime | Unset = member("At", default=UNSET)
    """When it happened; the time of arrival when absent."""

    kind: TelemetryKind | Unset = member("Kind", default=UNSET)
    """A record of a job, an event of it, or a reading of the machine."""

    status: str | None | Unset = member("Status", default=UNSET)
    """Any text; `started`, `completed`, `failed` and `cancelled` are those of jobs."""

    event: str | None | Unset = member("Event", default=UNSET)
    """Name of what happened, when it is an event."""

    metrics: dict[str, Any] | Unset = member("Metrics", default=UNSET)
    """Values by name; numbers can be summed up."""

    message: str | None | Unset = member("Message", default=UNSET)
