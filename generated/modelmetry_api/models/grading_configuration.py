"""GradingConfiguration. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.assessment import Assessment
from modelmetry_api.wire import member, wire_model


@wire_model
class GradingConfiguration:
    """How findings become an outcome."""

    assessments: list[Assessment] = member("Assessments")
