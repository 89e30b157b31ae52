"""SummarisedEntry. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import SummarisedEntryOutcome
from modelmetry_api.models.simplified_finding import SimplifiedFinding
from modelmetry_api.wire import member, wire_model


@wire_model
class SummarisedEntry:
    """One evaluation of a guardrail check, in short."""

    check_id: str | None = member("CheckID")

    duration_ms: int = member("DurationMs")

    evaluator_id: str = member("EvaluatorID")

    findings: list[SimplifiedFinding] | None = member("Findings")

    id: str = member("ID")

    instance_id: str | None = member("InstanceID")

    message: str = member("Message")

    outcome: SummarisedEntryOutcome = member("Outcome")

    skip: str = member("Skip")

    span_id: str | None = member("SpanID")

    tenant_id: str = member("TenantID")

    trace_id: str | None = member("TraceID")
