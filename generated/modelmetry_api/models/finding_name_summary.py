"""FindingNameSummary. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import FindingNameSummaryTypesItem
from modelmetry_api.wire import DateTime, member, wire_model


@wire_model
class FindingNameSummary:
    """A name of findings in use."""

    name: str = member("Name")

    types: list[FindingNameSummaryTypesItem] = member("Types")
    """Types of its values."""

    unit: str = member("Unit")
    """Its latest unit; empty when there is none."""

    last_seen: DateTime = member("LastSeen")
