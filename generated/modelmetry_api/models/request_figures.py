"""RequestFigures. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.figure import Figure
from modelmetry_api.wire import member, wire_model


@wire_model
class RequestFigures:
    """Requests to HTTP servers, of `http.server.request.duration`."""

    count: Figure = member("Count")
    """One number of the report, with all that is needed to believe it."""

    per_second: Figure = member("PerSecond")
    """One number of the report, with all that is needed to believe it."""

    latency_mean: Figure = member("LatencyMean")
    """One number of the report, with all that is needed to believe it."""

    latency_p50: Figure = member("LatencyP50")
    """One number of the report, with all that is needed to believe it."""

    latency_p95: Figure = member("LatencyP95")
    """One number of the report, with all that is needed to believe it."""

    latency_p99: Figure = member("LatencyP99")
    """One number of the report, with all that is needed to believe it."""

    success_rate: Figure = member("SuccessRate")
    """One number of the report, with all that is needed to believe it."""

    client_error_rate: Figure = member("ClientErrorRate")
    """One number of the report, with all that is needed to believe it."""

    server_error_rate: Figure = member("ServerErrorRate")
    """One number of the report, with all that is needed to believe it."""
