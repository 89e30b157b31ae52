"""FinishExecutionRequestBody. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import FinishExecutionRequestBodyStatus
from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class FinishExecutionRequestBody:
    """How an execution ended."""

    status: FinishExecutionRequestBodyStatus = member("Status")

    end: DateTime | Unset = member("End", default=UNSET)
    """The time of arrival when absent."""

    message: str | None | Unset = member("Message", default=UNSET)
    """What went wrong, in words."""
