"""ShownFinding. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class ShownFinding:
    """The latest value of a finding in a trace."""

    name: str = member("Name")

    value: int | float | bool | str = member("Value")

    unit: str = member("Unit")

    count: int = member("Count")
    """How many findings of this name the trace has."""
