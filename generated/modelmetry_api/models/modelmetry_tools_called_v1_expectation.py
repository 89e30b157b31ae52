"""ModelmetryToolsCalledV1Expectation. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class ModelmetryToolsCalledV1Expectation:
    """What is expected of one tool."""

    expression: str = member("Expression")

    name: str = member("Name")
