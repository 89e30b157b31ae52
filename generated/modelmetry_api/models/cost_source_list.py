"""CostSourceList. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.cost_source_state import CostSourceState
from modelmetry_api.wire import member, wire_model


@wire_model
class CostSourceList:
    """Where costs come from."""

    sources: list[CostSourceState] = member("Sources")
