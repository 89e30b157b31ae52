"""This process, as Linux tells of it."""

from __future__ import annotations

import os
from pathlib import Path

from modelmetry.machine.kernel_files import table, text, whole

_BEGAN, _VIRTUAL = 19, 0  # columns of /proc/self/stat after the name, and of statm (proc(5))


def descriptors(root: Path) -> int | None:
    """Open files and sockets, without the one that it takes to look."""
    try:
        return len(os.listdir(root / "proc/self/fd")) - 1  # noqa: PTH208 - names are enough
    except OSError:
        return None


def age(root: Path, process: str = "self") -> float | None:
    """Seconds since it began, or another process."""
    words = text(root / "proc" / process / "stat").rpartition(")")[2].split()
    began = whole(words[_BEGAN]) if len(words) > _BEGAN else None
    try:
        up = float(text(root / "proc/uptime").split()[0])
    except (IndexError, ValueError):
        return None
    return None if began is None else max(0.0, up - began / os.sysconf("SC_CLK_TCK"))


def virtual_memory(root: Path) -> int | None:
    """Bytes of addresses that it has."""
    words = text(root / "proc/self/statm").split()
    pages = whole(words[_VIRTUAL]) if words else None
    return None if pages is None else pages * os.sysconf("SC_PAGE_SIZE")


def disk_bytes(root: Path) -> tuple[int, int] | None:
    """Bytes that it had read from disks and written to them; cancelled ones are not written."""
    found = table(root / "proc/self/io", "read_bytes", "write_bytes")
    if len(found) < 2:  # noqa: PLR2004 - both of them
        return None
    return found["read_bytes"], found["write_bytes"]
