"""CurvePoint. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class CurvePoint:
    """A value and its place."""

    index: int = member("Index")
    """Its place; the first is 0."""

    value: int | float = member("Value")
