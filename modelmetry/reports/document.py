"""The report as JSON: the `ProductionSummary` of the contract, and nothing else."""

from __future__ import annotations

import msgspec
from modelmetry_api.types import encode_json

from modelmetry.reports.report import Report


def document(report: Report) -> str:
    """The summary as JSON; its schema is `ProductionSummary` in openapi/spec.yaml."""
    return msgspec.json.format(encode_json(report.summary), indent=2).decode() + "\n"
