"""MetricValue. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import DateTime, member, wire_model


@wire_model
class MetricValue:
    """A metric of an execution that has a single value."""

    name: str = member("Name")

    execution_id: str = member("ExecutionID")
    """XID of the execution."""

    pipeline_name: str = member("PipelineName")
    """Empty when none was sent."""

    deployment_name: str = member("DeploymentName")
    """Empty when none was sent."""

    value: int | float = member("Value")

    history_count: int = member("HistoryCount")
    """How many values were recorded, the last one included."""

    created_at: DateTime = member("CreatedAt")
    """When the first value was recorded."""

    updated_at: DateTime = member("UpdatedAt")
    """When the last value was recorded."""
