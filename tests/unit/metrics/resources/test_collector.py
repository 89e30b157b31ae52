"""Resources, collected."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from modelmetry.machine.bare import Bare
from modelmetry.machine.by_psutil import ByPsutil
from modelmetry.machine.linux import Linux
from modelmetry.machine.mounts import FileSystem
from modelmetry.machine.platforms import Platform
from modelmetry.metrics.attributes import LONGEST_VALUE
from modelmetry.metrics.exposition import page
from modelmetry.metrics.merging import merged
from modelmetry.metrics.registry import Registry
from modelmetry.metrics.resources.collector import ResourceCollector
from modelmetry.metrics.resources.table import SCOPE, TABLE
from tests.unit.machine.layouts import GIGABYTE, host, laid_out, unified

GROUPS = "sys/fs/cgroup"
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc of this machine")

Values = dict[tuple[str, ...], float]


class Clock:
    """Two clocks that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0
        self.cpu = (4.0, 1.0)


@pytest.fixture(name="clock")
def set_by_the_test() -> Clock:
    return Clock()


def collector_of(system: Platform, clock: Clock, root: Path) -> Callable[[], dict[str, Values]]:
    """Give what a collector whose time stands still tells, by names and attributes."""
    collector = ResourceCollector(
        root=root, system=system, clock=lambda: clock.now, times=lambda: clock.cpu
    )

    def collected() -> dict[str, Values]:
        return {
            family.name: {point.attributes: point.value for point in family.points}
            for family in collector()
        }

    return collected


def contained(root: Path, user: int = 0, system: int = 0) -> Path:
    """A container with half a CPU and a gigabyte."""
    files = {
        f"{GROUPS}/cgroup.type": "domain",
        f"{GROUPS}/memory.max": str(GIGABYTE),
        f"{GROUPS}/memory.current": str(GIGABYTE // 2),
        f"{GROUPS}/memory.stat": f"inactive_file {GIGABYTE // 4}\n",
        f"{GROUPS}/cpu.max": "50000 100000",
        f"{GROUPS}/cpu.stat": f"user_usec {user}\nsystem_usec {system}\nthrottled_usec 5000000\n",
        "proc/1/stat": f"1 (init) S {'0 ' * 18}{40 * os.sysconf('SC_CLK_TCK')} 0",
        "proc/uptime": "100.5 7.0",
        "proc/self/net/dev": "eth0: 500 0 0 0 0 0 0 0 7\nlo: 9 0 0 0 0 0 0 0 9\n",
    }
    numbers = root / "proc/self/ns/pid"
    if not numbers.is_symlink():
        numbers.parent.mkdir(parents=True)
        numbers.symlink_to("pid:[4026532201]")
    return laid_out(unified(host(root)), files)


def test_a_container_is_told_and_never_its_host(tmp_path: Path, clock: Clock) -> None:
    """Of 8 CPUs and 16 GiB of the machine nothing is seen (psutil #2100)."""
    system = Linux(contained(tmp_path, 6_000_000, 3_000_000), lambda: {0, 1}, container=True)
    found = collector_of(system, clock, tmp_path)()
    assert found["system.cpu.time"] == {("user", "container"): 6, ("system", "container"): 3}
    assert found["system.memory.limit"] == {("container",): GIGABYTE}
    assert found["system.memory.usage"] == {
        ("used", "container"): GIGABYTE // 4,
        ("cached", "container"): GIGABYTE // 4,
        ("free", "container"): GIGABYTE // 2,
    }
    assert found["system.network.io"] == {
        ("eth0", "receive", "container"): 500,
        ("eth0", "transmit", "container"): 7,
    }
    assert found["container.cpu.time"] == {("user",): 6, ("system",): 3}
    assert found["container.uptime"] == {(): 60.5}
    assert found["container.memory.usage"] == {(): GIGABYTE // 2}
    assert found["container.memory.working_set"] == {(): GIGABYTE // 4}
    assert found["modelmetry.container.memory.limit"] == {(): GIGABYTE}
    assert found["modelmetry.container.cpu.limit"] == {(): 0.5}
    assert found["modelmetry.container.cpu.throttled.time"] == {(): 5}
    assert found["modelmetry.cpu.usable"] == {(): 0.5}
    scopes = {
        attributes[TABLE[name].attributes.index(SCOPE)]
        for name, values in found.items()
        if SCOPE in TABLE[name].attributes
        for attributes in values
    }
    assert scopes == {"container"}


def test_the_first_collection_has_no_utilization(tmp_path: Path, clock: Clock) -> None:
    """Nor has one that comes within a moment; later it is of the quota: 4 s of 5 in 10 s."""
    system = Linux(contained(tmp_path), lambda: {0, 1}, container=True)
    collected = collector_of(system, clock, tmp_path)
    assert not any("utilization" in name for name in collected())
    clock.now += 0.001
    assert not any("utilization" in name for name in collected())
    contained(tmp_path, 3_000_000, 1_000_000)
    clock.now, clock.cpu = 110.0, (4.5, 1.5)
    found = collected()
    assert found["system.cpu.utilization"] == {("container",): pytest.approx(0.8)}
    assert found["process.cpu.utilization"] == {(): pytest.approx(0.2)}
    clock.now += 0.001
    assert collected()["system.cpu.utilization"][("container",)] == pytest.approx(0.8, rel=0.001)


def test_a_machine_is_told_as_such(tmp_path: Path, clock: Clock) -> None:
    """Its utilization is of all CPUs: 30 of 40 ticks."""
    root = host(tmp_path)
    collected = collector_of(Linux(root, lambda: {0}, container=False), clock, tmp_path)
    laid_out(root, {"proc/stat": "cpu 100 0 0 100 0 0 0 0 0 0\n"})
    collected()
    laid_out(root, {"proc/stat": "cpu 110 5 5 105 5 5 5 0 0 0\n"})
    clock.now += 10
    found = collected()
    assert found["system.cpu.utilization"] == {("host",): pytest.approx(0.75)}
    ticks = os.sysconf("SC_CLK_TCK")
    assert found["system.cpu.time"][("interrupt", "host")] == 10 / ticks
    assert "container.cpu.time" not in found
    assert found["system.memory.limit"] == {("host",): 16 * GIGABYTE}


def test_a_device_that_is_gone_is_gone(tmp_path: Path, clock: Clock) -> None:
    """One that comes again begins anew, as a counter may."""
    system = Linux(host(tmp_path), lambda: {0}, container=False)
    collected, seen = collector_of(system, clock, tmp_path), list[Values]()
    for lines in ("eth0: 500 0 0 0 0 0 0 0 7", "", "eth0: 3 0 0 0 0 0 0 0 4"):
        laid_out(tmp_path, {"proc/self/net/dev": lines})
        seen.append(collected().get("system.network.io", {}))
    assert [found.get(("eth0", "receive", "host")) for found in seen] == [500, None, 3]


class Faulty(Bare):
    """A system of which two answers fail and one is no number."""

    def usable_cpus(self) -> float:
        """Fail."""
        raise OSError(5, "torn")

    def own_memory(self) -> None:
        """Fail."""
        raise RuntimeError("nothing today")

    def file_systems(self) -> list[FileSystem]:
        """Name one as no encoder likes it."""
        return [FileSystem("d" * 500, "/\udc80", "ext4", 1, 2, 3)]


def test_what_fails_is_left_out_and_said_once(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are told, each time; names are bounded as all values of attributes are."""
    collected = collector_of(Faulty(), clock, tmp_path)
    readings = [collected() for _ in range(3)]
    assert readings[2].keys() == {
        "process.cpu.time",
        "system.filesystem.usage",
        "system.filesystem.limit",
    }
    (place,) = readings[0]["system.filesystem.limit"]
    assert (len(place[0]), place[1]) == (LONGEST_VALUE, "/\ufffd")
    clock.now += 10
    collected()
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 3  # the CPU time of the process needs to know of CPUs only now


def test_workers_of_one_host_are_one_host_and_several_processes(
    tmp_path: Path, clock: Clock
) -> None:
    """What belongs to the host is told once, what belongs to processes is added up."""
    root = contained(tmp_path, 6_000_000, 0)
    workers = [
        ResourceCollector(
            root=root, system=Linux(root, lambda: {0, 1}, container=True), times=lambda: clock.cpu
        )()
        for _ in range(3)
    ]
    families = {family.name: family for family in merged(workers)}
    found = {
        name: {point.attributes: point.value for point in family.points}
        for name, family in families.items()
    }
    assert found["system.memory.limit"] == {("container",): GIGABYTE}
    assert found["container.cpu.time"][("user",)] == 6
    assert found["process.cpu.time"] == {("user",): 12, ("system",): 3}
    assert found["process.thread.count"] == {(): 21}


# Python 3.12 and newer warn of forks beside threads, which is what applications do all the same.
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_forked_child_compares_nothing_with_its_parent(tmp_path: Path, clock: Clock) -> None:
    """Its CPU time is another one, and nobody holds its locks."""
    collected = collector_of(
        Linux(contained(tmp_path), lambda: {0}, container=True), clock, tmp_path
    )
    collected()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            clock.now, clock.cpu = 110.0, (9.0, 9.0)
            code = 2 if "process.cpu.utilization" in collected() else 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_several_may_ask_at_once(tmp_path: Path, clock: Clock) -> None:
    """Each gets all."""
    system = Linux(contained(tmp_path), lambda: {0}, container=True)
    collected, sizes = collector_of(system, clock, tmp_path), list[int]()
    threads = [
        threading.Thread(target=lambda: sizes.extend(len(collected()) for _ in range(50)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [sizes[0]] * 200


@pytest.mark.parametrize("make", [ByPsutil, Bare])
def test_other_systems_tell_what_they_know(make: type[Platform], tmp_path: Path) -> None:
    """Under the same names, and as those of the host."""
    found = collector_of(make(), Clock(), tmp_path)()
    assert found["process.cpu.time"].keys() == {("user",), ("system",)}
    assert not any(name.startswith(("container.", "modelmetry.container.")) for name in found)
    if make is ByPsutil:
        assert ("user", "host") in found["system.cpu.time"]
        used = sum(found["system.memory.usage"].values())
        assert used == found["system.memory.limit"][("host",)]
        assert found["process.uptime"][()] > 0


@on_linux
def test_this_machine_is_shown_to_prometheus() -> None:
    """All of it, under the names of the table, and parsed by its own library."""
    parser = pytest.importorskip("prometheus_client.parser")
    registry = Registry()
    remove = registry.add_collector(ResourceCollector())
    text = page(registry.collect).body.decode()
    names = {family.name for family in parser.text_string_to_metric_families(text)}
    assert {
        "system_cpu_time_seconds",
        "system_memory_limit_bytes",
        "process_memory_usage_bytes",
        "process_unix_file_descriptor_count",
        "process_uptime_seconds",
    } <= names
    remove()
    assert "process_uptime_seconds" not in page(registry.collect).body.decode()
