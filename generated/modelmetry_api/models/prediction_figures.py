"""PredictionFigures. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.figure import Figure
from modelmetry_api.wire import member, wire_model


@wire_model
class PredictionFigures:
    """Predictions of models."""

    count: Figure = member("Count")
    """One number of the report, with all that is needed to believe it."""

    failed: Figure = member("Failed")
    """One number of the report, with all that is needed to believe it."""

    duration_mean: Figure = member("DurationMean")
    """One number of the report, with all that is needed to believe it."""

    duration_p95: Figure = member("DurationP95")
    """One number of the report, with all that is needed to believe it."""

    confidence_mean: Figure = member("ConfidenceMean")
    """One number of the report, with all that is needed to believe it."""

    accuracy: Figure = member("Accuracy")
    """One number of the report, with all that is needed to believe it."""
