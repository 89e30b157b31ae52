"""HistogramSeries. Written by codegen; do not edit."""

from __future__ import annotations

from typing import Literal

from modelmetry_api.wire import member, wire_model


@wire_model
class HistogramSeries:
    """A distribution."""

    kind: Literal["histogram"] = member("Kind")

    name: str = member("Name")
    """As OpenTelemetry writes it, such as `http.server.request.duration`."""

    unit: str = member("Unit")
    """By UCUM, such as `s`, `By`, `1`, `{request}`."""

    attributes: dict[str, str] = member("Attributes")
    """What tells it from the other series of its name."""

    sum_: int | float = member("Sum")
    """Of all measurements."""

    bounds: list[int | float] = member("Bounds")
    """Upper, inclusive bounds of the buckets, ascending; the last bucket has none."""

    counts: list[int] = member("Counts")
    """How many measurements each bucket has (not cumulative), one more than there are bounds.
    """
