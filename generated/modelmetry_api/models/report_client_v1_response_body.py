"""ReportClientV1ResponseBody. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class ReportClientV1ResponseBody:
    """The answer to a report."""

    stored: bool | Unset = member("Stored", default=UNSET)
    """False when a report of the same time or a later one was known."""
