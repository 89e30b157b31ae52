"""Cost. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.money import Money
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class Cost:
    """What a call cost."""

    input_: Money | Unset = member("Input", default=UNSET)
    """An amount of money."""

    output: Money | Unset = member("Output", default=UNSET)
    """An amount of money."""

    total: Money | Unset = member("Total", default=UNSET)
    """An amount of money."""
