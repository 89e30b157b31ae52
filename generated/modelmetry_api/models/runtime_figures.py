"""RuntimeFigures. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.figure import Figure
from modelmetry_api.wire import member, wire_model


@wire_model
class RuntimeFigures:
    """The machine and the processes."""

    uptime: Figure = member("Uptime")
    """One number of the report, with all that is needed to believe it."""

    cpu_mean: Figure = member("CpuMean")
    """One number of the report, with all that is needed to believe it."""

    cpu_max: Figure = member("CpuMax")
    """One number of the report, with all that is needed to believe it."""

    memory_mean: Figure = member("MemoryMean")
    """One number of the report, with all that is needed to believe it."""

    memory_max: Figure = member("MemoryMax")
    """One number of the report, with all that is needed to believe it."""

    process_uptime_days: Figure = member("ProcessUptimeDays")
    """One number of the report, with all that is needed to believe it."""

    container_uptime_days: Figure = member("ContainerUptimeDays")
    """One number of the report, with all that is needed to believe it."""
