"""Linux, from files and from the machine that runs the tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from modelmetry.machine import devices
from modelmetry.machine.by_psutil import ByPsutil
from modelmetry.machine.container import is_container
from modelmetry.machine.control_groups import Memory
from modelmetry.machine.linux import Linux
from modelmetry.machine.platforms import Work
from modelmetry.machine.processors import busy_seconds, cpu_model, cpus_of_host
from tests.unit.machine.layouts import GIGABYTE, host, laid_out, unified

GROUPS = "sys/fs/cgroup"
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc of this machine")
pytestmark = pytest.mark.skipif(not hasattr(os, "sysconf"), reason="sizes of POSIX")


def linux(root: Path, *cpus: int) -> Linux:
    """A machine whose scheduler allows these CPUs."""
    return Linux(root, lambda: frozenset(cpus))


def test_without_groups_the_machine_counts(tmp_path: Path) -> None:
    """Memory is what is not available; CPUs are those that the scheduler allows."""
    machine = linux(host(tmp_path), 2, 3)
    assert machine.memory() == Memory(4 * GIGABYTE, 16 * GIGABYTE)
    assert machine.usable_cpus() == 2
    assert machine.work() == Work("CPUs [2, 3]", 600.0, 2)
    assert machine.throttled() == {}


def test_a_limit_below_that_of_the_machine_counts(tmp_path: Path) -> None:
    """Of the container's memory and quota, as long as they are the tighter ones."""
    files = {
        f"{GROUPS}/memory.max": str(GIGABYTE),
        f"{GROUPS}/memory.current": "1000",
        f"{GROUPS}/cpu.max": "150000 100000",
        f"{GROUPS}/cpu.stat": "usage_usec 7000000\nthrottled_usec 250000\n",
    }
    machine = linux(laid_out(unified(host(tmp_path)), files), 0, 1, 2)
    assert machine.memory() == Memory(1000, GIGABYTE)
    assert machine.work() == Work(str(tmp_path / GROUPS), 7.0, 1.5)
    assert machine.usable_cpus() == 1.5
    assert machine.throttled() == {str(tmp_path / GROUPS): 0.25}


def test_a_limit_above_that_of_the_machine_does_not_count(tmp_path: Path) -> None:
    """Version 1 says 2**63 for no limit, and a quota may be more than there is."""
    files = {
        f"{GROUPS}/memory.max": "9223372036854771712",
        f"{GROUPS}/cpu.max": "400000 100000",
        f"{GROUPS}/cpu.stat": "usage_usec 1\n",
    }
    machine = linux(laid_out(unified(host(tmp_path)), files), 0)
    assert machine.memory() == Memory(4 * GIGABYTE, 16 * GIGABYTE)
    assert machine.work() == Work("CPUs [0]", 300.0, 1)


def test_a_quota_set_later_is_seen(tmp_path: Path) -> None:
    """Limits may change while the process runs."""
    machine = linux(laid_out(unified(host(tmp_path)), {f"{GROUPS}/cpu.max": "max 100000"}), 0)
    laid_out(tmp_path, {f"{GROUPS}/cpu.max": "25000 100000"})
    assert machine.usable_cpus() == 0.25


def test_the_process_is_read(tmp_path: Path) -> None:
    """Pages in memory, and threads of any kind."""
    machine = linux(host(tmp_path), 0)
    assert machine.own_memory() == 1024 * os.sysconf("SC_PAGE_SIZE")
    assert machine.own_threads() == 7


@pytest.mark.parametrize("torn", ["", "cpu0", "cpu0 x y", "MemTotal:", "Threads:\tx\n", "\xff x"])
def test_torn_files_leave_figures_out(tmp_path: Path, torn: str) -> None:
    """Whatever stands in them, nothing is raised."""
    names = ("meminfo", "stat", "diskstats", "self/net/dev", "self/statm", "self/status")
    machine = linux(laid_out(tmp_path, {f"proc/{name}": torn for name in names}), 0)
    assert machine.memory() is None
    assert (machine.own_memory(), machine.own_threads()) == (None, None)
    assert (machine.network(), machine.disks()) == ({}, {})
    machine.work()


def test_cpus_that_are_not_listed_make_the_time_unknown(tmp_path: Path) -> None:
    """A CPU that was taken offline is not taken for one that rests."""
    assert busy_seconds(host(tmp_path, cpus=1), frozenset({0, 1})) is None


def test_the_cpu_has_a_name_and_a_number(tmp_path: Path) -> None:
    """The first name counts; ARM's kernels give none."""
    assert (cpu_model(host(tmp_path)), cpus_of_host(tmp_path)) == ("Example CPU 9000", 8)
    laid_out(
        tmp_path, {"proc/cpuinfo": "processor : 0\nCPU implementer : 0x41\nCPU part : 0xd0c\n"}
    )
    assert cpu_model(tmp_path) is None


NETWORK = """\
Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets
    lo: 900 1 0 0 0 0 0 0 900 1 0 0 0 0 0 0
  eth0: 70 1 0 0 0 0 0 0 30 1 0 0 0 0 0 0
docker0:5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0
  torn: 5 1
"""


def test_loopback_and_what_stands_upon_others_is_not_counted(tmp_path: Path) -> None:
    """A bridge carries what a card carries; where nothing has hardware, all counts."""
    laid_out(tmp_path, {"proc/self/net/dev": NETWORK})
    assert devices.network_bytes(tmp_path) == {"eth0": (70, 30), "docker0": (5, 6)}
    laid_out(tmp_path, {"sys/class/net/eth0/device": ""})
    assert devices.network_bytes(tmp_path) == {"eth0": (70, 30)}


def test_whole_disks_are_counted_in_bytes(tmp_path: Path) -> None:
    """Partitions and mapped disks are parts of others; sectors have 512 bytes."""
    lines = "254 0 vda 9 9 100 9 9 9 10 9\n254 1 vda1 9 9 60 9 9 9 5 9\n7 0 loop0 1 1 1 1 1 1 1 1\n"
    laid_out(tmp_path, {"proc/diskstats": lines, "sys/block/vda/device": ""})
    assert devices.disk_bytes(tmp_path) == {"vda": (51200, 5120)}


def test_a_container_has_disk_counts_of_its_own(tmp_path: Path) -> None:
    """In one, io.stat stands for what it did; outside, diskstats for all."""
    files = {
        "proc/diskstats": "8 0 sda 9 9 100 9 9 9 10 9\n",
        f"{GROUPS}/io.stat": "8:0 rbytes=1 wbytes=2\n253:0 rbytes=1 wbytes=2\n",
        "sys/dev/block/8:0/device": "",
    }
    laid_out(unified(tmp_path), files)
    assert linux(tmp_path, 0).disks() == {"sda": (51200, 5120)}
    laid_out(tmp_path, {".dockerenv": ""})
    assert linux(tmp_path, 0).disks() == {"8:0": (1, 2)}


@pytest.mark.parametrize(
    "files",
    [
        {".dockerenv": ""},
        {"run/.containerenv": ""},
        {"proc/self/cgroup": "0::/kubepods.slice/pod1/cri-containerd-1.scope\n"},
        {
            "proc/self/mountinfo": "1 0 8:1 /a /etc/hosts rw - ext4 a rw\n"
            "2 0 8:1 /b /etc/resolv.conf rw - ext4 a rw\n"
        },
    ],
)
def test_a_container_shows_itself(tmp_path: Path, files: dict[str, str]) -> None:
    """By a runtime's file, by the name of its group, or by files mounted from outside."""
    assert not is_container(unified(tmp_path, "/user.slice/session-1.scope"))
    assert is_container(laid_out(tmp_path, files))


@on_linux
def test_this_machine_gives_every_figure() -> None:
    """On the real /proc there is memory, work, a process and network or disks."""
    machine = Linux()
    memory, work = machine.memory(), machine.work()
    assert memory is not None
    assert memory.usage is not None
    assert 0 < memory.usage <= memory.limit
    assert work is not None
    assert work.seconds > 0
    assert 0 < machine.usable_cpus() <= (os.cpu_count() or 1)
    assert (machine.own_threads() or 0) >= 1


@on_linux
def test_psutil_reads_the_same() -> None:
    """What needs no library gives the figures of psutil, where both see the host."""
    ours, theirs = Linux(), ByPsutil()
    assert ours.own_memory() == pytest.approx(theirs.own_memory(), rel=0.1)
    assert ours.own_threads() == theirs.own_threads()
    assert ours.network().keys() <= theirs.network().keys()
    assert cpus_of_host(Path("/")) == theirs.work().cpus


@on_linux
def test_psutil_counts_what_linux_counts() -> None:
    """Work of all CPUs, bytes of each device: between two of our readings lies that of psutil."""
    cpus = frozenset(range(os.cpu_count() or 1))
    before = busy_seconds(Path("/"), cpus), devices.disk_bytes(Path("/"))
    work, disks = ByPsutil().work(), ByPsutil().disks()
    after = busy_seconds(Path("/"), cpus), devices.disk_bytes(Path("/"))
    assert before[0] is not None
    assert after[0] is not None
    tick = 0.01 * 6 * (len(cpus) + 1)  # six columns, each rounded: by CPU for us, else their sum
    assert before[0] - tick <= work.seconds <= after[0] + tick
    for name, (read, written) in before[1].items():
        assert read <= disks[name][0] <= after[1][name][0]
        assert written <= disks[name][1] <= after[1][name][1]
