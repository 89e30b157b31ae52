"""ProductionWindow. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import DateTime, member, wire_model


@wire_model
class ProductionWindow:
    """A stretch of time."""

    start: DateTime = member("Start")

    end: DateTime = member("End")
    """Exclusive."""
