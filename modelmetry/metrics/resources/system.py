"""Figures of the machine, or of the container where that is what the process has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from modelmetry.machine.platforms import Platform
from modelmetry.machine.scopes import HOST
from modelmetry.metrics.resources.changes import Changes
from modelmetry.metrics.resources.table import Figure

_WAITING = ("idle", "iowait")


class SystemCpu:
    """CPU time, and how much of it is in use.

    Args:
        system: what is asked.
        clock: seconds that only go forward.
    """

    def __init__(self, system: Platform, clock: Callable[[], float]) -> None:
        self._system = system
        self._clock = clock
        self._changes = Changes()

    def __call__(self) -> Iterator[Figure]:
        """What it is now."""
        usable = self._system.usable_cpus()
        yield "modelmetry.cpu.usable", (), usable
        found = self._system.cpu_modes()
        if found is None:
            return
        for mode, seconds in found.figures.items():
            yield "system.cpu.time", (mode, found.scope), seconds
        waited = sum(found.figures.get(mode, 0.0) for mode in _WAITING)
        busy = sum(found.figures.values()) - waited
        change = self._changes.since(self._clock(), found.scope, (busy, waited))
        if change is None:
            return
        seconds, (worked, idle) = change
        possible = worked + idle if found.scope == HOST else seconds * usable
        if possible > 0:
            yield "system.cpu.utilization", (found.scope,), min(worked / possible, 1.0)


def memory(system: Platform) -> Iterator[Figure]:
    """Bytes by state, and how many there are."""
    found = system.memory_states()
    if found is None:
        return
    for state, value in found.figures.items():
        yield "system.memory.usage", (state, found.scope), value
    yield "system.memory.limit", (found.scope,), found.limit


def disks(system: Platform) -> Iterator[Figure]:
    """Bytes read and written."""
    scope = system.disk_scope()
    for device, (read, written) in system.disks().items():
        yield "system.disk.io", (device, "read", scope), read
        yield "system.disk.io", (device, "write", scope), written


def file_systems(system: Platform) -> Iterator[Figure]:
    """Bytes used and free."""
    for one in system.file_systems():
        place = (one.device, one.point, one.kind)
        for state, value in (("used", one.used), ("free", one.free), ("reserved", one.reserved)):
            yield "system.filesystem.usage", (*place, state), value
        yield "system.filesystem.limit", place, one.used + one.free + one.reserved


def network(system: Platform) -> Iterator[Figure]:
    """Bytes received and sent."""
    scope = system.network_scope()
    for name, (received, sent) in system.network().items():
        yield "system.network.io", (name, "receive", scope), received
        yield "system.network.io", (name, "transmit", scope), sent


def pressure(system: Platform) -> Iterable[Figure]:
    """Seconds for which there was too little of something."""
    scope, found = system.pressure()
    return [
        ("modelmetry.pressure.stalled.time", (resource, kind, scope), seconds)
        for (resource, kind), seconds in found.items()
    ]


def container(system: Platform) -> Iterator[Figure]:
    """How old the container is, what it was given and has used; nothing outside of one."""
    yield from _known("container.uptime", system.container_age())
    cpu, memory = system.group_cpu(), system.group_memory()
    if cpu is not None:
        for mode, seconds in cpu.modes.items():
            yield "container.cpu.time", (mode,), seconds
        yield from _known("modelmetry.container.cpu.limit", cpu.cpus)
        yield from _known("modelmetry.container.cpu.throttled.time", cpu.throttled)
    if memory is not None:
        yield from _known("container.memory.usage", memory.usage)
        yield from _known("container.memory.working_set", memory.working_set)
        yield from _known("modelmetry.container.memory.limit", memory.limit)
        yield from _known("modelmetry.container.memory.oom_kills", memory.oom_kills)


def _known(name: str, value: float | None) -> Iterator[Figure]:
    if value is not None:
        yield name, (), value
