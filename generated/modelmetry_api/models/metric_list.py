"""MetricList. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class MetricList:
    """A metric of an execution that is a list."""

    name: str = member("Name")

    execution_id: str = member("ExecutionID")
    """XID of the execution."""

    pipeline_name: str = member("PipelineName")
    """Empty when none was sent."""

    deployment_name: str = member("DeploymentName")
    """Empty when none was sent."""

    count: int = member("Count")
    """How many values it has."""

    remaining: int = member("Remaining")
    """How many more fit."""

    min_: int | float = member("Min")
    """The smallest value."""

    max_: int | float = member("Max")
    """The largest value."""

    last: int | float = member("Last")
    """The last value."""

    created_at: DateTime = member("CreatedAt")
    """When the first value was recorded."""

    updated_at: DateTime = member("UpdatedAt")
    """When the last value was recorded."""

    values: list[int | float] | Unset = member("Values", default=UNSET)
    """Only when they are asked for."""
