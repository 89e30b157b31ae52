"""Linux, read from /proc and /sys: what the groups of this process may use comes first."""

from __future__ import annotations

import os
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from pathlib import Path

from modelmetry.machine import control_groups, devices
from modelmetry.machine.container import is_container
from modelmetry.machine.control_groups import Memory, Quota
from modelmetry.machine.devices import Transfers
from modelmetry.machine.kernel_files import table, text, whole
from modelmetry.machine.platforms import Work
from modelmetry.machine.processors import allowed_cpus, busy_seconds

_KILOBYTE = 1024  # "kB" in /proc/meminfo


class Linux:
    """A `Platform` that needs no library.

    Args:
        root: the folder that holds `proc` and `sys`.
        allowed: gives the numbers of the CPUs that this process may run on.
    """

    def __init__(
        self, root: Path = Path("/"), allowed: Callable[[], AbstractSet[int]] = allowed_cpus
    ) -> None:
        self._root = root
        self._allowed = allowed
        self._processes = control_groups.hierarchy("cpu", root)
        self._memory = control_groups.hierarchy("memory", root)
        self._disks = control_groups.hierarchy("io", root) if is_container(root) else None

    def usable_cpus(self) -> float:
        """How many CPUs' worth of time this process may have."""
        quota = self._quota()
        return quota.cpus if quota else len(self._allowed())

    def _quota(self) -> Quota | None:
        """The quota, if it allows less than the scheduler does."""
        quota = control_groups.tightest_quota(self._processes) if self._processes else None
        return quota if quota and quota.cpus < len(self._allowed()) else None

    def work(self) -> Work | None:
        """CPU time of the group that has the tightest quota, or of the CPUs that may be used."""
        quota = self._quota()
        if quota is not None and quota.used is not None:
            return Work(str(quota.folder), quota.used, quota.cpus)
        cpus = self._allowed()
        busy = busy_seconds(self._root, cpus)
        return None if busy is None else Work(f"CPUs {sorted(cpus)}", busy, len(cpus))

    def throttled(self) -> dict[str, float]:
        """Seconds for which the group with the tightest quota had to wait, by its folder."""
        quota = control_groups.tightest_quota(self._processes) if self._processes else None
        if quota is None or quota.throttled is None:
            return {}
        return {str(quota.folder): quota.throttled}

    def memory(self) -> Memory | None:
        """The tightest limit and what is in use of it, or the memory of the machine."""
        host = table(self._root / "proc/meminfo", "MemTotal", "MemAvailable")
        group = control_groups.tightest_memory(self._memory) if self._memory else None
        if "MemTotal" not in host:
            return group
        total = host["MemTotal"] * _KILOBYTE
        if group is not None and group.limit < total:
            return group
        available = host.get("MemAvailable")
        return Memory(None if available is None else total - available * _KILOBYTE, total)

    def network(self) -> Transfers:
        """Bytes by interface."""
        return devices.network_bytes(self._root)

    def disks(self) -> Transfers:
        """Bytes by disk: those of the container in one that is counted, or of the machine."""
        if self._disks is not None:
            mine = control_groups.disk_bytes(self._disks)
            return devices.with_hardware(mine, self._root / "sys/dev/block")
        return devices.disk_bytes(self._root)

    def own_memory(self) -> int | None:
        """Bytes of this process that are in memory."""
        words = text(self._root / "proc/self/statm").split()
        pages = whole(words[1]) if len(words) > 1 else None
        return None if pages is None else pages * os.sysconf("SC_PAGE_SIZE")

    def own_threads(self) -> int | None:
        """Threads of this process, also those that Python did not start."""
        return table(self._root / "proc/self/status", "Threads").get("Threads")
