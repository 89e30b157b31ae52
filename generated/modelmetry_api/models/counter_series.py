"""CounterSeries. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Literal

from modelmetry_api.wire import member, wire_model


@wire_model
class CounterSeries:
    """What only grows."""

    kind: Literal["counter"] = member("Kind")

    name: str = member("Name")
    """As OpenTelemetry writes it, such as `http.server.request.duration`."""

    unit: str = member("Unit")
    """By UCUM, such as `s`, `By`, `1`, `{request}`."""

    attributes: dict[str, str] = member("Attributes")
    """What tells it from the other series of its name."""

    sum_: int | float = member("Sum")
    """By how much it grew."""
