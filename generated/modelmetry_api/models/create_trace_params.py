"""CreateTraceParams. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class CreateTraceParams:
    """A trace is one unit of work of the application, such as one turn of a conversation."""

    xid: str = member("XID")
    """The client's id of the trace."""

    start: DateTime = member("Start")

    name: str | None | Unset = member("Name", default=UNSET)

    session_id: str | None | Unset = member("SessionID", default=UNSET)
    """XID of the session that it belongs to."""

    end: DateTime | None | Unset = member("End", default=UNSET)
    """Absent or null while it is open."""

    severity: str | None | Unset = member("Severity", default=UNSET)
    """Severity of the trace itself; failures of its spans count besides."""

    message: str | None | Unset = member("Message", default=UNSET)
    """What went wrong, in words."""

    metadata: dict[str, Any] | Unset = member("Metadata", default=UNSET)

    descendants: int | Unset = member("Descendants", default=UNSET)
    """How many spans the process that began the trace began in it, on every level. Sent when the
    trace has ended; sent again with a larger number when spans began later.
    """

    weight: int | float | None | Unset = member("Weight", default=UNSET)
    """How many traces it stands for, where only a sample of them is sent; 1 when it was never
    sent. Absent and null change nothing.
    """
