"""FindingNameList. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.finding_name_summary import FindingNameSummary
from modelmetry_api.wire import member, wire_model


@wire_model
class FindingNameList:
    """Names of findings in use."""

    names: list[FindingNameSummary] = member("Names")
