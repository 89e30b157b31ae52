"""What a reading needs to know of the system that it is taken on."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from modelmetry.machine.control_groups import Memory
from modelmetry.machine.devices import Transfers


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
