"""HistogramBin. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class HistogramBin:
    """How many numbers are at least `From` and less than `To`; the last bin holds `To` too."""

    from_: int | float = member("From")

    to: int | float = member("To")

    count: int = member("Count")
