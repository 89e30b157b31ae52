"""Which system this is."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

from modelmetry.machine.bare import Bare
from modelmetry.machine.linux import Linux
from modelmetry.machine.log import logger
from modelmetry.machine.platforms import Platform


def this_system(root: Path = Path("/"), name: str = sys.platform) -> Platform:
    """Give what reads this system: files on Linux, psutil elsewhere, or else what Python knows.

    Args:
        root: the folder that holds `proc` and `sys`.
        name: of the system, as `sys.platform` gives it.
    """
    if name == "linux":
        return Linux(root)
    try:
        from modelmetry.machine.by_psutil import ByPsutil  # noqa: PLC0415 - an optional extra
    except ImportError:
        _say_what_is_missing(name)
        return Bare()
    return ByPsutil()


@cache
def _say_what_is_missing(name: str) -> None:
    logger.warning(
        "CPU, memory, network and disks of %s cannot be read without psutil, only the CPU time of "
        "this process can; pip install 'modelmetry[telemetry]'",
        name,
    )
