"""ModelmetryEmotionAnalysisV1Config. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import wire_model


@wire_model
class ModelmetryEmotionAnalysisV1Config:
    """Configuration of an evaluator. Emotions in a text."""
