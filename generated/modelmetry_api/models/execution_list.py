"""ExecutionList. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.execution import Execution
from modelmetry_api.wire import member, wire_model


@wire_model
class ExecutionList:
    """One page of executions."""

    executions: list[Execution] = member("Executions")

    next_cursor: str | None = member("NextCursor")
    """Null on the last page."""

    total_count: int = member("TotalCount")
    """How many fit the filters on all pages."""
