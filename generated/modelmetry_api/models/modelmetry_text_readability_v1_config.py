"""ModelmetryTextReadabilityV1Config. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import ModelmetryTextReadabilityV1ConfigScope
from modelmetry_api.wire import member, wire_model


@wire_model
class ModelmetryTextReadabilityV1Config:
    """Configuration of an evaluator. How hard a text is to read."""

    scope: ModelmetryTextReadabilityV1ConfigScope = member("Scope")
