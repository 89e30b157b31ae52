"""CostFigures. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.figure import Figure
from modelmetry_api.wire import member, wire_model


@wire_model
class CostFigures:
    """Costs of the cloud, and what was saved."""

    cloud_total: Figure = member("CloudTotal")
    """One number of the report, with all that is needed to believe it."""

    cloud_daily: Figure = member("CloudDaily")
    """One number of the report, with all that is needed to believe it."""

    cloud_monthly: Figure = member("CloudMonthly")
    """One number of the report, with all that is needed to believe it."""

    cloud_per_prediction: Figure = member("CloudPerPrediction")
    """One number of the report, with all that is needed to believe it."""

    cloud_per_llm_call: Figure = member("CloudPerLlmCall")
    """One number of the report, with all that is needed to believe it."""

    savings: Figure = member("Savings")
    """One number of the report, with all that is needed to believe it."""
