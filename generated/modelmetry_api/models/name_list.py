"""NameList. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.name_summary import NameSummary
from modelmetry_api.wire import member, wire_model


@wire_model
class NameList:
    """Names in use."""

    names: list[NameSummary] = member("Names")
