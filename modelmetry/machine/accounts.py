"""What the control group of this process was given and has used: that of its container."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from modelmetry.machine import control_groups
from modelmetry.machine.control_groups import Hierarchy, Quota
from modelmetry.machine.kernel_files import number, rows, table, text

_MICROSECONDS: Final = 1e6
_NANOSECONDS: Final = 1e9
_NO_LIMIT: Final = 1 << 60  # version 1 says 2**63 in whole pages

Pressure = dict[tuple[str, str], float]
"""Seconds for which there was too little of `cpu`, `memory` or `io`, for `some` or for all
(`full`) of who wanted it."""


class GroupMemory(Struct, frozen=True):
    """Bytes that a group has; what is not known is `None`.

    Attributes:
        usage: all of it, with the pages of files.
        working_set: without those that the kernel takes back first, as kubelet counts it.
        limit: the most that it may have.
        oom_kills: how many of its processes were killed for want of memory.
    """

    usage: int | None
    working_set: int | None
    limit: int | None
    oom_kills: int | None


class GroupCpu(Struct, frozen=True):
    """CPU time of a group; what is not known is `None`.

    Attributes:
        modes: seconds by mode, `user` and `system`; the mode `""` is all of them, where no more
            is known.
        throttled: seconds for which its quota made it wait.
        cpus: how many CPUs' worth of time it may have.
    """

    modes: Mapping[str, float]
    throttled: float | None
    cpus: float | None


def group_memory(groups: Hierarchy, limited: Path | None) -> GroupMemory | None:
    """What the group that sets a limit has, or else the own one of this process."""
    folder = groups.chain[0] if limited is None else limited
    unified = groups.unified
    most = number(folder / ("memory.max" if unified else "memory.limit_in_bytes"))
    kills = table(folder / ("memory.events" if unified else "memory.oom_control"), "oom_kill ")
    found = GroupMemory(
        number(folder / ("memory.current" if unified else "memory.usage_in_bytes")),
        control_groups.working_set(folder, unified=unified),
        None if most is None or most >= _NO_LIMIT else most,
        kills.get("oom_kill"),
    )
    return None if found.usage is None else found


def group_cpu(
    groups: Hierarchy, accounting: Hierarchy | None, quota: Quota | None
) -> GroupCpu | None:
    """What the group with the tightest quota has used, or else the own one of this process.

    In version 1 another controller counts, whose groups have the same names.
    """
    folder = groups.chain[0] if quota is None else quota.folder
    modes = _modes(folder, groups, accounting)
    if not modes:
        return None
    cpus, throttled = (None, None) if quota is None else (quota.cpus, quota.throttled)
    return GroupCpu(modes, throttled, cpus)


def _modes(folder: Path, groups: Hierarchy, accounting: Hierarchy | None) -> dict[str, float]:
    if groups.unified:
        found = table(folder / "cpu.stat", "user_usec", "system_usec", "usage_usec")
        modes = {"user": found.get("user_usec"), "system": found.get("system_usec")}
        unit, total = _MICROSECONDS, found.get("usage_usec")
    else:
        counted = _counted(folder, groups, accounting)
        modes = {
            "user": number(counted / "cpuacct.usage_user"),
            "system": number(counted / "cpuacct.usage_sys"),
        }
        unit, total = _NANOSECONDS, number(counted / "cpuacct.usage")
    known = {mode: value / unit for mode, value in modes.items() if value is not None}
    if len(known) == len(modes):
        return known
    return {} if total is None else {"": total / unit}


def _counted(folder: Path, groups: Hierarchy, accounting: Hierarchy | None) -> Path:
    """Where the controller `cpuacct` has the group, if it is not mounted together with `cpu`."""
    if accounting is None:
        return folder
    above = groups.chain.index(folder) if folder in groups.chain else 0
    return accounting.chain[min(above, len(accounting.chain) - 1)]


def group_pressure(groups: Hierarchy) -> Pressure:
    """How long the group of this process waited for what it wanted; version 2 alone says it."""
    if not groups.unified:
        return {}
    return dict(
        one
        for name in ("cpu", "memory", "io")
        for one in _stalls(groups.chain[0], f"{name}.pressure")
    )


def host_pressure(root: Path) -> Pressure:
    """How long anybody on the machine waited."""
    return dict(
        one for name in ("cpu", "memory", "io") for one in _stalls(root / "proc/pressure", name)
    )


def _stalls(folder: Path, name: str) -> Iterator[tuple[tuple[str, str], float]]:
    """Lines are `some avg10=0.00 avg60=0.00 avg300=0.00 total=12` (psi.rst of the kernel)."""
    for kind, *pairs in rows(folder / name):
        total = next((pair[6:] for pair in pairs if pair.startswith("total=")), "")
        if kind in {"some", "full"} and total.isdecimal():
            yield (name.partition(".")[0], kind), int(total) / _MICROSECONDS


def is_top_of_host(groups: Hierarchy) -> bool:
    """Whether the group of this process is the one of the whole machine: it has no limits at all.

    That can be told in version 2 alone, where every group but that one has a type.
    """
    return groups.unified and not text(groups.chain[0] / "cgroup.type")
