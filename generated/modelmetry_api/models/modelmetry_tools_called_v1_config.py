"""ModelmetryToolsCalledV1Config. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Any

from modelmetry_api.models.modelmetry_tools_called_v1_expectation import (
    ModelmetryToolsCalledV1Expectation,
)
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class ModelmetryToolsCalledV1Config:
    """Configuration of an evaluator. Which tools were called."""

    expections: list[ModelmetryToolsCalledV1Expectation] = member("Expections")

    expectations: Any | Unset = member("Expectations", default=UNSET)
    """The same as `Expections`, spelt right; a list, when given."""
