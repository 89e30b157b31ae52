"""What a reading needs to know of the system that it is taken on."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from modelmetry.machine.accounts import GroupCpu, GroupMemory, Pressure
from modelmetry.machine.control_groups import Memory
from modelmetry.machine.devices import Transfers
from modelmetry.machine.mounts import FileSystem
from modelmetry.machine.scopes import Scope, Scoped, States


class Work(Struct, frozen=True):
    """CPU time that was used.

    Attributes:
        source: what it was counted for; only two amounts of the same source can be compared.
        seconds: CPU time, added up over all CPUs, since any fixed moment.
        cpus: how many CPUs' worth of time may be used.
    """

    source: str
    seconds: float
    cpus: float


class Platform(Protocol):
    """A system; every answer is `None`, or empty, where it is not known there."""

    def usable_cpus(self) -> float:
        """How many CPUs' worth of time this process may have."""
        ...

    def work(self) -> Work | None:
        """CPU time of everybody whom this process shares its CPUs with."""
        ...

    def throttled(self) -> dict[str, float]:
        """Seconds for which a quota of CPU time made this container wait, by who sets it."""
        ...

    def memory(self) -> Memory | None:
        """Memory in use, and the most that may be."""
        ...

    def network(self) -> Transfers:
        """Bytes received and sent, by interface, since any fixed moment."""
        ...

    def disks(self) -> Transfers:
        """Bytes read and written, by disk, since any fixed moment."""
        ...

    def own_memory(self) -> int | None:
        """Bytes of this process that are in memory."""
        ...

    def own_threads(self) -> int | None:
        """Threads of this process."""
        ...

    def own_virtual_memory(self) -> int | None:
        """Bytes of addresses of this process."""
        ...

    def own_descriptors(self) -> int | None:
        """Open files and sockets of this process."""
        ...

    def own_age(self) -> float | None:
        """Seconds since this process began."""
        ...

    def container_age(self) -> float | None:
        """Seconds since the container began in which this process is."""
        ...

    def own_disk(self) -> tuple[int, int] | None:
        """Bytes that this process had read from disks and written to them."""
        ...

    def cpu_modes(self) -> Scoped | None:
        """Seconds of CPU time by mode: of the container in one that is counted."""
        ...

    def memory_states(self) -> States | None:
        """Bytes of memory by state: of the container in one that is counted."""
        ...

    def network_scope(self) -> Scope:
        """Whose interfaces these are."""
        ...

    def disk_scope(self) -> Scope:
        """Whose bytes those of the disks are."""
        ...

    def file_systems(self) -> list[FileSystem]:
        """How full local file systems are."""
        ...

    def group_cpu(self) -> GroupCpu | None:
        """CPU time of the container, or of the group that has a quota."""
        ...

    def group_memory(self) -> GroupMemory | None:
        """Memory of the container, or of the group that has a limit."""
        ...

    def pressure(self) -> tuple[Scope, Pressure]:
        """For how long there was too little of something."""
        ...
