"""ModelmetryScoreLLMAsJudgeV1Config. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import ModelmetryScoreLLMAsJudgeV1ConfigModel
from modelmetry_api.wire import member, wire_model


@wire_model
class ModelmetryScoreLLMAsJudgeV1Config:
    """Configuration of an evaluator. A model gives a score."""

    finding_name: str = member("FindingName")

    instructions: str = member("Instructions")

    max_tokens: int = member("MaxTokens")

    model: ModelmetryScoreLLMAsJudgeV1ConfigModel = member("Model")
