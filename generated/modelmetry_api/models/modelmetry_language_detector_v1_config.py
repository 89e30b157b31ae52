"""ModelmetryLanguageDetectorV1Config. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class ModelmetryLanguageDetectorV1Config:
    """Configuration of an evaluator. Language of a text."""

    confidence_threshold: int | float = member("ConfidenceThreshold")

    word_count_threshold: int = member("WordCountThreshold")
