"""Which processes show their metrics together: the workers of one server.

Whoever asks one of several workers wants the metrics of all. They find each other by the process
that began them: the parent that `multiprocessing` knows (uvicorn, hypercorn, granian, pools), or,
on Linux, a parent with the same command line, which a server that forks has (gunicorn, uWSGI,
Celery).
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import Final

from modelmetry.delivery.log import Log

_PRIVATE: Final = 0o700

_log = Log("modelmetry.metrics")


def know_temporary_folder() -> None:
    """Look for it once, before there are threads: `tempfile` has a lock that forks would copy."""
    tempfile.gettempdir()


def master_process() -> int | None:
    """The process that began this one as one of its workers; `None` when nobody did."""
    process = sys.modules.get("multiprocessing.process")
    parent = None if process is None else process.parent_process()
    if parent is not None:
        return int(parent.pid)
    above = os.getppid()
    ours = _command_line(os.getpid())
    return above if ours and ours == _command_line(above) else None


def group_folder(master: int) -> Path | None:
    """Where the workers of `master` lay their metrics down, in a folder that is ours alone.

    It is made below the temporary folder. `None`, said in the log, when that is not possible.
    """
    above = _above()
    folder = above / f"{master}-{_began(master)}"
    try:
        above.mkdir(mode=_PRIVATE, exist_ok=True)
        if not _is_ours(above):
            _log.warning(
                "%s can be written by others: each worker shows its own metrics; "
                "name another folder in MODELMETRY_METRICS_FOLDER",
                above,
            )
            return None
        folder.mkdir(mode=_PRIVATE, exist_ok=True)
    except OSError as error:
        _log.warning("%s: %s; each worker shows its own metrics", folder, error.strerror or error)
        return None
    return folder


def folder_of_children(name: str = "") -> Path | None:
    """Where processes that this one began lay their metrics down; `None` when there are none.

    Args:
        name: of the folder in it.
    """
    process = os.getpid()
    above = _above()
    folder = above / f"{process}-{_began(process)}" / name
    return folder if folder.is_dir() and _is_ours(above) else None


def is_left_over(folder: Path) -> bool:
    """Whether it is that of workers whose master is gone."""
    master, _, began = folder.name.partition("-")
    if not master.isdecimal():
        return False
    return not (_is_there(int(master)) and _began(int(master)) == began)


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _above() -> Path:
    return Path(tempfile.gettempdir()) / f"modelmetry-metrics-{os.getuid()}"


def _is_ours(folder: Path) -> bool:
    found = folder.lstat()
    is_private = stat.S_IMODE(found.st_mode) & 0o077 == 0
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and is_private


def _command_line(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def _began(process: int) -> str:
    """When a process began, in ticks since the system did: numbers of processes come again."""
    try:
        # Bytes: a codec would be imported, and a child forked just then would not find it.
        told = Path(f"/proc/{process}/stat").read_bytes()
        return told.rpartition(b")")[2].split()[19].decode()
    except (OSError, IndexError):
        return "0"
