"""ModelmetryCompetitorBlocklistV1Config. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import (
    ModelmetryCompetitorBlocklistV1ConfigCaseSensitivity,
    ModelmetryCompetitorBlocklistV1ConfigLookIn,
)
from modelmetry_api.wire import member, wire_model


@wire_model
class ModelmetryCompetitorBlocklistV1Config:
    """Configuration of an evaluator. Names of competitors."""

    case_sensitivity: ModelmetryCompetitorBlocklistV1ConfigCaseSensitivity = member(
        "CaseSensitivity"
    )

    competitors: list[str] | None = member("Competitors")

    look_in: ModelmetryCompetitorBlocklistV1ConfigLookIn = member("LookIn")
