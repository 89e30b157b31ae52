"""Limits of control groups."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelmetry.machine.control_groups import (
    Hierarchy,
    Memory,
    disk_bytes,
    hierarchy,
    tightest_memory,
    tightest_quota,
)
from tests.unit.machine.layouts import laid_out, unified, version_1

GROUPS = "sys/fs/cgroup"


def found(root: Path, controller: str) -> Hierarchy:
    """The hierarchy of a controller, which must be there."""
    groups = hierarchy(controller, root)
    assert groups is not None
    return groups


def memory(root: Path) -> Memory | None:
    """The tightest limit of memory."""
    return tightest_memory(found(root, "memory"))


def test_the_working_set_leaves_out_pages_that_go_first(tmp_path: Path) -> None:
    """Usage is memory.current without inactive_file, as kubelet counts it."""
    files = {
        f"{GROUPS}/memory.max": "1000\n",
        f"{GROUPS}/memory.current": "700\n",
        f"{GROUPS}/memory.stat": "anon 300\ninactive_file 250\nactive_file 150\n",
    }
    assert memory(laid_out(unified(tmp_path), files)) == Memory(450, 1000)


def test_the_tightest_group_above_counts(tmp_path: Path) -> None:
    """A limit of a parent that is lower than the own one counts, with what the parent uses."""
    files = {
        f"{GROUPS}/pod/memory.max": "500",
        f"{GROUPS}/pod/memory.current": "490",
        f"{GROUPS}/pod/job/memory.max": "800",
        f"{GROUPS}/pod/job/memory.current": "10",
    }
    assert memory(laid_out(unified(tmp_path, "/pod/job"), files)) == Memory(490, 500)


def test_without_a_limit_there_is_none(tmp_path: Path) -> None:
    """`max`, and the files that the topmost group does not have, are no limit."""
    files = {f"{GROUPS}/job/memory.max": "max\n", f"{GROUPS}/job/cpu.max": "max 100000\n"}
    root = laid_out(unified(tmp_path, "/job"), files)
    assert memory(root) is None
    assert tightest_quota(found(root, "cpu")) is None


@pytest.mark.parametrize("torn", ["", "\n", "12 0", "\x00", "-", "9" * 5000])
def test_a_torn_limit_is_none(tmp_path: Path, torn: str) -> None:
    """A file that is empty or holds something else sets no limit, and nothing is raised."""
    files = {f"{GROUPS}/memory.max": torn, f"{GROUPS}/cpu.max": torn}
    root = laid_out(unified(tmp_path), files)
    assert memory(root) is None
    assert tightest_quota(found(root, "cpu")) is None


def test_a_limit_without_its_usage_is_a_limit(tmp_path: Path) -> None:
    """Where memory.current cannot be read, the limit is known all the same."""
    assert memory(laid_out(unified(tmp_path), {f"{GROUPS}/memory.max": "9"})) == Memory(None, 9)


def test_the_lowest_quota_counts_with_its_own_times(tmp_path: Path) -> None:
    """Half a CPU above a group that may have two: usage and throttling are of the half."""
    files = {
        f"{GROUPS}/a/cpu.max": "50000 100000\n",
        f"{GROUPS}/a/cpu.stat": "usage_usec 4000000\nuser_usec 1\nthrottled_usec 1500000\n",
        f"{GROUPS}/a/b/cpu.max": "200000 100000\n",
        f"{GROUPS}/a/b/cpu.stat": "usage_usec 9\n",
    }
    quota = tightest_quota(found(laid_out(unified(tmp_path, "/a/b"), files), "cpu"))
    assert quota is not None
    assert (quota.folder, quota.cpus) == (tmp_path / GROUPS / "a", 0.5)
    assert (quota.used, quota.throttled) == (4.0, 1.5)


def test_a_container_sees_its_part_of_the_path(tmp_path: Path) -> None:
    """Where the group of the container is mounted alone, its path begins there."""
    files = {f"{GROUPS}/job/memory.max": "77"}
    root = laid_out(unified(tmp_path, "/docker/abc/job", mounted="/docker/abc"), files)
    assert memory(root) == Memory(None, 77)


@pytest.mark.parametrize("own", ["/not/visible/from/here", "/../../else"])
def test_a_group_that_cannot_be_seen_is_that_which_is_mounted(tmp_path: Path, own: str) -> None:
    """A path of another namespace leads to the mounted group, never out of the folder."""
    files = {f"{GROUPS}/memory.max": "55", "sys/else/memory.max": "1"}
    assert memory(laid_out(unified(tmp_path, own), files)) == Memory(None, 55)


def test_without_a_list_of_mounts_the_usual_place_is_looked_at(tmp_path: Path) -> None:
    """Sandboxes may hide /proc/self/mountinfo."""
    root = laid_out(unified(tmp_path), {f"{GROUPS}/memory.max": "33"})
    (root / "proc/self/mountinfo").unlink()
    assert memory(root) == Memory(None, 33)


def test_without_groups_there_is_no_hierarchy(tmp_path: Path) -> None:
    """An empty machine, and a mount without the group of the process, have none."""
    assert hierarchy("memory", tmp_path) is None
    unified(tmp_path)
    (tmp_path / "proc/self/cgroup").unlink()
    assert hierarchy("memory", tmp_path) is None


def test_version_1_is_read_beside_an_empty_version_2(tmp_path: Path) -> None:
    """In a mixture each controller is found where it is, with the names of version 1."""
    files = {
        f"{GROUPS}/memory/job/memory.limit_in_bytes": "4000\n",
        f"{GROUPS}/memory/job/memory.usage_in_bytes": "900\n",
        f"{GROUPS}/memory/job/memory.stat": "inactive_file 1\ntotal_inactive_file 400\n",
        f"{GROUPS}/cpu,cpuacct/job/cpu.cfs_quota_us": "150000\n",
        f"{GROUPS}/cpu,cpuacct/job/cpu.cfs_period_us": "100000\n",
        f"{GROUPS}/cpu,cpuacct/job/cpuacct.usage": "2500000000\n",
        f"{GROUPS}/cpu,cpuacct/job/cpu.stat": "nr_periods 4\nthrottled_time 500000000\n",
        f"{GROUPS}/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
        f"{GROUPS}/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
    }
    root = laid_out(version_1(tmp_path, "/job"), files)
    quota = tightest_quota(found(root, "cpu"))
    assert memory(root) == Memory(500, 4000)
    assert quota is not None
    assert (quota.cpus, quota.used, quota.throttled) == (1.5, 2.5, 0.5)


def test_io_of_a_container_is_by_device(tmp_path: Path) -> None:
    """Lines of io.stat that lack an amount, or are torn, are left out."""
    lines = "8:0 rbytes=10 wbytes=20 rios=1\n8:16 rbytes=5\n9:0\n259:0 rbytes=1 wbytes=x\n"
    root = laid_out(unified(tmp_path), {f"{GROUPS}/io.stat": lines})
    assert disk_bytes(found(root, "io")) == {"8:0": (10, 20)}
