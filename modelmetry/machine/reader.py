"""A reading of how busy the machine, the container, the process and the GPUs are."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import isfinite
from pathlib import Path

from modelmetry.machine.growth import Growth
from modelmetry.machine.log import logger
from modelmetry.machine.nvml import Nvml
from modelmetry.machine.platforms import Platform, Work
from modelmetry.machine.systems import this_system

Reading = dict[str, float]
"""Figures by OpenTelemetry's names: ratios from 0 to 1, bytes, seconds, and what else is said."""


class Reader:
    """Takes readings, each of which is compared with the one before it.

    A figure that is not known here, or not this time, is left out: the first reading has no
    utilisation of CPUs, which is the difference between two. Not for several threads at once.

    ================================ ===========================================================
    `system.cpu.utilization`         of the CPUs, or of the quota, that this process may use
    `system.memory.usage`            bytes: of the container if it has a limit, else the machine
    `system.memory.limit`            bytes: the tightest limit
    `system.memory.utilization`      usage by limit
    `process.cpu.utilization`        of the CPUs, or of the quota, that this process may use
    `process.memory.usage`           bytes in memory
    `process.thread.count`           also threads that Python did not start
    `system.network.io.receive`      bytes since this reader began; also `.transmit`
    `system.disk.io.read`            bytes since this reader began; also `.write`
    `container.cpu.throttled_time`   seconds since this reader began
    `hw.gpu.utilization.0`           of GPU 0, and so on, see `gpu_of`
    `hw.gpu.memory.usage.0`          bytes
    `hw.gpu.memory.utilization.0`    usage by what the card has
    `hw.gpu.temperature.0`           degrees Celsius
    `hw.gpu.power.0`                 watts
    ================================ ===========================================================

    Args:
        root: the folder that holds `proc` and `sys`.
        system: what is asked; by default what fits this system.
        clock: seconds that only go forward.
        cpu_time: seconds of CPU time that this process has used.
    """

    def __init__(
        self,
        *,
        root: Path = Path("/"),
        system: Platform | None = None,
        clock: Callable[[], float] = time.monotonic,
        cpu_time: Callable[[], float] = time.process_time,
    ) -> None:
        self._system = this_system(root) if system is None else system
        self._gpus = Nvml(root)
        self._clock = clock
        self._cpu_time = cpu_time
        self._worked: tuple[float, Work] | None = None
        self._ran: tuple[float, float] | None = None
        self._throttled, self._network, self._disks = Growth(), Growth(), Growth()
        self._sources: tuple[Callable[[], Reading], ...] = (
            self._cpu,
            self._own_cpu,
            self._throttling,
            self._memory,
            self._own_memory,
            self._own_threads,
            self._network_io,
            self._disk_io,
            self._gpus.read,
        )
        self._said: set[str] = set()

    def read(self) -> Reading:
        """Take a reading; a source that fails is left out, and said once in the log."""
        found: Reading = {}
        for source in self._sources:
            try:
                found.update(source())
            except Exception as error:  # noqa: BLE001 - who is measured must not suffer from it
                self._say(source.__qualname__, error)
        return {name: value for name, value in found.items() if isfinite(value)}

    def close(self) -> None:
        """Let go of the driver of GPUs."""
        self._gpus.close()

    def _say(self, source: str, error: Exception) -> None:
        if source not in self._said:
            self._said.add(source)
            logger.warning(
                "readings go on without %s, which failed; this is said once", source, exc_info=error
            )

    def _cpu(self) -> Reading:
        now, work, before = self._clock(), self._system.work(), self._worked
        self._worked = None if work is None else (now, work)
        if work is None or before is None or before[1].source != work.source:
            return {}
        used, passed = work.seconds - before[1].seconds, now - before[0]
        return _ratio("system.cpu.utilization", used, passed * work.cpus)

    def _own_cpu(self) -> Reading:
        now, used, before = self._clock(), self._cpu_time(), self._ran
        self._ran = now, used
        if before is None or used < before[1]:  # a forked child begins at 0
            return {}
        possible = (now - before[0]) * self._system.usable_cpus()
        return _ratio("process.cpu.utilization", used - before[1], possible)

    def _throttling(self) -> Reading:
        seconds = self._system.throttled()
        if not seconds:
            return {}
        waited, _ = self._throttled.of({group: (value, 0) for group, value in seconds.items()})
        return {"container.cpu.throttled_time": waited}

    def _memory(self) -> Reading:
        memory = self._system.memory()
        if memory is None:
            return {}
        found = {"system.memory.limit": float(memory.limit)}
        if memory.usage is not None:
            found["system.memory.usage"] = float(memory.usage)
            found |= _ratio("system.memory.utilization", memory.usage, memory.limit)
        return found

    def _own_memory(self) -> Reading:
        size = self._system.own_memory()
        return {} if size is None else {"process.memory.usage": float(size)}

    def _own_threads(self) -> Reading:
        count = self._system.own_threads()
        return {} if count is None else {"process.thread.count": float(count)}

    def _network_io(self) -> Reading:
        counts = self._system.network()
        if not counts:
            return {}
        received, sent = self._network.of(counts)
        return {"system.network.io.receive": received, "system.network.io.transmit": sent}

    def _disk_io(self) -> Reading:
        counts = self._system.disks()
        if not counts:
            return {}
        read, written = self._disks.of(counts)
        return {"system.disk.io.read": read, "system.disk.io.write": written}


def gpu_of(name: str) -> tuple[str, int | None]:
    """Part the name of a figure from the index of its GPU, if it is one of a GPU.

    The index is a suffix, so that a reading stays one flat JSON object whose names are short, and
    `Facts.gpus` says which card it is: its order lasts until the machine starts again.
    """
    base, _, index = name.rpartition(".")
    return (base, int(index)) if base.startswith("hw.gpu.") and index.isdecimal() else (name, None)


def _ratio(name: str, part: float, whole: float) -> Reading:
    """A part of a whole; bursts and clocks that are read one after the other may pass it a bit."""
    return {name: min(max(part / whole, 0.0), 1.0)} if whole > 0 else {}
