"""How many CPUs there are, how many of them this process may use, and for how long they worked."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final

from modelmetry.machine.kernel_files import rows, text, whole

# Columns of /proc/stat (proc(5)): user nice system idle iowait irq softirq steal; the rest, of
# guests, is counted under user and nice already.
_COUNTED: Final = slice(1, 9)
_WAITING: Final = slice(4, 6)

# The counted columns; both kinds of interruptions are one mode.
_MODES: Final = (
    *("user", "nice", "system", "idle", "iowait", "interrupt"),
    *("interrupt", "steal"),
)

# As OpenTelemetry calls them (`host.arch`).
_ARCHITECTURES: Final = {
    "x86_64": "amd64",
    "aarch64": "arm64",
    "armv7l": "arm32",
    "armv8l": "arm32",
    "i386": "x86",
    "i686": "x86",
    "ppc64le": "ppc64",
}


def allowed_cpus() -> AbstractSet[int]:
    """The CPUs on which the scheduler may run this process, by number."""
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return frozenset(range(os.cpu_count() or 1))


def architecture() -> str:
    """The instruction set, as OpenTelemetry calls it."""
    machine = platform.machine().lower()
    return _ARCHITECTURES.get(machine, machine)


def cpu_model(root: Path) -> str | None:
    """The name that the maker gave to the CPU; `None` if nothing says it.

    `platform.processor()` would start `uname` everywhere but on Windows, and ARM's kernels give
    numbers in the place of a name.
    """
    for line in text(root / "proc/cpuinfo").splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() in {"model name", "cpu model", "cpu"} and value.strip():
            return value.strip()
    return (platform.processor() or None) if sys.platform == "win32" else None


def cpus_of_host(root: Path) -> int | None:
    """How many CPUs the machine has, whoever may use them."""
    return sum(_is_of_one_cpu(words[0]) for words in rows(root / "proc/stat")) or os.cpu_count()


def busy_seconds(root: Path, cpus: AbstractSet[int]) -> float | None:
    """Seconds since boot for which these CPUs worked, added up; `None` if they are not all there.

    Working is everything but idling and waiting for a disk, as psutil and top count it.
    """
    wanted = {f"cpu{number}" for number in cpus}
    found = [words for words in rows(root / "proc/stat") if words[0] in wanted]
    times = [sum(_ticks(words, _COUNTED)) - sum(_ticks(words, _WAITING)) for words in found]
    return sum(times) / os.sysconf("SC_CLK_TCK") if len(times) == len(wanted) else None


def modes_of_host(root: Path) -> dict[str, float]:
    """Seconds since boot of all CPUs of the machine, by OpenTelemetry's modes."""
    for name, *columns in rows(root / "proc/stat"):
        ticks = [whole(word) or 0 for word in columns]
        if name != "cpu" or len(ticks) < len(_MODES):
            continue
        found = dict.fromkeys(_MODES, 0.0)
        for mode, value in zip(_MODES, ticks, strict=False):
            found[mode] += value / os.sysconf("SC_CLK_TCK")
        return found
    return {}


def _is_of_one_cpu(name: str) -> bool:
    return name.startswith("cpu") and name != "cpu"


def _ticks(words: list[str], columns: slice) -> list[int]:
    return [whole(word) or 0 for word in words[columns]]
