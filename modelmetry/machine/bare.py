"""Systems other than Linux, by the standard library alone."""

from __future__ import annotations

import os

from modelmetry.machine.accounts import Pressure
from modelmetry.machine.control_groups import Memory
from modelmetry.machine.devices import Transfers
from modelmetry.machine.mounts import FileSystem
from modelmetry.machine.processors import allowed_cpus
from modelmetry.machine.scopes import HOST, Scope


class Bare:
    """A `Platform` that knows how much there is, and little of what is in use."""

    def usable_cpus(self) -> float:
        """All CPUs."""
        return len(allowed_cpus())

    def work(self) -> None:
        """Not known."""
        return

    def throttled(self) -> dict[str, float]:
        """Not known."""
        return {}

    def memory(self) -> Memory | None:
        """How much there is, where POSIX or what comes close to it says so."""
        names = getattr(os, "sysconf_names", {})
        if not {"SC_PHYS_PAGES", "SC_PAGE_SIZE"} <= names.keys():
            return None
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        return Memory(None, total) if total > 0 else None

    def network(self) -> Transfers:
        """Not known."""
        return {}

    def disks(self) -> Transfers:
        """Not known."""
        return {}

    def own_memory(self) -> None:
        """Not known: `resource` gives the most that there ever was."""
        return

    def own_threads(self) -> None:
        """Not known: `threading` counts those of Python only."""
        return

    def own_virtual_memory(self) -> None:
        """Not known."""
        return

    def own_descriptors(self) -> None:
        """Not known."""
        return

    def own_age(self) -> None:
        """Not known."""
        return

    def container_age(self) -> None:
        """Not known."""
        return

    def own_disk(self) -> None:
        """Not known."""
        return

    def cpu_modes(self) -> None:
        """Not known."""
        return

    def memory_states(self) -> None:
        """Not known."""
        return

    def network_scope(self) -> Scope:
        """Of nothing."""
        return HOST

    def disk_scope(self) -> Scope:
        """Of nothing."""
        return HOST

    def file_systems(self) -> list[FileSystem]:
        """Not known."""
        return []

    def group_cpu(self) -> None:
        """Not known."""
        return

    def group_memory(self) -> None:
        """Not known."""
        return

    def pressure(self) -> tuple[Scope, Pressure]:
        """Not known."""
        return HOST, {}
