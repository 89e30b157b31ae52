"""What does not change while a process runs: the system, Python, the CPU, memory and GPUs."""

from __future__ import annotations

import os
import platform
import socket
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from modelmetry.machine.container import is_container
from modelmetry.machine.kernel_files import text
from modelmetry.machine.nvml import Gpu, Nvml
from modelmetry.machine.processors import architecture, cpu_model, cpus_of_host
from modelmetry.machine.systems import this_system

_ROOT: Final = Path("/")


class Facts(Struct, frozen=True, kw_only=True):
    """What the machine is, as far as this process may use it.

    Attributes:
        os_type: `linux`, `darwin`, `windows`.
        os_name: such as `Debian GNU/Linux`.
        os_version: such as `12`.
        kernel: its release.
        python: its version.
        python_implementation: such as `cpython`.
        architecture: such as `amd64` or `arm64`, as OpenTelemetry calls it.
        cpu_model: as its maker calls it; `None` where nothing says it.
        cpus_usable: how many CPUs' worth of time this process may have: by the scheduler, and by
            the quota of its container, such as 0.5.
        cpus_of_host: how many the machine has.
        memory_total: bytes: the limit of the container, or what the machine has if that is less.
        gpus: those of NVIDIA.
        container: whether this is one.
        process_id: of this process, as it sees itself.
        host_name: if it was asked for.
        user: who owns the process, if that was asked for.
    """

    os_type: str
    os_name: str
    os_version: str | None
    kernel: str
    python: str
    python_implementation: str
    architecture: str
    cpu_model: str | None
    cpus_usable: float
    cpus_of_host: int | None
    memory_total: int | None
    gpus: tuple[Gpu, ...]
    container: bool
    process_id: int
    host_name: str | None = None
    user: str | None = None

    def members(self) -> dict[str, Any]:
        """The members of a JSON object; what is not known is left out.

        Names are those of OpenTelemetry's resources where it has one, else `modelmetry.*`. Beside
        them stand `cpu`, `gpu_present`, `gpu_model` and `memory_total` as the older telemetry tool
        has them, which are always there.
        """
        named = {
            "os.type": self.os_type,
            "os.name": self.os_name,
            "os.version": self.os_version,
            "os.build_id": self.kernel,
            "process.pid": self.process_id,
            "process.owner": self.user,
            "process.runtime.name": self.python_implementation,
            "process.runtime.version": self.python,
            "host.name": self.host_name,
            "host.arch": self.architecture,
            "host.cpu.model.name": self.cpu_model,
            "system.cpu.logical.count": self.cpus_of_host,
            "system.memory.limit": self.memory_total,
            "modelmetry.cpu.usable": self.cpus_usable,
            "modelmetry.container": self.container,
            "modelmetry.gpus": [_gpu_members(gpu) for gpu in self.gpus],
        }
        return {**_known(named), **self._as_before()}

    def _as_before(self) -> dict[str, Any]:
        return {
            "cpu": self.cpu_model or self.architecture,
            "gpu_present": bool(self.gpus),
            "gpu_model": self.gpus[0].name if self.gpus else None,
            "memory_total": self.memory_total,
        }


def _gpu_members(gpu: Gpu) -> dict[str, Any]:
    return _known(
        {
            "index": gpu.index,
            "hw.id": gpu.uuid,
            "hw.name": gpu.name,
            "hw.gpu.memory.limit": gpu.memory_total,
        }
    )


def _known(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def facts(*, host: bool = False, user: bool = False, root: Path = _ROOT) -> Facts:
    """Say what the machine is; what takes long to find out is found out once for each process.

    Args:
        host: whether to say its name.
        user: whether to say who owns this process.
        root: the folder that holds `etc`, `proc` and `sys`.
    """
    return replace(
        _found(root),
        process_id=os.getpid(),
        host_name=socket.gethostname() if host else None,
        user=_owner() if user else None,
    )


@cache
def _found(root: Path) -> Facts:
    """What is the same for all processes that are forked from here."""
    system = this_system(root)
    release = _release(root)
    memory = system.memory()
    return Facts(
        os_type=platform.system().lower(),
        os_name=release.get("NAME") or platform.system(),
        os_version=release.get("VERSION_ID"),
        kernel=platform.release(),
        python=platform.python_version(),
        python_implementation=sys.implementation.name,
        architecture=architecture(),
        cpu_model=cpu_model(root),
        cpus_usable=system.usable_cpus(),
        cpus_of_host=cpus_of_host(root),
        memory_total=None if memory is None else memory.limit,
        gpus=_gpus(root),
        container=is_container(root),
        process_id=os.getpid(),
    )


def _release(root: Path) -> dict[str, str]:
    """Read os-release(5), whose lines are `NAME="Debian GNU/Linux"`."""
    found = text(root / "etc/os-release") or text(root / "usr/lib/os-release")
    pairs = (line.partition("=") for line in found.splitlines())
    return {name: value.strip().strip("\"'") for name, equals, value in pairs if equals}


def _gpus(root: Path) -> tuple[Gpu, ...]:
    library = Nvml(root)
    try:
        return library.cards()
    finally:
        library.close()


def _owner() -> str | None:
    """The name of the user, by its number where there is one; the variables of a shell may lie."""
    with suppress(ImportError, KeyError, OSError):  # a container may run a number without a name
        if sys.platform == "win32":
            import getpass  # noqa: PLC0415

            return getpass.getuser()
        import pwd  # noqa: PLC0415 - POSIX only

        return pwd.getpwuid(os.geteuid()).pw_name
    return None
