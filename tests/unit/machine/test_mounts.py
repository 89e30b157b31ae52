"""File systems."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from modelmetry.machine.mounts import file_systems
from tests.unit.machine.layouts import laid_out

pytestmark = pytest.mark.skipif(not hasattr(os, "statvfs"), reason="asks as POSIX does")


def test_each_local_device_is_told_once(tmp_path: Path) -> None:
    """No pseudo ones, none over a network, no single file, and no layers of other containers."""
    lines = """\
        22 27 0:21 / /proc rw - proc proc rw
        27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
        28 27 254:0 /var /a/longer/way rw - ext4 /dev/vda rw
        29 27 8:1 / /data\\040and\\040more rw - xfs /dev/sda1 rw
        30 27 8:2 /hosts /etc/hosts rw - ext4 /dev/sda2 rw
        31 27 0:50 / /net rw - nfs4 server:/export rw
        32 27 0:51 / /var/lib/docker/merged rw - overlay overlay rw
        33 27 8:3 / /gone rw - ext4 /dev/sda3 rw
        34 27 torn
        """
    root = laid_out(tmp_path, {"proc/self/mountinfo": lines, "etc/hosts": "127.0.0.1 localhost"})
    (root / "data and more").mkdir()
    (root / "net").mkdir()
    (root / "var/lib/docker/merged").mkdir(parents=True)
    found = [(one.device, one.point, one.kind) for one in file_systems(root)]
    assert found == [("/dev/vda", "/", "ext4"), ("/dev/sda1", "/data and more", "xfs")]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc of this machine")
def test_psutil_agrees() -> None:
    """Of what this machine has mounted at its top, to a hundredth."""
    psutil = pytest.importorskip("psutil")
    tops = [one for one in file_systems(Path("/")) if one.point == "/"]
    for one in tops:
        told = psutil.disk_usage("/")
        assert one.used == pytest.approx(told.used, rel=0.01)
        assert one.free == pytest.approx(told.free, rel=0.01)
        assert one.used + one.free + one.reserved == told.total
