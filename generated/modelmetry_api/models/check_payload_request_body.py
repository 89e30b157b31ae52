"""CheckPayloadRequestBody. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.payload import Payload
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class CheckPayloadRequestBody:
    """A payload to hold against a guardrail."""

    guardrail_id: str = member("GuardrailID")

    payload: Payload = member("Payload")
    """What is checked or evaluated."""

    tenant_id: str | None | Unset = member("TenantID", default=UNSET)
    """Ignored; the key tells the tenant."""
