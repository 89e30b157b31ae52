"""Entry. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.models.finding import Finding
from modelmetry_api.models.grading_configuration import GradingConfiguration
from modelmetry_api.models.literals import EntryOutcome
from modelmetry_api.models.payload import Payload
from modelmetry_api.wire import DateTime, member, wire_model


@wire_model
class Entry:
    """An evaluation."""

    check_id: str | None = member("CheckID")

    config: dict[str, Any] = member("Config")

    created_at: DateTime = member("CreatedAt")

    created_by: str = member("CreatedBy")

    duration_ms: int = member("DurationMs")

    evaluator_id: str = member("EvaluatorID")

    findings: list[Finding] | None = member("Findings")

    finished_at: DateTime | None = member("FinishedAt")

    grading: GradingConfiguration = member("Grading")
    """How findings become an outcome."""

    id: str = member("ID")

    instance_id: str | None = member("InstanceID")

    message: str = member("Message")

    metadata: dict[str, Any] = member("Metadata")

    outcome: EntryOutcome = member("Outcome")

    payload: Payload = member("Payload")
    """What is checked or evaluated."""

    skip: str = member("Skip")

    span_id: str | None = member("SpanID")

    started_at: DateTime = member("StartedAt")

    tenant_id: str = member("TenantID")

    trace_id: str | None = member("TraceID")

    updated_at: DateTime = member("UpdatedAt")

    updated_by: str = member("UpdatedBy")
