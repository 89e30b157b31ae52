"""UsageValue. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class UsageValue:
    """An amount and its unit."""

    amount: int | float = member("Amount")

    unit: str = member("Unit")
