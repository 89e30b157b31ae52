"""ModelmetryJSONValidatorV1Config. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class ModelmetryJSONValidatorV1Config:
    """Configuration of an evaluator. JSON against a schema."""

    expected_json_schema: str | Unset = member("ExpectedJSONSchema", default=UNSET)
