"""CreateMetricIntervalParams. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.unions import MetricSeries
from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class CreateMetricIntervalParams:
    """What one process measured in a stretch of time, one minute as a rule. Without series it says
    that the process was there.
    """

    xid: str = member("XID")
    """The client's id of this interval: sent again, it changes nothing."""

    process: str = member("Process")
    """XID of the process."""

    start: DateTime = member("Start")

    end: DateTime = member("End")
    """Not before the start, and one hour after it at most."""

    series: list[MetricSeries] = member("Series")
    """What was added to each series, or how it was, in this stretch alone."""

    service: str | None | Unset = member("Service", default=UNSET)
    """Name of the application."""

    environment: str | None | Unset = member("Environment", default=UNSET)
    """Where it runs, such as production."""

    release: str | None | Unset = member("Release", default=UNSET)
    """Its version."""
