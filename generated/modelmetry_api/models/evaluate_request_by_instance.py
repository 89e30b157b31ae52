"""EvaluateRequestByInstance. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.payload import Payload
from modelmetry_api.wire import member, wire_model


@wire_model
class EvaluateRequestByInstance:
    """With a configured evaluator."""

    instance_id: str = member("InstanceID")

    payload: Payload = member("Payload")
    """What is checked or evaluated."""
