"""Readings."""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path

import pytest

from modelmetry.machine.bare import Bare
from modelmetry.machine.by_psutil import ByPsutil
from modelmetry.machine.control_groups import Memory
from modelmetry.machine.linux import Linux
from modelmetry.machine.platforms import Platform, Work
from modelmetry.machine.reader import Reader, gpu_of
from modelmetry.machine.systems import this_system
from tests.unit.machine.layouts import GIGABYTE, host, laid_out, unified

GROUPS = "sys/fs/cgroup"


class Clock:
    """Two clocks that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0
        self.cpu = 5.0


@pytest.fixture(name="clock")
def set_by_the_test() -> Clock:
    return Clock()


def reader_of(system: Platform, clock: Clock, root: Path) -> Reader:
    """A reader whose time stands still."""
    return Reader(root=root, system=system, clock=lambda: clock.now, cpu_time=lambda: clock.cpu)


def limited(root: Path, used: int = 0, throttled: int = 0) -> Path:
    """A container with half a CPU and a gigabyte, of which a quarter is in use."""
    files = {
        f"{GROUPS}/memory.max": str(GIGABYTE),
        f"{GROUPS}/memory.current": str(GIGABYTE // 4),
        f"{GROUPS}/cpu.max": "50000 100000",
        f"{GROUPS}/cpu.stat": f"usage_usec {used}\nthrottled_usec {throttled}\n",
    }
    return laid_out(unified(host(root)), files)


def test_the_first_reading_has_no_utilisation_of_cpus(tmp_path: Path, clock: Clock) -> None:
    """It has what can be said without another one before."""
    reader = reader_of(Linux(limited(tmp_path), lambda: {0, 1}), clock, tmp_path)
    assert reader.read() == {
        "container.cpu.throttled_time": 0.0,
        "system.memory.limit": GIGABYTE,
        "system.memory.usage": GIGABYTE / 4,
        "system.memory.utilization": 0.25,
        "process.memory.usage": 1024 * os.sysconf("SC_PAGE_SIZE"),
        "process.thread.count": 7.0,
    }


def test_utilisation_is_of_the_quota(tmp_path: Path, clock: Clock) -> None:
    """In 10 s half a CPU has 5 s: 4 s of the group are 0.8 of it, 1 s of the process 0.2."""
    reader = reader_of(Linux(limited(tmp_path), lambda: {0, 1}), clock, tmp_path)
    reader.read()
    limited(tmp_path, used=4_000_000, throttled=300_000)
    clock.now, clock.cpu = 110.0, 6.0
    found = reader.read()
    assert found["system.cpu.utilization"] == pytest.approx(0.8)
    assert found["process.cpu.utilization"] == pytest.approx(0.2)
    assert found["container.cpu.throttled_time"] == pytest.approx(0.3)


def test_utilisation_is_of_the_allowed_cpus(tmp_path: Path, clock: Clock) -> None:
    """Without a quota, the CPUs of the scheduler's list count, and no others."""
    busy, idle = "cpu0 {} 0 0 5 5 0 0 0 0 0\ncpu1 0 0 0 9 9 0 0 0 0 0\n", "cpu2 {} 0 0 0\n"
    ticks = os.sysconf("SC_CLK_TCK")
    reader = reader_of(Linux(tmp_path, lambda: {0, 1}), clock, tmp_path)
    laid_out(tmp_path, {"proc/stat": busy.format(0) + idle.format(0)})
    reader.read()
    laid_out(tmp_path, {"proc/stat": busy.format(4 * ticks) + idle.format(10 * ticks)})
    clock.now = 110.0
    assert reader.read()["system.cpu.utilization"] == pytest.approx(0.2)


def test_a_burst_is_no_more_than_everything(tmp_path: Path, clock: Clock) -> None:
    """A ratio stays between 0 and 1."""
    reader = reader_of(Linux(limited(tmp_path), lambda: {0, 1}), clock, tmp_path)
    reader.read()
    limited(tmp_path, used=90_000_000)
    clock.now = 110.0
    assert reader.read()["system.cpu.utilization"] == 1.0


def test_times_of_different_groups_are_not_compared(tmp_path: Path, clock: Clock) -> None:
    """When a quota is set or taken away, one reading goes by without a figure."""
    reader = reader_of(Linux(limited(tmp_path), lambda: {0, 1}), clock, tmp_path)
    seen: list[bool] = []
    for quota in ("50000 100000", "max 100000", "max 100000"):
        laid_out(tmp_path, {f"{GROUPS}/cpu.max": quota})
        seen.append("system.cpu.utilization" in reader.read())
        clock.now += 10
    assert seen == [False, False, True]


def test_waiting_in_another_group_is_not_taken_for_growth(tmp_path: Path, clock: Clock) -> None:
    """What a group waited before its quota became the tightest one is not counted."""
    laid_out(unified(host(tmp_path), "/a"), {f"{GROUPS}/a/cpu.stat": "throttled_usec 9000000\n"})
    limited(tmp_path, throttled=1_000_000)
    (tmp_path / "proc/self/cgroup").write_text("0::/a\n")
    reader = reader_of(Linux(tmp_path, lambda: {0}), clock, tmp_path)
    waited: list[float] = []
    for quota in ("max 100000", "25000 100000"):
        laid_out(tmp_path, {f"{GROUPS}/a/cpu.max": quota})
        waited.append(reader.read()["container.cpu.throttled_time"])
    assert waited == [0, 0]


def test_a_clock_that_stands_gives_no_utilisation(tmp_path: Path, clock: Clock) -> None:
    """Two readings at the same moment cannot be compared, and nothing is divided by 0."""
    reader = reader_of(Linux(limited(tmp_path), lambda: {0}), clock, tmp_path)
    reader.read()
    assert "system.cpu.utilization" not in reader.read()


def test_bytes_are_counted_from_the_first_reading(tmp_path: Path, clock: Clock) -> None:
    """An interface that comes later counts from then, one that began anew from 0."""
    reader = reader_of(Linux(tmp_path, lambda: {0}), clock, tmp_path)
    received: list[float] = []
    for lines in (
        "eth0: 500 0 0 0 0 0 0 0 7",
        "eth0: 600 0 0 0 0 0 0 0 9\neth1: 1000 0 0 0 0 0 0 0 0",
        "eth1: 1005 0 0 0 0 0 0 0 0",
        "eth0: 30 0 0 0 0 0 0 0 9\neth1: 1005 0 0 0 0 0 0 0 0",
    ):
        laid_out(tmp_path, {"proc/self/net/dev": lines})
        found = reader.read()
        received.append(found["system.network.io.receive"])
    assert received == [0, 100, 105, 135]
    assert found["system.network.io.transmit"] == 2


class Faulty(Bare):
    """A system of which two answers fail."""

    def work(self) -> None:
        """Fail."""
        raise RuntimeError("no work today")

    def memory(self) -> Memory | None:
        """Say what is no number."""
        return Memory(None, 2**60)

    def own_memory(self) -> None:
        """Fail."""
        raise OSError(5, "torn")


def test_a_source_that_fails_is_left_out_and_said_once(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are there, each time."""
    reader = reader_of(Faulty(), clock, tmp_path)
    with caplog.at_level(logging.WARNING, "modelmetry.machine"):
        readings = [reader.read() for _ in range(3)]
    assert readings[0] == {"system.memory.limit": 2.0**60}
    assert readings[2].keys() == readings[0].keys()
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2
    assert "Reader._cpu" in said[0]


class Strange(Bare):
    """A system that says what is no number."""

    def work(self) -> Work:  # type: ignore[override]
        """Say that it is unlimited."""
        return Work("strange", float("nan"), 1)


def test_what_is_no_number_is_left_out(tmp_path: Path, clock: Clock) -> None:
    """NaN would poison every sum it gets into."""
    reader = reader_of(Strange(), clock, tmp_path)
    reader.read()
    clock.now += 1
    assert "system.cpu.utilization" not in reader.read()


def test_psutil_serves_a_reader(tmp_path: Path, clock: Clock) -> None:
    """On other systems the same figures come from it, but none of a container."""
    reader = reader_of(ByPsutil(), clock, tmp_path)
    reader.read()
    clock.now += 1e6
    found = reader.read()
    assert {"system.cpu.utilization", "system.memory.usage", "process.memory.usage"} <= found.keys()
    assert found["process.thread.count"] >= 1
    assert "container.cpu.throttled_time" not in found


def test_without_psutil_it_is_said_once_what_is_missing(
    tmp_path: Path,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The line names the pip command; the CPU time of the process is known to Python."""
    monkeypatch.setitem(sys.modules, "psutil", None)
    monkeypatch.delitem(sys.modules, "modelmetry.machine.by_psutil", raising=False)
    reader = reader_of(this_system(tmp_path, "plan9"), clock, tmp_path)
    this_system(tmp_path, "plan9")
    reader.read()
    clock.now, clock.cpu = 101.0, 5.1
    assert reader.read().keys() - {"system.memory.limit"} == {"process.cpu.utilization"}
    (said,) = [record.getMessage() for record in caplog.records]
    assert "pip install 'modelmetry[telemetry]'" in said


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc of this machine")
def test_this_machine_is_read() -> None:
    """Two readings of the real one: ratios are ratios, work shows, and the second is complete."""
    reader = Reader()
    first = reader.read()
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
    second = reader.read()
    assert second.keys() - first.keys() == {"system.cpu.utilization", "process.cpu.utilization"}
    assert all(0 <= value <= 1 for name, value in second.items() if name.endswith("utilization"))
    assert second["process.cpu.utilization"] > 0
    assert 0 < second["process.memory.usage"] < second["system.memory.limit"]


def test_the_name_of_a_figure_tells_its_gpu() -> None:
    """The index is parted from names of GPUs, and from no others."""
    assert gpu_of("hw.gpu.memory.usage.11") == ("hw.gpu.memory.usage", 11)
    assert gpu_of("system.memory.usage") == ("system.memory.usage", None)
    assert gpu_of("hw.gpu.power") == ("hw.gpu.power", None)
