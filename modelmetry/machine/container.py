"""Whether this process runs in a container."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

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
# Every runtime mounts these from outside so that it can write to them.
_GIVEN: Final = frozenset({"/etc/hostname", "/etc/hosts", "/etc/resolv.conf"})


def is_container(root: Path) -> bool:
    """Tell by the files of runtimes, the names of groups, and by what is mounted from outside."""
    if any(is_there(root / sign) for sign in _SIGNS):
        return True
    if _GROUPS.search(text(root / "proc/self/cgroup")):
        return True
    points = {words[_FIFTH] for words in rows(root / "proc/self/mountinfo") if len(words) > _FIFTH}
    return len(points & _GIVEN) > 1
