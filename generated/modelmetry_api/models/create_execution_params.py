"""CreateExecutionParams. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.models.literals import ExecutionStatus
from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class CreateExecutionParams:
    """An execution is one run of a pipeline, a training or another job."""

    xid: str = member("XID")
    """The client's id of the execution."""

    pipeline_name: str | None | Unset = member("PipelineName", default=UNSET)
    """What was run, such as `train`."""

    deployment_name: str | None | Unset = member("DeploymentName", default=UNSET)
    """By which deployment of the pipeline."""

    status: ExecutionStatus | Unset = member("Status", default=UNSET)
    """What became of an execution."""

    start: DateTime | Unset = member("Start", default=UNSET)
    """The time of arrival when absent."""

    end: DateTime | None | Unset = member("End", default=UNSET)
    """Absent or null while it runs."""

    message: str | None | Unset = member("Message", default=UNSET)
    """What went wrong, in words."""

    trace_id: str | None | Unset = member("TraceID", default=UNSET)
    """XID of a trace of what it did; an execution may have several."""

    metadata: dict[str, Any] | Unset = member("Metadata", default=UNSET)
