"""ModelmetryBooleanLLMAsJudgeV1Config. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import ModelmetryBooleanLLMAsJudgeV1ConfigModel
from modelmetry_api.wire import member, wire_model


@wire_model
class ModelmetryBooleanLLMAsJudgeV1Config:
    """Configuration of an evaluator. A model answers yes or no."""

    finding_name: str = member("FindingName")

    instructions: str = member("Instructions")

    max_tokens: int = member("MaxTokens")

    model: ModelmetryBooleanLLMAsJudgeV1ConfigModel = member("Model")
