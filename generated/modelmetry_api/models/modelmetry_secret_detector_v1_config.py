"""ModelmetrySecretDetectorV1Config. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class ModelmetrySecretDetectorV1Config:
    """Configuration of an evaluator. Secrets in a text."""

    custom_patterns: dict[str, str] | Unset = member("CustomPatterns", default=UNSET)
