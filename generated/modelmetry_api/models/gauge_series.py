"""GaugeSeries. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Literal

from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class GaugeSeries:
    """What was looked at one or more times."""

    kind: Literal["gauge"] = member("Kind")

    name: str = member("Name")
    """As OpenTelemetry writes it, such as `http.server.request.duration`."""

    unit: str = member("Unit")
    """By UCUM, such as `s`, `By`, `1`, `{request}`."""

    attributes: dict[str, str] = member("Attributes")
    """What tells it from the other series of its name."""

    sum_: int | float = member("Sum")
    """Of all that was seen."""

    count: int = member("Count")
    """How often it was looked at."""

    min_: int | float = member("Min")
    """The smallest."""

    max_: int | float = member("Max")
    """The largest, not below the smallest."""

    last: int | float = member("Last")
    """What was seen last, neither below the smallest nor above the largest."""

    last_at: DateTime | Unset = member("LastAt", default=UNSET)
    """When that was; the end of the interval when absent."""
