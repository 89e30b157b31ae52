"""GuardrailCheck. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.models.literals import GuardrailCheckOutcome
from modelmetry_api.models.payload import Payload
from modelmetry_api.models.summarised_entry import SummarisedEntry
from modelmetry_api.wire import DateTime, member, wire_model


@wire_model
class GuardrailCheck:
    """What a guardrail said of a payload."""

    created_at: DateTime = member("CreatedAt")

    created_by: str = member("CreatedBy")

    duration_ms: int = member("DurationMs")

    guardrail_id: str = member("GuardrailID")

    id: str = member("ID")

    metadata: dict[str, Any] = member("Metadata")

    outcome: GuardrailCheckOutcome = member("Outcome")

    payload: Payload = member("Payload")
    """What is checked or evaluated."""

    summarised_entries: list[SummarisedEntry] | None = member("SummarisedEntries")

    tenant_id: str = member("TenantID")

    updated_at: DateTime = member("UpdatedAt")

    updated_by: str = member("UpdatedBy")
