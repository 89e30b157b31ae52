"""This process and this machine, beside what psutil says of them."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from modelmetry.machine import own
from modelmetry.machine.linux import Linux
from modelmetry.machine.scopes import HOST
from tests.unit.machine.layouts import laid_out

psutil = pytest.importorskip("psutil")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc of this machine")


@on_linux
def test_psutil_agrees_about_this_process() -> None:
    """Read one after the other."""
    system, process = Linux(), psutil.Process()
    assert system.own_descriptors() == process.num_fds() - 1  # the one by which it looks
    assert system.own_threads() == process.num_threads()
    assert system.own_virtual_memory() == pytest.approx(process.memory_info().vms, rel=0.05)
    assert system.own_memory() == pytest.approx(process.memory_info().rss, rel=0.05)
    assert system.own_age() == pytest.approx(time.time() - process.create_time(), abs=2)
    counts = process.io_counters()
    assert system.own_disk() == pytest.approx(
        (counts.read_bytes, counts.write_bytes), rel=0.1, abs=2**20
    )


@on_linux
def test_psutil_agrees_about_this_machine(tmp_path: Path) -> None:
    """Without its groups, which psutil does not know."""
    (tmp_path / "proc").symlink_to("/proc")
    system = Linux(tmp_path, container=False)
    modes, theirs = system.cpu_modes(), psutil.cpu_times()
    assert modes is not None
    assert modes.scope == HOST
    for mode, value in (("user", theirs.user), ("idle", theirs.idle), ("system", theirs.system)):
        assert modes.figures[mode] == pytest.approx(value, rel=0.02, abs=2)
    states, memory = system.memory_states(), psutil.virtual_memory()
    assert states is not None
    assert states.limit == memory.total
    assert sum(states.figures.values()) == memory.total
    for state in ("free", "cached", "buffers"):
        assert states.figures[state] == pytest.approx(getattr(memory, state), rel=0.1, abs=2**26)
    counts = psutil.net_io_counters(pernic=True)
    for name, (received, sent) in system.network().items():
        assert received == pytest.approx(counts[name].bytes_recv, rel=0.01, abs=1e5)
        assert sent == pytest.approx(counts[name].bytes_sent, rel=0.01, abs=1e5)


def test_files_that_are_missing_or_torn_are_no_figures(tmp_path: Path) -> None:
    """Such as in a sandbox that hides them."""
    for files in (
        {},
        {"proc/self/stat": "1 (a b) S", "proc/uptime": "x", "proc/self/io": "wchar: 1"},
    ):
        laid_out(tmp_path, files)
        assert own.age(tmp_path) is None
        assert own.disk_bytes(tmp_path) is None
        assert own.virtual_memory(tmp_path) is None
        assert own.descriptors(tmp_path) is None


@pytest.mark.skipif(not hasattr(os, "sysconf"), reason="ticks of POSIX")
def test_the_name_of_a_program_does_not_shift_its_age(tmp_path: Path) -> None:
    """It may hold spaces and brackets."""
    ticks = os.sysconf("SC_CLK_TCK")
    columns = " ".join(["S", *["0"] * 18, str(40 * ticks), "0"])
    laid_out(tmp_path, {"proc/self/stat": f"7 (a) b) {columns}", "proc/uptime": "100.5 7.0\n"})
    assert own.age(tmp_path) == 60.5


@pytest.mark.skipif(not hasattr(os, "sysconf"), reason="ticks of POSIX")
@pytest.mark.parametrize(
    ("numbers", "began", "container", "expected"),
    [
        ("pid:[4026532201]", 40, True, 60.5),
        ("pid:[4026532201]", 40, False, None),
        ("pid:[4026531836]", 40, True, None),  # those of the host: its first process is not ours
        (
            "pid:[4026532201]",
            900,
            True,
            None,
        ),  # LXCFS: the time is the container's, the start is not
        (None, 40, True, None),
    ],
)
def test_a_container_is_as_old_as_its_first_process(
    tmp_path: Path, numbers: str | None, began: int, container: bool, expected: float | None
) -> None:
    """Where it has one of its own; never as old as its host."""
    columns = " ".join(["S", *["0"] * 18, str(began * os.sysconf("SC_CLK_TCK")), "0"])
    laid_out(tmp_path, {"proc/1/stat": f"1 (init) {columns}", "proc/uptime": "100.5 7.0\n"})
    if numbers is not None:
        (tmp_path / "proc/self/ns").mkdir(parents=True)
        (tmp_path / "proc/self/ns/pid").symlink_to(numbers)
    assert Linux(tmp_path, container=container).container_age() == expected
