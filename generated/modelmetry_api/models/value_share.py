"""ValueShare. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class ValueShare:
    """How often a value occurred."""

    value: int | float | bool | str = member("Value")

    count: int = member("Count")

    share: int | float = member("Share")
