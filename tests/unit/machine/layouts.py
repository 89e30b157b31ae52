"""Folders laid out like /proc and /sys of a machine."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

GIGABYTE = 1 << 30


def laid_out(root: Path, files: dict[str, str]) -> Path:
    """Write files below a folder, with their folders, and give it."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(content))
    return root


def host(root: Path, *, cpus: int = 8) -> Path:
    """A machine with 16 GiB, of which 12 are available, that has worked 300 s on each CPU."""
    each = "".join(
        f"cpu{number} 10000 5000 10000 900000 800 1000 3000 1000 500 0\n" for number in range(cpus)
    )
    return laid_out(
        root,
        {
            "proc/meminfo": "MemTotal: 16777216 kB\nMemFree: 1 kB\nMemAvailable: 12582912 kB\n",
            "proc/stat": f"cpu  1 1 1 1 1 1 1 1 0 0\n{each}intr 12 3\nctxt 5\n",
            "proc/cpuinfo": "processor\t: 0\nmodel\t\t: 2\nmodel name\t: Example CPU 9000\n",
            "proc/self/statm": "3000 1024 200 1 0 700 0\n",
            "proc/self/status": "Name:\tpython\nThreads:\t7\nNoNewPrivs:\t0\n",
        },
    )


def unified(root: Path, own: str = "/", *, mounted: str = "/") -> Path:
    """Version 2 mounted at its usual place; `own` is the group of the process."""
    return laid_out(
        root,
        {
            "proc/self/cgroup": f"0::{own}\n",
            "proc/self/mountinfo": f"""\
                22 1 0:20 / /proc rw - proc proc rw
                31 23 0:28 {mounted} /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup rw
                """,
            "sys/fs/cgroup/cgroup.controllers": "cpuset cpu io memory pids\n",
        },
    )


def version_1(root: Path, own: str) -> Path:
    """Version 1, with version 2 beside it for systemd only, as older systems have it."""
    return laid_out(
        root,
        {
            "proc/self/cgroup": f"5:memory:{own}\n4:cpu,cpuacct:{own}\n1:name=systemd:/\n0::/\n",
            "proc/self/mountinfo": """\
                40 31 0:37 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
                35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
                32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
                """,
            "sys/fs/cgroup/unified/cgroup.controllers": "\n",
        },
    )
