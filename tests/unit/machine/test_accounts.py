"""What the group of a container was given and has used."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelmetry.machine.accounts import GroupCpu, GroupMemory
from modelmetry.machine.linux import Linux
from modelmetry.machine.scopes import CONTAINER, HOST, Scoped, States
from tests.unit.machine.layouts import GIGABYTE, host, laid_out, unified, version_1

GROUPS = "sys/fs/cgroup"
USED = {
    f"{GROUPS}/memory.current": "700",
    f"{GROUPS}/memory.stat": "anon 300\ninactive_file 250\n",
    f"{GROUPS}/memory.events": "low 0\noom 3\noom_kill 2\noom_group_kill 0\n",
    f"{GROUPS}/cpu.stat": "usage_usec 9000000\nuser_usec 6000000\nsystem_usec 3000000\n"
    "throttled_usec 250000\n",
    f"{GROUPS}/cgroup.type": "domain",
}
LIMITS = {f"{GROUPS}/memory.max": "1000", f"{GROUPS}/cpu.max": "50000 100000"}
PRESSURE = (
    "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\n"
    "full avg10=0.00 avg60=0.00 avg300=0.00 total=500000\n"
)


def linux(root: Path, *, container: bool = True) -> Linux:
    """A machine that gives two CPUs."""
    return Linux(root, lambda: {0, 1}, container=container)


def test_a_container_with_limits_is_known_by_them(tmp_path: Path) -> None:
    """Its working set, the cached pages and what it may still take are all that it may have."""
    machine = linux(laid_out(unified(host(tmp_path)), USED | LIMITS))
    assert machine.group_memory() == GroupMemory(700, 450, 1000, 2)
    assert machine.memory_states() == States(
        CONTAINER, {"used": 450, "cached": 250, "free": 300}, 1000
    )
    assert machine.group_cpu() == GroupCpu({"user": 6, "system": 3}, 0.25, 0.5)
    assert machine.cpu_modes() == Scoped(CONTAINER, {"user": 6, "system": 3})


def test_a_container_without_limits_is_not_its_host(tmp_path: Path) -> None:
    """Its own use is told; what it may have is what the machine has."""
    machine = linux(laid_out(unified(host(tmp_path)), USED))
    assert machine.group_memory() == GroupMemory(700, 450, None, 2)
    states = machine.memory_states()
    assert states is not None
    assert (states.scope, states.limit) == (CONTAINER, 16 * GIGABYTE)
    assert machine.group_cpu() == GroupCpu({"user": 6, "system": 3}, None, None)


def test_outside_of_containers_groups_without_limits_say_nothing(tmp_path: Path) -> None:
    """The machine is told as the machine."""
    machine = linux(laid_out(unified(host(tmp_path), "/user.slice"), USED), container=False)
    assert (machine.group_memory(), machine.group_cpu()) == (None, None)
    states, modes = machine.memory_states(), machine.cpu_modes()
    assert states is not None
    assert modes is not None
    assert (states.scope, modes.scope) == (HOST, HOST)


def test_a_service_with_limits_is_told_by_them(tmp_path: Path) -> None:
    """What systemd or a batch system limits is as good as contained."""
    machine = linux(laid_out(unified(host(tmp_path)), USED | LIMITS), container=False)
    states, modes = machine.memory_states(), machine.cpu_modes()
    assert states is not None
    assert modes is not None
    assert (states.scope, modes.scope, states.limit) == (CONTAINER, CONTAINER, 1000)


def test_a_container_that_shares_the_groups_of_its_host_tells_them_as_the_hosts(
    tmp_path: Path,
) -> None:
    """The group of the whole machine has no type: what it has used is everybody's."""
    used = {name: value for name, value in USED.items() if not name.endswith("type")}
    machine = linux(laid_out(unified(host(tmp_path)), used))
    states, modes = machine.memory_states(), machine.cpu_modes()
    assert states is not None
    assert modes is not None
    assert (states.scope, modes.scope) == (HOST, HOST)


def test_version_1_counts_in_two_places(tmp_path: Path) -> None:
    """Of modes it knows nanoseconds; the limit of 2**63 is none."""
    root = version_1(host(tmp_path), "/docker/a")
    files = {
        f"{GROUPS}/memory/docker/a/memory.usage_in_bytes": "700",
        f"{GROUPS}/memory/docker/a/memory.limit_in_bytes": "9223372036854771712",
        f"{GROUPS}/memory/docker/a/memory.oom_control": "oom_kill_disable 0\noom_kill 4\n",
        f"{GROUPS}/cpu,cpuacct/docker/a/cpu.cfs_quota_us": "150000",
        f"{GROUPS}/cpu,cpuacct/docker/a/cpu.cfs_period_us": "100000",
        f"{GROUPS}/cpu,cpuacct/docker/a/cpuacct.usage": "5000000000",
    }
    machine = linux(laid_out(root, files))
    assert machine.group_memory() == GroupMemory(700, 700, None, 4)
    assert machine.group_cpu() == GroupCpu({"": 5}, None, 1.5)
    modes = {
        f"{GROUPS}/cpu,cpuacct/docker/a/cpuacct.usage_user": "2000000000",
        f"{GROUPS}/cpu,cpuacct/docker/a/cpuacct.usage_sys": "3000000000",
    }
    laid_out(root, modes)
    assert machine.group_cpu() == GroupCpu({"user": 2, "system": 3}, None, 1.5)


def test_version_1_with_a_controller_of_its_own_for_counting(tmp_path: Path) -> None:
    """The group has the same name in both."""
    mounts = """\
        32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
        33 31 0:30 / /sys/fs/cgroup/cpuacct rw - cgroup cgroup rw,cpuacct
        """
    files = {
        "proc/self/cgroup": "2:cpuacct:/docker/a\n1:cpu:/docker/a\n",
        "proc/self/mountinfo": mounts,
        f"{GROUPS}/cpu/docker/a/cpu.shares": "1024",
        f"{GROUPS}/cpuacct/docker/a/cpuacct.usage": "5000000000",
        f"{GROUPS}/cpuacct/cpuacct.usage": "900000000000",
    }
    assert linux(laid_out(host(tmp_path), files)).group_cpu() == GroupCpu({"": 5}, None, None)


def test_pressure_is_that_of_the_container(tmp_path: Path) -> None:
    """Or that of the machine, which is told as such."""
    machine = linux(laid_out(unified(host(tmp_path)), USED | {"proc/pressure/io": PRESSURE}))
    assert machine.pressure() == (HOST, {("io", "some"): 1.5, ("io", "full"): 0.5})
    laid_out(tmp_path, {f"{GROUPS}/cpu.pressure": PRESSURE, f"{GROUPS}/io.pressure": "torn some\n"})
    assert machine.pressure() == (CONTAINER, {("cpu", "some"): 1.5, ("cpu", "full"): 0.5})


@pytest.mark.parametrize("torn", ["", "x", "usage_usec\n", "user_usec 1\n"])
def test_a_torn_file_is_no_figure(torn: str, tmp_path: Path) -> None:
    """Without a sum and both of its parts there is no CPU time; the machine's is told as that."""
    machine = linux(laid_out(unified(host(tmp_path)), USED | LIMITS | {f"{GROUPS}/cpu.stat": torn}))
    assert machine.group_cpu() is None
    modes = machine.cpu_modes()
    assert modes is not None
    assert modes.scope == HOST


def test_disks_of_a_container_have_names(tmp_path: Path) -> None:
    """Where the kernel tells them; else they keep their numbers."""
    files = {
        f"{GROUPS}/io.stat": "8:0 rbytes=1 wbytes=2 rios=1\n8:16 rbytes=3 wbytes=4\n",
        "sys/dev/block/8:0/uevent": "MAJOR=8\nMINOR=0\nDEVNAME=sda\n",
    }
    machine = linux(laid_out(unified(host(tmp_path)), files))
    assert machine.disks() == {"sda": (1, 2), "8:16": (3, 4)}
    assert machine.disk_scope() == CONTAINER


def test_interfaces_with_hardware_are_those_of_the_machine(tmp_path: Path) -> None:
    """A container with the network of its host says so."""
    machine = linux(laid_out(tmp_path, {"proc/self/net/dev": "eth0: 5 0 0 0 0 0 0 0 7\n"}))
    assert machine.network_scope() == CONTAINER
    (tmp_path / "sys/class/net/eth0/device").mkdir(parents=True)
    assert machine.network_scope() == HOST
