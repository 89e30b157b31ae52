"""Health. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import HealthStatus
from modelmetry_api.wire import member, wire_model


@wire_model
class Health:
    """How the server is."""

    status: HealthStatus = member("Status")
