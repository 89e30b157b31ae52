"""Systems other than Linux, by psutil."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Final

import psutil

from modelmetry.machine.accounts import Pressure
from modelmetry.machine.control_groups import Memory
from modelmetry.machine.devices import Transfers
from modelmetry.machine.mounts import LOCAL, FileSystem
from modelmetry.machine.platforms import Work
from modelmetry.machine.processors import allowed_cpus
from modelmetry.machine.scopes import HOST, Scope, Scoped, States

_LOOPBACK = ("lo", "lo0", "loopback")
_WAITING = ("idle", "iowait", "guest", "guest_nice")  # guests are counted under user, too

# As OpenTelemetry calls them, where that is another word.
_MODES: Final = {"irq": "interrupt", "softirq": "interrupt", "dpc": "interrupt"}


class ByPsutil:
    """A `Platform` on which psutil asks; it also runs on Linux, where it sees the whole host."""

    def usable_cpus(self) -> float:
        """All CPUs: of quotas psutil knows nothing."""
        return len(allowed_cpus())

    def work(self) -> Work:
        """CPU time of the whole machine."""
        times = psutil.cpu_times()._asdict()
        busy = sum(value for name, value in times.items() if name not in _WAITING)
        return Work("host", busy, psutil.cpu_count() or 1)

    def throttled(self) -> dict[str, float]:
        """Not known to psutil."""
        return {}

    def memory(self) -> Memory:
        """Memory of the whole machine."""
        found = psutil.virtual_memory()
        return Memory(found.total - found.available, found.total)

    def network(self) -> Transfers:
        """Bytes by interface, but not of loopback."""
        found = psutil.net_io_counters(pernic=True, nowrap=False)
        return {
            name: (counts.bytes_recv, counts.bytes_sent)
            for name, counts in found.items()
            if not name.lower().startswith(_LOOPBACK[2]) and name not in _LOOPBACK
        }

    def disks(self) -> Transfers:
        """Bytes by disk."""
        found = psutil.disk_io_counters(perdisk=True, nowrap=False) or {}
        return {name: (counts.read_bytes, counts.write_bytes) for name, counts in found.items()}

    def own_memory(self) -> int:
        """Bytes of this process that are in memory."""
        rss: int = psutil.Process().memory_info().rss
        return rss

    def own_threads(self) -> int:
        """Threads of this process, also those that Python did not start."""
        return psutil.Process().num_threads()

    def own_virtual_memory(self) -> int:
        """Bytes of addresses of this process."""
        size: int = psutil.Process().memory_info().vms
        return size

    def own_descriptors(self) -> int | None:
        """Open files and sockets; Windows has handles instead."""
        process = psutil.Process()
        return process.num_fds() if hasattr(process, "num_fds") else None

    def own_age(self) -> float:
        """Seconds since this process began."""
        return max(0.0, time.time() - psutil.Process().create_time())

    def container_age(self) -> None:
        """Not known."""
        return

    def own_disk(self) -> tuple[int, int] | None:
        """Bytes of this process; macOS does not say them."""
        process = psutil.Process()
        with suppress(AttributeError, psutil.Error):
            counts = process.io_counters()
            return counts.read_bytes, counts.write_bytes
        return None

    def cpu_modes(self) -> Scoped:
        """Seconds of the whole machine."""
        found: dict[str, float] = {}
        for name, value in psutil.cpu_times()._asdict().items():
            if name not in {"guest", "guest_nice"}:
                mode = _MODES.get(name, name)
                found[mode] = found.get(mode, 0.0) + value
        return Scoped(HOST, found)

    def memory_states(self) -> States:
        """Bytes of the whole machine, by the states that it has."""
        told: dict[str, int] = psutil.virtual_memory()._asdict()
        others: dict[str, float] = {
            name: told[name] for name in ("free", "cached", "buffers") if name in told
        }
        used = told["total"] - sum(others.values())
        return States(HOST, {"used": used, **others}, told["total"])

    def network_scope(self) -> Scope:
        """Of the machine, as far as psutil knows."""
        return HOST

    def disk_scope(self) -> Scope:
        """Of the machine, as far as psutil knows."""
        return HOST

    def file_systems(self) -> list[FileSystem]:
        """How full local ones are; what cannot be asked is left out."""
        found: dict[str, FileSystem] = {}
        for one in psutil.disk_partitions(all=False):
            if one.fstype.lower() in LOCAL and one.device not in found:
                with suppress(OSError):
                    told = psutil.disk_usage(one.mountpoint)
                    kept = told.total - told.used - told.free
                    found[one.device] = FileSystem(
                        one.device, one.mountpoint, one.fstype, told.used, told.free, kept
                    )
        return list(found.values())

    def group_cpu(self) -> None:
        """Not known to psutil."""
        return

    def group_memory(self) -> None:
        """Not known to psutil."""
        return

    def pressure(self) -> tuple[Scope, Pressure]:
        """Not known to psutil."""
        return HOST, {}
