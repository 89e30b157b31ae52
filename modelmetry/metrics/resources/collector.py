"""Resources as metrics, read when somebody asks for them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from functools import partial
from math import isfinite
from pathlib import Path
from threading import Lock
from typing import Final

from modelmetry.delivery.log import Log
from modelmetry.machine.nvml import Nvml
from modelmetry.machine.platforms import Platform
from modelmetry.machine.systems import this_system
from modelmetry.metrics.attributes import bounded
from modelmetry.metrics.families import Family
from modelmetry.metrics.resources import system as of_system
from modelmetry.metrics.resources.gpus import Gpus
from modelmetry.metrics.resources.process import CpuTimes, ProcessCpu, own_times, process
from modelmetry.metrics.resources.system import SystemCpu
from modelmetry.metrics.resources.table import Figure, families

GPU_WAIT: Final = 0.5
"""Seconds that a collection waits for the driver of GPUs."""

Source = Callable[[], Iterable[Figure]]

_ROOT: Final = Path("/")

_log = Log("modelmetry.metrics")


class ResourceCollector:
    """Reads CPU, memory, disks, file systems, network, process, container and GPUs.

    It starts no thread and no program and reads nothing before it is asked; only where there are
    bindings of GPUs a thread asks the driver, and ends with its answer. What is not known here, or
    not this time, is left out: the first collection has no utilization of CPUs.

    Args:
        root: the folder that holds `proc` and `sys`.
        system: what is asked; by default what fits this system.
        clock: seconds that only go forward.
        times: gives the CPU time of this process.
        gpu_wait: seconds that a collection waits for the driver of GPUs.

    Example:
        >>> from modelmetry.metrics import Registry
        >>> registry = Registry()
        >>> stop = registry.add_collector(ResourceCollector())
        >>> any(family.name == "process.memory.usage" for family in registry.collect())
        True
    """

    def __init__(
        self,
        *,
        root: Path = _ROOT,
        system: Platform | None = None,
        clock: Callable[[], float] = time.monotonic,
        times: CpuTimes = own_times,
        gpu_wait: float = GPU_WAIT,
    ) -> None:
        self._make = partial(_Reading, root, system, clock, times, gpu_wait)
        self._readings: dict[int, _Reading] = {}

    def __call__(self) -> list[Family]:
        """Everything as it is now."""
        return families(self._reading().read(), time.time())

    def close(self) -> None:
        """Let go of the driver of GPUs; the next collection connects again."""
        reading = self._readings.pop(os.getpid(), None)
        if reading is not None:
            reading.library.close()

    def _reading(self) -> _Reading:
        """That of this process: what its parent compared belongs to the parent."""
        process = os.getpid()
        return self._readings.get(process) or self._readings.setdefault(process, self._make())


class _Reading:
    """What one process reads, by one thread at a time."""

    def __init__(
        self,
        root: Path,
        system: Platform | None,
        clock: Callable[[], float],
        times: CpuTimes,
        gpu_wait: float,
    ) -> None:
        asked = this_system(root) if system is None else system
        self.library = Nvml(root)
        self._lock = Lock()
        self._said: set[str] = set()
        self._sources: dict[str, Source] = {
            "CPUs": SystemCpu(asked, clock),
            "memory": partial(of_system.memory, asked),
            "disks": partial(of_system.disks, asked),
            "file systems": partial(of_system.file_systems, asked),
            "the network": partial(of_system.network, asked),
            "pressure": partial(of_system.pressure, asked),
            "the container": partial(of_system.container, asked),
            "the CPU time of the process": ProcessCpu(asked, clock, times),
            "the process": partial(process, asked),
            "GPUs": Gpus(self.library, gpu_wait),
        }

    def read(self) -> list[Figure]:
        """All figures; a source that fails is left out, and said once."""
        found: list[Figure] = []
        with self._lock:
            for name, source in self._sources.items():
                try:
                    found.extend(source())
                except Exception as error:  # noqa: BLE001 - the others are told all the same
                    if name not in self._said:
                        self._said.add(name)
                        _log.warning(
                            "metrics go on without %s, which cannot be read; said once",
                            name,
                            exc_info=error,
                        )
        return [
            (name, tuple(map(bounded, attributes)), value)
            for name, attributes, value in found
            if isfinite(value)
        ]
