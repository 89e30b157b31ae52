"""CommandTotals. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class CommandTotals:
    """Sums over one command."""

    name: str = member("Name")
    """Empty when none was sent."""

    record_count: int = member("RecordCount")
    """Records and events."""

    completed: int = member("Completed")
    """Jobs."""

    failed: int = member("Failed")
    """Jobs."""

    cancelled: int = member("Cancelled")
    """Jobs."""

    success_rate: int | float | None = member("SuccessRate")
    """Null while no job has ended."""
