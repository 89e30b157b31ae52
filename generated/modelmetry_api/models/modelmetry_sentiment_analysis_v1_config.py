"""ModelmetrySentimentAnalysisV1Config. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import (
    ModelmetrySentimentAnalysisV1ConfigModel,
    ModelmetrySentimentAnalysisV1ConfigScope,
)
from modelmetry_api.wire import member, wire_model


@wire_model
class ModelmetrySentimentAnalysisV1Config:
    """Configuration of an evaluator. Sentiment of a text."""

    model: ModelmetrySentimentAnalysisV1ConfigModel = member("Model")

    scope: ModelmetrySentimentAnalysisV1ConfigScope = member("Scope")
