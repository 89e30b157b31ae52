"""Money. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class Money:
    """An amount of money."""

    amount: int | float = member("Amount")

    currency: str = member("Currency")
    """ISO 4217 code."""
