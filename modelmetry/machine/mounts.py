"""How full the file systems are that keep something: no pseudo ones, none over a network."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from msgspec import Struct

from modelmetry.machine.kernel_files import rows

# Whoever asks a server that is gone for its disk waits for ever (NFS, SMB, FUSE).
LOCAL: Final = frozenset(
    {
        *("apfs", "bcachefs", "btrfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "fat32", "hfs"),
        *("jfs", "msdos", "ntfs", "ntfs3", "overlay", "refs", "reiserfs", "ufs", "vfat", "xfs"),
        "zfs",
    }
)
_MOST: Final = 50
_DEVICE, _POINT, _OPTIONAL = 2, 4, 6
_ESCAPES: Final = (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\"))


class FileSystem(Struct, frozen=True):
    """A mounted file system, and its bytes.

    Attributes:
        device: that is mounted.
        point: where.
        kind: such as `ext4`.
        used: bytes that are taken.
        free: bytes that this process may take.
        reserved: bytes that only the administrator may take.
    """

    device: str
    point: str
    kind: str
    used: int
    free: int
    reserved: int


def file_systems(root: Path) -> list[FileSystem]:
    """Each device once, where it is mounted nearest to the top."""
    mounts = sorted(_mounts(root), key=lambda mount: len(mount[1]))
    found: dict[str, FileSystem] = {}
    for number, point, kind, device in mounts:
        if number in found or len(found) >= _MOST:
            continue
        # Containers of others that run here are layers over what is counted already.
        if kind == "overlay" and point != "/":
            continue
        one = _asked(root, point, kind, device)
        if one is not None:
            found[number] = one
    return list(found.values())


def _mounts(root: Path) -> list[tuple[str, str, str, str]]:
    """Lines are `36 35 98:0 TOP POINT OPTIONS ... - KIND DEVICE MORE`; number, point, and these."""
    found: list[tuple[str, str, str, str]] = []
    for words in rows(root / "proc/self/mountinfo"):
        if "-" not in words[_OPTIONAL:-2]:
            continue
        kind, device = words[words.index("-", _OPTIONAL) + 1 :][:2]
        if kind in LOCAL:
            found.append((words[_DEVICE], _plain(words[_POINT]), kind, _plain(device)))
    return found


def _plain(word: str) -> str:
    for escape, character in _ESCAPES:
        word = word.replace(escape, character)
    return word


def _asked(root: Path, point: str, kind: str, device: str) -> FileSystem | None:
    folder = root / point.lstrip("/")
    try:
        if not folder.is_dir():  # runtimes mount single files of the host
            return None
        told = os.statvfs(folder)
    except OSError:
        return None
    if not told.f_blocks:
        return None
    size = told.f_frsize or told.f_bsize
    return FileSystem(
        device,
        point,
        kind,
        used=(told.f_blocks - told.f_bfree) * size,
        free=told.f_bavail * size,
        reserved=(told.f_bfree - told.f_bavail) * size,
    )
