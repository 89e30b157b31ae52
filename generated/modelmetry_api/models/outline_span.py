"""OutlineSpan. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.money import Money
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class OutlineSpan:
    """Where a span stands in its trace. Counts of tokens are absent when none were sent."""

    xid: str = member("XID")
    """The client's id."""

    parent_id: str | None = member("ParentID")

    name: str = member("Name")

    family: str = member("Family")
    """`other` when none was sent."""

    start_ms: int | float = member("StartMs")
    """Milliseconds after the start of the trace; negative when it started before."""

    duration_ms: int | float = member("DurationMs")
    """Up to the latest time known inside the span while it is open."""

    open_: bool = member("Open")
    """True until its end is known."""

    severity: str = member("Severity")
    """`unset` when none was sent."""

    failed: bool = member("Failed")
    """Whether that severity means failure."""

    model: str = member("Model")
    """Empty when there is none."""

    provider: str = member("Provider")
    """Empty when there is none."""

    costs: list[Money] = member("Costs")
    """What its call cost; its children are not in it."""

    event_count: int = member("EventCount")

    finding_count: int = member("FindingCount")

    input_tokens: int | float | Unset = member("InputTokens", default=UNSET)

    output_tokens: int | float | Unset = member("OutputTokens", default=UNSET)

    total_tokens: int | float | Unset = member("TotalTokens", default=UNSET)

    message: str | Unset = member("Message", default=UNSET)
    """What went wrong, its first 200 characters; absent when there is nothing."""

    truncated: bool | Unset = member("Truncated", default=UNSET)
    """True when `Message` goes on; absent otherwise."""
