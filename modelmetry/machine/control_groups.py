"""The control groups of this process, and the tightest limits that they set (versions 2 and 1)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from msgspec import Struct

from modelmetry.machine.kernel_files import is_there, number, rows, table, text

_MICROSECONDS: Final = 1e6
_NANOSECONDS: Final = 1e9


class Hierarchy(Struct, frozen=True):
    """Where a controller keeps this process.

    Attributes:
        unified: whether it is the one hierarchy of version 2, not one of version 1.
        chain: the folder of the group of this process, then those above it as far as they can be
            seen.
    """

    unified: bool
    chain: tuple[Path, ...]


class Memory(Struct, frozen=True):
    """Bytes in use, if that is known, and the most that may be."""

    usage: int | None
    limit: int


class Quota(Struct, frozen=True):
    """A limit on CPU time.

    Attributes:
        folder: of the group that sets it.
        cpus: how many CPUs' worth of time the group gets, such as 0.5.
        used: seconds of CPU time that the group has used, if that is known.
        throttled: seconds for which the group had to wait for its next period, if that is known.
    """

    folder: Path
    cpus: float
    used: float | None
    throttled: float | None


class _Mount(Struct, frozen=True):
    point: Path
    top: str  # the group that is mounted there
    unified: bool
    controllers: frozenset[str]


def hierarchy(controller: str, root: Path) -> Hierarchy | None:
    """Find the group of this process by the name of a controller; `None` where there is none.

    The path in /proc/self/cgroup begins at the top of the hierarchy, of which a container may see
    a part only, so what is mounted is taken off; a path that cannot be seen at all (`/../..`,
    cgroup_namespaces(7)) is replaced by what is mounted.
    """
    for mount in _mounts(root):
        own = _own_path(mount.unified, controller, root)
        if own is None or controller not in mount.controllers:
            continue
        inside = own.removeprefix(mount.top) if mount.top != "/" else own
        folder = mount.point / inside.lstrip("/")
        if ".." in folder.parts or not is_there(folder):
            folder = mount.point
        above = [parent for parent in folder.parents if parent.is_relative_to(mount.point)]
        return Hierarchy(mount.unified, (folder, *above))
    return None


def _own_path(unified: bool, controller: str, root: Path) -> str | None:
    """Read /proc/self/cgroup, whose lines are `0::PATH` or `4:cpu,cpuacct:PATH`."""
    for line in text(root / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if line.startswith("0::") if unified else controller in controllers.split(","):
            return path
    return None


def _mounts(root: Path) -> list[_Mount]:
    """Where hierarchies are mounted, version 2 first: in a mixture only one has the controller."""
    found = [
        mount for words in rows(root / "proc/self/mountinfo") if (mount := _mount(words, root))
    ]
    usual = root / "sys/fs/cgroup"
    if not found and is_there(usual / "cgroup.controllers"):
        found = [_Mount(usual, "/", True, _controllers(usual))]
    return sorted(found, key=lambda mount: not mount.unified)


def _mount(words: list[str], root: Path) -> _Mount | None:
    """Read a line of /proc/self/mountinfo: `36 35 98:0 TOP POINT OPTIONS ... - KIND FROM MORE`."""
    if "-" not in words[5:-3]:
        return None
    kind, _, options = words[words.index("-", 5) + 1 :][:3]
    point = root / words[4].lstrip("/")
    if kind == "cgroup2":
        return _Mount(point, words[3], True, _controllers(point))
    if kind == "cgroup":
        return _Mount(point, words[3], False, frozenset(options.split(",")))
    return None


def _controllers(point: Path) -> frozenset[str]:
    return frozenset(text(point / "cgroup.controllers").split())


def tightest_memory(groups: Hierarchy) -> Memory | None:
    """The lowest limit, with what the group that sets it has in use; `None` without any limit.

    What is in use is the working set, as kubelet counts it: all but the file pages that the kernel
    takes back first.
    """
    found = memory_limit(groups)
    if found is None:
        return None
    limit, folder = found
    return Memory(working_set(folder, unified=groups.unified), limit)


def memory_limit(groups: Hierarchy) -> tuple[int, Path] | None:
    """The lowest limit of memory in bytes, and the group that sets it; `None` without any."""
    name = "memory.max" if groups.unified else "memory.limit_in_bytes"
    limits = [(limit, folder) for folder in groups.chain if (limit := number(folder / name))]
    return min(limits, key=lambda found: found[0]) if limits else None


def working_set(folder: Path, *, unified: bool) -> int | None:
    """What a group has in use without the file pages that the kernel takes back first."""
    usage = number(folder / ("memory.current" if unified else "memory.usage_in_bytes"))
    name = "inactive_file" if unified else "total_inactive_file"
    inactive = table(folder / "memory.stat", name).get(name)
    return None if usage is None else max(0, usage - (inactive or 0))


def tightest_quota(groups: Hierarchy) -> Quota | None:
    """The lowest quota of CPU time; `None` without any."""
    shares = [
        (share, folder) for folder in groups.chain if (share := _share(folder, groups.unified))
    ]
    if not shares:
        return None
    cpus, folder = min(shares, key=lambda found: found[0])
    counts = table(folder / "cpu.stat", "usage_usec", "throttled_")
    if groups.unified:
        used, throttled, unit = (
            counts.get("usage_usec"),
            counts.get("throttled_usec"),
            _MICROSECONDS,
        )
    else:
        used, unit = number(folder / "cpuacct.usage"), _NANOSECONDS
        throttled = counts.get("throttled_time")
    return Quota(folder, cpus, _seconds(used, unit), _seconds(throttled, unit))


def _share(folder: Path, unified: bool) -> float | None:
    """A quota in CPUs: `cpu.max` is `max 100000` or `50000 100000`; version 1 says -1 for none."""
    if unified:
        quota, _, period = text(folder / "cpu.max").partition(" ")
    else:
        quota = text(folder / "cpu.cfs_quota_us")
        period = text(folder / "cpu.cfs_period_us")
    try:
        share = int(quota) / int(period)
    except (ValueError, ZeroDivisionError):
        return None
    return share if share > 0 else None


def _seconds(count: int | None, unit: float) -> float | None:
    return None if count is None else count / unit


def disk_bytes(groups: Hierarchy) -> dict[str, tuple[int, int]]:
    """Bytes read and written by all groups that can be seen, by device such as `8:0`; version 2.

    Lines of io.stat are `8:0 rbytes=1 wbytes=2 rios=...`; a device without both is left out.
    """
    found: dict[str, tuple[int, int]] = {}
    for device, *pairs in rows(groups.chain[-1] / "io.stat"):
        values = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        try:
            found[device] = int(values["rbytes"]), int(values["wbytes"])
        except (KeyError, ValueError):
            continue
    return found
