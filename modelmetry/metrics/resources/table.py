"""What resources are called, by OpenTelemetry, and by us where it has no word for them.

The names are those of `open-telemetry/semantic-conventions` 1.45, all of them in development.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from modelmetry.metrics.families import Across, Family, Kind, Point

SCOPE: Final = "modelmetry.scope"
"""Whose a figure is: `host` or `container`; that of the host is never told for the container's."""

CPU_MODE: Final = "cpu.mode"
DISK_DIRECTION: Final = "disk.io.direction"
NETWORK_DIRECTION: Final = "network.io.direction"
DEVICE: Final = "system.device"

Figure = tuple[str, tuple[str, ...], float]
"""The name of a metric, the values of its attributes, and its value."""


class Described(Struct, frozen=True):
    """What is the same for all figures of a metric; see `Family` for the members."""

    kind: Kind
    unit: str
    description: str
    attributes: tuple[str, ...]
    across: Across


def _host(kind: Kind, unit: str, description: str, *attributes: str) -> Described:
    """Read by each process of the same machine: who read last knows it."""
    return Described(kind, unit, description, attributes, "host")


def _own(
    kind: Kind, unit: str, description: str, *attributes: str, across: Across = "sum"
) -> Described:
    return Described(kind, unit, description, attributes, across)


_GPU: Final = ("hw.id", "hw.name")
_PART: Final = (*_GPU, "hw.type")
_FILE_SYSTEM: Final = (DEVICE, "system.filesystem.mountpoint", "system.filesystem.type")

TABLE: Final[dict[str, Described]] = {
    "system.cpu.time": _host(
        "counter", "s", "CPU time of the container, or else of all CPUs", CPU_MODE, SCOPE
    ),
    "system.cpu.utilization": _host(
        "gauge", "1", "Share of the CPUs, or of the quota, in use over some ten seconds", SCOPE
    ),
    "modelmetry.cpu.usable": _host(
        "gauge", "{cpu}", "CPUs' worth of time that this process may have"
    ),
    "system.memory.usage": _host("gauge", "By", "Memory by state", "system.memory.state", SCOPE),
    "system.memory.limit": _host(
        "gauge", "By", "Memory that there is, or that the container may have", SCOPE
    ),
    "system.disk.io": _host(
        "counter", "By", "Bytes read from disks and written to them", DEVICE, DISK_DIRECTION, SCOPE
    ),
    "system.filesystem.usage": _host(
        "gauge", "By", "Bytes of file systems by state", *_FILE_SYSTEM, "system.filesystem.state"
    ),
    "system.filesystem.limit": _host(
        "gauge", "By", "Bytes that file systems have in all", *_FILE_SYSTEM
    ),
    "system.network.io": _host(
        "counter",
        "By",
        "Bytes received and sent, without loopback",
        "network.interface.name",
        NETWORK_DIRECTION,
        SCOPE,
    ),
    "modelmetry.pressure.stalled.time": _host(
        "counter",
        "s",
        "Time for which some, or all, waited for a resource (PSI of Linux)",
        "resource",
        "kind",
        SCOPE,
    ),
    "process.cpu.time": _own("counter", "s", "CPU time of the process", CPU_MODE),
    "process.cpu.utilization": _own(
        "gauge", "1", "Share of the CPUs, or of the quota, in use over some ten seconds"
    ),
    "process.memory.usage": _own("gauge", "By", "Memory that the process has"),
    "process.memory.virtual": _own("gauge", "By", "Addresses that the process has"),
    "process.disk.io": _own(
        "counter", "By", "Bytes that the process had read and written", DISK_DIRECTION
    ),
    "process.thread.count": _own("gauge", "{thread}", "Threads, also those not of Python"),
    "process.unix.file_descriptor.count": _own(
        "gauge", "{file_descriptor}", "Open files and sockets"
    ),
    "process.uptime": _own(
        "gauge", "s", "Time since the process began, of several the oldest", across="max"
    ),
    "container.uptime": _host("gauge", "s", "Time since the container began"),
    "container.cpu.time": _host("counter", "s", "CPU time of the container", CPU_MODE),
    "modelmetry.container.cpu.limit": _host(
        "gauge", "{cpu}", "CPUs' worth of time that the container may have"
    ),
    "modelmetry.container.cpu.throttled.time": _host(
        "counter", "s", "Time for which its quota made the container wait"
    ),
    "container.memory.usage": _host(
        "gauge", "By", "Memory of the container, with the pages of files"
    ),
    "container.memory.working_set": _host(
        "gauge", "By", "Memory of the container that cannot be taken back at once"
    ),
    "modelmetry.container.memory.limit": _host("gauge", "By", "Memory that the container may have"),
    "modelmetry.container.memory.oom_kills": _host(
        "counter", "{kill}", "Processes of the container that were killed for want of memory"
    ),
    "hw.gpu.utilization": _host(
        "gauge", "1", "Share of the time in which the GPU worked", *_GPU, "hw.gpu.task"
    ),
    "hw.gpu.memory.usage": _host("gauge", "By", "Memory of the GPU in use", *_GPU),
    "hw.gpu.memory.limit": _host("gauge", "By", "Memory that the GPU has", *_GPU),
    "hw.gpu.memory.utilization": _host("gauge", "1", "Share of its memory in use", *_GPU),
    "hw.energy": _host("counter", "J", "Energy since the driver was loaded", *_PART),
    "hw.power": _host("gauge", "W", "Power now; the energy is the better figure", *_PART),
    "hw.temperature": _host("gauge", "Cel", "Temperature of the chip", *_PART),
}


def families(figures: list[Figure], at: float) -> list[Family]:
    """Figures by their metrics, in the order of the table.

    Args:
        figures: of which each has its own attributes.
        at: when they were read, seconds since the epoch.
    """
    points: dict[str, list[Point]] = {}
    for name, attributes, value in figures:
        points.setdefault(name, []).append(Point(attributes, value, at=at))
    return [
        Family(
            name,
            one.kind,
            one.unit,
            one.description,
            one.attributes,
            across=one.across,
            points=points[name],
        )
        for name, one in TABLE.items()
        if name in points
    ]
