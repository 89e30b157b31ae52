"""MetricPoint. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import DateTime, member, wire_model


@wire_model
class MetricPoint:
    """A value, and when it was recorded."""

    value: int | float = member("Value")

    at: DateTime = member("At")
