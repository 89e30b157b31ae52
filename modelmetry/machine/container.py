"""Whether this process runs in a container."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from modelmetry.machine import own
from modelmetry.machine.kernel_files import is_there, rows, text

# Docker and podman leave the first two, systemd's tools the third, Kubernetes the last.
_SIGNS: Final = (
    ".dockerenv",
    "run/.containerenv",
    "run/systemd/container",
    "run/secrets/kubernetes.io",
    "var/run/secrets/kubernetes.io",
)
_GROUPS: Final = re.compile(r"docker|kubepods|containerd|libpod|lxc[./]|crio|garden")
_FIFTH: Final = 4
# PROC_PID_INIT_INO, the first name space of processes, is the same in all kernels (proc_ns.h).
_NUMBERS_OF_HOST: Final = f"pid:[{0xEFFFFFFC}]"
# Every runtime mounts these from outside so that it can write to them.
_GIVEN: Final = frozenset({"/etc/hostname", "/etc/hosts", "/etc/resolv.conf"})


def age(root: Path) -> float | None:
    """Seconds since the first process of this container began.

    `None` where its processes have numbers of the host: there the first one is the host's. So it
    is where the system tells another time since its start than the kernel reckons with (LXCFS).
    """
    try:
        numbers = os.readlink(root / "proc/self/ns/pid")  # noqa: PTH115 - it names no file
    except OSError:
        return None
    if numbers == _NUMBERS_OF_HOST:
        return None
    return own.age(root, "1") or None


def is_container(root: Path) -> bool:
    """Tell by the files of runtimes, the names of groups, and by what is mounted from outside."""
    if any(is_there(root / sign) for sign in _SIGNS):
        return True
    if _GROUPS.search(text(root / "proc/self/cgroup")):
        return True
    points = {words[_FIFTH] for words in rows(root / "proc/self/mountinfo") if len(words) > _FIFTH}
    return len(points & _GIVEN) > 1
