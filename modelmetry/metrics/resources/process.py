"""Figures of this process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from modelmetry.machine.platforms import Platform
from modelmetry.metrics.resources.changes import Changes
from modelmetry.metrics.resources.table import Figure

CpuTimes = Callable[[], tuple[float, float]]
"""Seconds of CPU time that a process has used: its own, and those of the system for it."""


def own_times() -> tuple[float, float]:
    """Those of this process, without its children."""
    return os.times()[:2]


class ProcessCpu:
    """CPU time, and how much of what is possible that is.

    Args:
        system: what is asked.
        clock: seconds that only go forward.
        times: gives the CPU time.
    """

    def __init__(
        self, system: Platform, clock: Callable[[], float], times: CpuTimes = own_times
    ) -> None:
        self._system = system
        self._clock = clock
        self._times = times
        self._changes = Changes()

    def __call__(self) -> Iterator[Figure]:
        """What it is now."""
        user, of_system = self._times()
        yield "process.cpu.time", ("user",), user
        yield "process.cpu.time", ("system",), of_system
        change = self._changes.since(self._clock(), None, (user + of_system,))
        if change is not None:
            seconds, (worked,) = change
            possible = seconds * self._system.usable_cpus()
            yield "process.cpu.utilization", (), min(worked / possible, 1.0)


def process(system: Platform) -> Iterator[Figure]:
    """Memory, threads, files and age."""
    figures = {
        "process.memory.usage": system.own_memory(),
        "process.memory.virtual": system.own_virtual_memory(),
        "process.thread.count": system.own_threads(),
        "process.unix.file_descriptor.count": system.own_descriptors(),
        "process.uptime": system.own_age(),
    }
    for name, value in figures.items():
        if value is not None:
            yield name, (), value
    transfers = system.own_disk()
    if transfers is not None:
        yield "process.disk.io", ("read",), transfers[0]
        yield "process.disk.io", ("write",), transfers[1]
