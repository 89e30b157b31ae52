"""ClientReportList. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.client_report import ClientReport
from modelmetry_api.wire import member, wire_model


@wire_model
class ClientReportList:
    """One page of reports, and what was lost in all."""

    reports: list[ClientReport] = member("Reports")

    next_cursor: str | None = member("NextCursor")
    """Null on the last page."""

    lost: int = member("Lost")
    """Sum over all reports that fit the filters."""

    dropped: dict[str, int] = member("Dropped")
    """Sums by reason, over all reports that fit the filters."""
