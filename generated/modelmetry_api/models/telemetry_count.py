"""TelemetryCount. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class TelemetryCount:
    """How often something occurs."""

    name: str = member("Name")

    count: int = member("Count")
    """How often."""
