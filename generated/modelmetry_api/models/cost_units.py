"""CostUnits. Written by codegen; do not edit."""

from __future__ import annotations

from datetime import date

from modelmetry_api.wire import member, wire_model


@wire_model
class CostUnits:
    """What one prediction and one call of a language model cost in the cloud, in the later days of
    the trend.
    """

    from_: date = member("From")

    to: date = member("To")
    """Exclusive."""

    predictions: int | None = member("Predictions")
    """Null when they were not measured."""

    llm_calls: int | None = member("LlmCalls")
    """Null when they were not measured."""

    cost_per_prediction: str | None = member("CostPerPrediction")
    """Null when it cannot be known."""

    cost_per_llm_call: str | None = member("CostPerLlmCall")
    """Null when it cannot be known."""

    reason: str = member("Reason")
    """Why the costs are not known; empty if they are."""
