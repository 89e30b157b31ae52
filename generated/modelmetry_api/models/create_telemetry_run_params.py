"""CreateTelemetryRunParams. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class CreateTelemetryRunParams:
    """A run of something that sends telemetry, such as a job."""

    xid: str = member("XID")
    """The client's id of the run."""

    command: str | Unset = member("Command", default=UNSET)
    """What ran."""

    start: DateTime | Unset = member("Start", default=UNSET)
    """The time of arrival when absent."""

    system: dict[str, Any] | Unset = member("System", default=UNSET)
    """What is known of the machine, by names of OpenTelemetry's resources."""

    execution_id: str | None | Unset = member("ExecutionID", default=UNSET)
    """XID of the execution that it belongs to."""
