"""Systems other than Linux, by psutil."""

from __future__ import annotations

import psutil

from modelmetry.machine.control_groups import Memory
from modelmetry.machine.devices import Transfers
from modelmetry.machine.platforms import Work
from modelmetry.machine.processors import allowed_cpus

_LOOPBACK = ("lo", "lo0", "loopback")
_WAITING = ("idle", "iowait", "guest", "guest_nice")  # guests are counted under user, too


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
