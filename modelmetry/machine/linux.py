"""Linux, read from /proc and /sys: what the groups of this process may use comes first."""

from __future__ import annotations

import os
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from pathlib import Path

from modelmetry.machine import accounts, control_groups, devices, mounts, own
from modelmetry.machine.accounts import GroupCpu, GroupMemory, Pressure
from modelmetry.machine.container import age as container_age
from modelmetry.machine.container import is_container
from modelmetry.machine.control_groups import Hierarchy, Memory, Quota
from modelmetry.machine.devices import Transfers
from modelmetry.machine.kernel_files import is_there, table, text, whole
from modelmetry.machine.mounts import FileSystem
from modelmetry.machine.platforms import Work
from modelmetry.machine.processors import allowed_cpus, busy_seconds, modes_of_host
from modelmetry.machine.scopes import CONTAINER, HOST, Scope, Scoped, States

_KILOBYTE = 1024  # "kB" in /proc/meminfo


class Linux:
    """A `Platform` that needs no library.

    Args:
        root: the folder that holds `proc` and `sys`.
        allowed: gives the numbers of the CPUs that this process may run on.
        container: whether this is one; by default that is looked for.
    """

    def __init__(
        self,
        root: Path = Path("/"),
        allowed: Callable[[], AbstractSet[int]] = allowed_cpus,
        *,
        container: bool | None = None,
    ) -> None:
        self._root = root
        self._allowed = allowed
        self._processes = control_groups.hierarchy("cpu", root)
        self._memory = control_groups.hierarchy("memory", root)
        self._accounting = control_groups.hierarchy("cpuacct", root)
        self._is_container = is_container(root) if container is None else container
        self._disks = control_groups.hierarchy("io", root) if self._is_container else None

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
            folder = self._root / "sys/dev/block"
            real = devices.with_hardware(mine, folder)
            return {devices.disk_name(number, folder): pair for number, pair in real.items()}
        return devices.disk_bytes(self._root)

    def own_memory(self) -> int | None:
        """Bytes of this process that are in memory."""
        words = text(self._root / "proc/self/statm").split()
        pages = whole(words[1]) if len(words) > 1 else None
        return None if pages is None else pages * os.sysconf("SC_PAGE_SIZE")

    def own_threads(self) -> int | None:
        """Threads of this process, also those that Python did not start."""
        return table(self._root / "proc/self/status", "Threads").get("Threads")

    def own_virtual_memory(self) -> int | None:
        """Bytes of addresses of this process."""
        return own.virtual_memory(self._root)

    def own_descriptors(self) -> int | None:
        """Open files and sockets of this process."""
        return own.descriptors(self._root)

    def own_age(self) -> float | None:
        """Seconds since this process began."""
        return own.age(self._root)

    def container_age(self) -> float | None:
        """Seconds since this container began."""
        return container_age(self._root) if self._is_container else None

    def own_disk(self) -> tuple[int, int] | None:
        """Bytes that this process had read from disks and written to them."""
        return own.disk_bytes(self._root)

    def cpu_modes(self) -> Scoped | None:
        """Seconds of the group that counts, or else, outside of containers, of the machine."""
        group = self.group_cpu()
        if group is not None:
            return Scoped(CONTAINER, group.modes)
        found = modes_of_host(self._root)
        return Scoped(HOST, found) if found else None

    def memory_states(self) -> States | None:
        """Bytes of the group that counts, or else of the machine."""
        names = ("MemTotal", "MemFree", "Buffers", "Cached", "SReclaimable")
        host = {
            name: value * _KILOBYTE
            for name, value in table(self._root / "proc/meminfo", *names).items()
        }
        total, group = host.get("MemTotal"), self.group_memory()
        if group is not None:
            limits = [one for one in (total, group.limit) if one is not None]
            return _states_of_group(group, min(limits)) if limits else None
        if total is None or "MemFree" not in host:
            return None
        others = {
            "free": host["MemFree"],
            "buffers": host.get("Buffers", 0),
            "cached": host.get("Cached", 0) + host.get("SReclaimable", 0),
        }
        return States(HOST, {"used": max(0, total - sum(others.values())), **others}, total)

    def network_scope(self) -> Scope:
        """Of the container if none of its interfaces has hardware: then they are its own."""
        if not self._is_container:
            return HOST
        names = devices.network_bytes(self._root)
        folder = self._root / "sys/class/net"
        return HOST if any(is_there(folder / name / "device") for name in names) else CONTAINER

    def disk_scope(self) -> Scope:
        """Of the container if its group is counted."""
        return HOST if self._disks is None else CONTAINER

    def file_systems(self) -> list[FileSystem]:
        """How full local ones are that this process sees."""
        return mounts.file_systems(self._root)

    def group_cpu(self) -> GroupCpu | None:
        """What the group with a quota has used, or in a container the one of this process."""
        quota, groups = self._quota(), self._processes
        if groups is None or (quota is None and not self._is_own(groups)):
            return None
        return accounts.group_cpu(groups, self._accounting, quota)

    def group_memory(self) -> GroupMemory | None:
        """What the group with a limit has, or in a container the one of this process."""
        groups = self._memory
        if groups is None:
            return None
        total = table(self._root / "proc/meminfo", "MemTotal").get("MemTotal", 0) * _KILOBYTE
        limit = control_groups.memory_limit(groups)
        if limit is not None and (not total or limit[0] < total):
            return accounts.group_memory(groups, limit[1])
        return accounts.group_memory(groups, None) if self._is_own(groups) else None

    def pressure(self) -> tuple[Scope, Pressure]:
        """Of the container if its group is counted, or else of the machine."""
        if self._processes is not None and self._is_own(self._processes):
            found = accounts.group_pressure(self._processes)
            if found:
                return CONTAINER, found
        return HOST, accounts.host_pressure(self._root)

    def _is_own(self, groups: Hierarchy) -> bool:
        """Whether the group of this process is the container's."""
        return self._is_container and not accounts.is_top_of_host(groups)


def _states_of_group(group: GroupMemory, limit: int) -> States:
    """The working set, the pages that the kernel takes back first, and what may still be taken."""
    usage = group.usage or 0
    used = usage if group.working_set is None else group.working_set
    figures = {"used": used, "cached": max(0, usage - used), "free": max(0, limit - usage)}
    return States(CONTAINER, figures, limit)
