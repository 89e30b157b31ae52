"""EvaluateRequestBody. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.evaluate_request_by_config import EvaluateRequestByConfig
from modelmetry_api.models.evaluate_request_by_entry import EvaluateRequestByEntry
from modelmetry_api.models.evaluate_request_by_instance import EvaluateRequestByInstance
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class EvaluateRequestBody:
    """What to evaluate, by exactly one of its three ways."""

    tenant_id: str = member("TenantID")
    """Ignored; the key tells the tenant."""

    by_config: EvaluateRequestByConfig | Unset = member("ByConfig", default=UNSET)
    """With a configuration given here."""

    by_entry: EvaluateRequestByEntry | Unset = member("ByEntry", default=UNSET)
    """Again, as an earlier evaluation."""

    by_instance: EvaluateRequestByInstance | Unset = member("ByInstance", default=UNSET)
    """With a configured evaluator."""

    persist: bool | None | Unset = member("Persist", default=UNSET)
