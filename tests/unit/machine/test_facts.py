"""What does not change."""

from __future__ import annotations

import json
import os
import platform
import socket
import sys
from pathlib import Path

import pytest

from modelmetry.machine.facts import Facts, facts
from modelmetry.machine.nvml import Gpu
from tests.unit.machine.layouts import GIGABYTE, host, laid_out, unified

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a machine laid out in files")

CONTAINER = {
    "sys/fs/cgroup/memory.max": str(GIGABYTE),
    "sys/fs/cgroup/cpu.max": "50000 100000",
    "etc/os-release": "# made up\nNAME=\"Example Linux\"\nVERSION_ID='12'\nID=example\n",
    ".dockerenv": "",
}


def test_facts_are_what_this_process_may_use(tmp_path: Path) -> None:
    """The container's memory and quota, beside the CPUs of the host."""
    found = facts(root=laid_out(unified(host(tmp_path)), CONTAINER))
    assert (found.memory_total, found.cpus_usable, found.cpus_of_host) == (GIGABYTE, 0.5, 8)
    assert (found.os_name, found.os_version, found.container) == ("Example Linux", "12", True)
    assert (found.cpu_model, found.gpus) == ("Example CPU 9000", ())


def test_names_of_host_and_user_are_given_only_if_asked_for(tmp_path: Path) -> None:
    """Not by default, each by itself, and never remembered."""
    root = host(tmp_path)
    asked = facts(host=True, user=True, root=root)
    assert asked.host_name == socket.gethostname()
    assert asked.user
    silent = facts(root=root)
    assert (silent.host_name, silent.user) == (None, None)
    assert not {"host.name", "process.owner"} & silent.members().keys()
    assert facts(host=True, root=root).user is None


# Python 3.12 and newer warn of forks beside threads, which is what applications do all the same.
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_user_without_a_name_is_none(tmp_path: Path) -> None:
    """Containers run numbers that /etc/passwd does not know."""
    child = os.fork() if os.geteuid() == 0 else -1
    if child == -1:
        pytest.skip("only root may become a number without a name")
    if child == 0:
        try:
            os.setuid(54321)  # which may not look into `tmp_path` either
            os._exit(0 if facts(user=True, root=tmp_path).user is None else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_the_machine_is_looked_at_once(tmp_path: Path) -> None:
    """Later calls give what the first one found."""
    root = host(tmp_path)
    first = facts(root=root)
    (root / "proc/cpuinfo").unlink()
    assert facts(root=root) == first


def test_an_empty_machine_has_facts(tmp_path: Path) -> None:
    """What is not known is left out of the JSON; the four old keys are always there."""
    members = facts(root=tmp_path).members()
    assert (members["gpu_present"], members["gpu_model"], members["memory_total"]) == (
        False,
        None,
        None,
    )
    assert members["cpu"] == members["host.arch"]
    assert "system.memory.limit" not in members
    assert None not in [value for name, value in members.items() if "." in name]


def test_members_are_json_under_the_names_of_opentelemetry(tmp_path: Path) -> None:
    """Beside them stand those of the older tool."""
    cards = (Gpu(0, "Example GPU", "GPU-1", 7), Gpu(1))
    found = Facts(
        os_type="linux",
        os_name="Example Linux",
        os_version="12",
        kernel="6.1",
        python="3.11.7",
        python_implementation="cpython",
        architecture="arm64",
        cpu_model="Example CPU",
        cpus_usable=1.5,
        cpus_of_host=8,
        memory_total=5,
        gpus=cards,
        container=False,
        process_id=42,
        host_name="h",
        user="u",
    )
    assert json.loads(json.dumps(found.members())) == {
        "os.type": "linux",
        "os.name": "Example Linux",
        "os.version": "12",
        "os.build_id": "6.1",
        "process.pid": 42,
        "process.owner": "u",
        "process.runtime.name": "cpython",
        "process.runtime.version": "3.11.7",
        "host.name": "h",
        "host.arch": "arm64",
        "host.cpu.model.name": "Example CPU",
        "system.cpu.logical.count": 8,
        "system.memory.limit": 5,
        "modelmetry.cpu.usable": 1.5,
        "modelmetry.container": False,
        "modelmetry.gpus": [
            {"index": 0, "hw.id": "GPU-1", "hw.name": "Example GPU", "hw.gpu.memory.limit": 7},
            {"index": 1},
        ],
        "cpu": "Example CPU",
        "gpu_present": True,
        "gpu_model": "Example GPU",
        "memory_total": 5,
    }


def test_this_machine_has_facts() -> None:
    """On the real one the system, Python, CPUs and memory are known."""
    found = facts()
    assert (found.os_type, found.kernel) == ("linux", platform.release())
    assert found.python == platform.python_version()
    assert found.process_id == os.getpid()
    assert 0 < found.cpus_usable <= (found.cpus_of_host or 0)
    assert (found.memory_total or 0) > 1 << 20


# Python 3.12 and newer warn of forks beside threads, which is what applications do all the same.
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_has_its_own_id() -> None:
    """What was found out before the fork is kept, the process is another one."""
    before = facts()
    child = os.fork()
    if child == 0:
        try:
            now = facts()
            os._exit(0 if (now.process_id, now.kernel) == (os.getpid(), before.kernel) else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
