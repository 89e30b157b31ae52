"""EvaluateRequestByConfig. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.models.grading_configuration import GradingConfiguration
from modelmetry_api.models.payload import Payload
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class EvaluateRequestByConfig:
    """With a configuration given here."""

    config: dict[str, Any] = member("Config")

    evaluator_id: str = member("EvaluatorID")

    payload: Payload = member("Payload")
    """What is checked or evaluated."""

    grading: GradingConfiguration | Unset = member("Grading", default=UNSET)
    """How findings become an outcome."""

    secrets: list[str] | None | Unset = member("Secrets", default=UNSET)
