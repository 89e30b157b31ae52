"""What went through network interfaces and disks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from modelmetry.machine.kernel_files import is_there, rows, whole

Transfers = dict[str, tuple[int, int]]
"""Bytes received and sent, or read and written, by the name of the device."""

_SECTOR: Final = 512  # bytes; the kernel counts in these whatever the disk has
# Where columns stand: /proc/net/dev, and /proc/diskstats (iostats.rst of the kernel).
_RECEIVED, _SENT = 1, 9
_DISK, _SECTORS_READ, _SECTORS_WRITTEN = 2, 5, 9


def network_bytes(root: Path) -> Transfers:
    """Bytes of all interfaces of the network namespace of this process, but not of loopback."""
    found: Transfers = {}
    for words in rows(root / "proc/self/net/dev"):
        name, colon, first = words[0].partition(":")
        if not colon or name == "lo":
            continue
        columns = [name, *([first] if first else []), *words[1:]]  # "eth0:123" in old kernels
        pair = _pair(columns, _RECEIVED, _SENT)
        if pair is not None:
            found[name] = pair
    return with_hardware(found, root / "sys/class/net")


def disk_bytes(root: Path) -> Transfers:
    """Bytes of all disks of the machine."""
    found: Transfers = {}
    for words in rows(root / "proc/diskstats"):
        pair = _pair(words, _SECTORS_READ, _SECTORS_WRITTEN)
        if pair is not None:
            found[words[_DISK]] = pair[0] * _SECTOR, pair[1] * _SECTOR
    return with_hardware(found, root / "sys/block")


def with_hardware(found: Mapping[str, tuple[int, int]], folder: Path) -> Transfers:
    """Leave out what stands upon something else, so that a byte is counted once.

    That is bridges and tunnels, partitions, loops and mapped disks: the kernel links what has
    hardware to it. In a container nothing may have, and everything counts.
    """
    real = {name: pair for name, pair in found.items() if is_there(folder / name / "device")}
    return real or dict(found)


def disk_name(number: str, folder: Path) -> str:
    """The name of a disk, such as `sda`, by its number, such as `8:0`, which it is otherwise."""
    lines = [words[0].partition("=") for words in rows(folder / number / "uevent")]
    return next((name for key, _, name in lines if key == "DEVNAME" and name), number)


def _pair(columns: list[str], first: int, second: int) -> tuple[int, int] | None:
    if len(columns) <= second:
        return None
    one, other = whole(columns[first]), whole(columns[second])
    return None if one is None or other is None else (one, other)
