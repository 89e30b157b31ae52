"""Metrics of the workers of one server, as files in a folder that they share.

Each worker writes what it measured to a file of its own, as a whole, and keeps another one locked
(`flock`) for as long as it lives. A file whose lock is free was left by a worker that ended: what
it counted is added to what all ended workers counted, once, and its files are removed.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from modelmetry.delivery.log import Log
from modelmetry.metrics.families import Family
from modelmetry.metrics.merging import bounded, merged
from modelmetry.metrics.metric import MOST_SERIES

_FORMAT: Final = 1
_LOCK, _TOLD, _NEW = ".lock", ".metrics", ".new"
_ENDED: Final = "ended"
_PRIVATE: Final = 0o600
_LONGEST_WAIT, _LOOK = 2.0, 0.005  # seconds for another worker that reads, and between two looks

_log = Log("modelmetry.metrics")


class _Snapshot(Struct, array_like=True):
    format: int
    families: list[Family]
    # Of workers that ended: whose files are in here, and may still lie there.
    included: list[str] = []


class Snapshots:
    """The folder of one group of workers.

    Args:
        folder: which exists.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unreadable: int = 0
        """How many files could not be read."""
        self._lock: int | None = None
        self._name = ""

    def begin_anew(self) -> None:
        """In a forked child: the file that is locked is the parent's."""
        if self._lock is not None:
            os.close(self._lock)  # else the parent would live on as long as its child
            self._lock = None

    def lay_down(self, families: Sequence[Family]) -> None:
        """Write what this worker measured.

        Raises:
            OSError: the disk does not take it.
        """
        self._be_there()
        told = [family for family in families if family.points]
        self._write(self._name, _Snapshot(_FORMAT, told))

    def others(self) -> list[list[Family]]:
        """What the other workers measured, those that ended as one.

        Raises:
            OSError: the folder cannot be read.
        """
        with self._alone() as is_alone:
            known = self._read(_ENDED)
            living: list[list[Family]] = []
            ended: dict[str, list[Family]] = {}
            for lock in sorted(self.folder.glob(f"*{_LOCK}")):
                name = lock.name.removesuffix(_LOCK)
                if name == self._name:
                    continue
                counted = name in known.included
                families = [] if counted else self._read(name).families
                if is_alone and _is_free(lock):
                    ended[name] = families
                else:
                    living.append(families)
            if ended:
                known = self._with_ended(known, ended)
            return [*living, known.families]

    def leave(self) -> None:
        """Let go of the file: what is in it stays, as that of a worker that ended."""
        if self._lock is not None:
            _let_go(self._lock)
            self._lock = None
            self._name = ""

    def _be_there(self) -> None:
        path = self.folder / f"{self._name}{_LOCK}"
        if self._lock is not None and path.exists():  # whoever cleans temporary files may come by
            return
        self.leave()
        self._name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{self._name}{_LOCK}"
        with self._alone():  # nobody shall find it before it is locked
            self._lock = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, _PRIVATE)
            fcntl.flock(self._lock, fcntl.LOCK_EX)

    def _with_ended(self, known: _Snapshot, ended: Mapping[str, list[Family]]) -> _Snapshot:
        """What all ended workers counted, with these ones, whose files are removed."""
        if ended.keys() - set(known.included):
            of_each = [known.families, *map(_lasting, ended.values())]
            # Workers that are replaced each hour may bring others for ever.
            kept = bounded(merged(of_each), _most_series(of_each))
            known = _Snapshot(_FORMAT, kept, list(ended))
            self._write(_ENDED, known)
        for name in ended:
            for suffix in (_TOLD, _NEW, _LOCK):  # the lock last: without it nobody looks again
                (self.folder / f"{name}{suffix}").unlink(missing_ok=True)
        return known

    def _read(self, name: str) -> _Snapshot:
        path = self.folder / f"{name}{_TOLD}"
        try:
            found = msgspec.msgpack.decode(path.read_bytes(), type=_Snapshot)
        except FileNotFoundError:
            return _Snapshot(_FORMAT, [])
        # A text that is torn in the middle of a character is a ValueError of its own.
        except (OSError, ValueError, RecursionError) as error:
            reason = str(error)
        else:
            if found.format == _FORMAT:
                return found
            reason = f"it has format {found.format}"
        self.unreadable += 1
        _log.warning("%s cannot be read and is left out: %s", path, reason)
        return _Snapshot(_FORMAT, [])

    def _write(self, name: str, snapshot: _Snapshot) -> None:
        new = self.folder / f"{name}{_NEW}"
        descriptor = os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, _PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.msgpack.encode(snapshot))
        new.replace(self.folder / f"{name}{_TOLD}")

    @contextlib.contextmanager
    def _alone(self) -> Generator[bool]:
        """Keep the others out, if they let go in time; says whether they did."""
        descriptor = os.open(self.folder / "folder", os.O_CREAT | os.O_RDWR, _PRIVATE)
        try:
            yield _taken_within(descriptor, _LONGEST_WAIT)
        finally:
            _let_go(descriptor)


def sweep(folders: Iterable[Path]) -> None:
    """Remove folders of groups in which nobody lives any more.

    Who is gone here may live in another container, where processes have other numbers: then the
    locks of its files are not free.
    """
    for folder in folders:
        with contextlib.suppress(OSError):  # another one may remove it at the same time
            if all(_is_free(lock) for lock in folder.rglob(f"*{_LOCK}")):
                shutil.rmtree(folder, ignore_errors=True)


def _taken_within(descriptor: int, timeout: float) -> bool:
    until = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > until:
                return False
            time.sleep(_LOOK)
        else:
            return True


def _is_free(lock: Path) -> bool:
    """Whether nobody holds it; of living groups only to be asked while the others are kept out."""
    try:
        descriptor = os.open(lock, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        return True
    finally:
        _let_go(descriptor)


def _let_go(descriptor: int) -> None:
    """Unlock and close; a child that was forked meanwhile has it open as well."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


def _lasting(families: Sequence[Family]) -> list[Family]:
    """What is still true when the process has ended: not how much memory it has.

    What it read of the machine is neither: whoever lives reads that again.
    """
    lasting = [one for one in families if one.kind != "gauge" or one.across == "latest"]
    return [one for one in lasting if one.across != "host"]


def _most_series(processes: Iterable[Sequence[Family]]) -> int:
    """As many as one of them has: a metric may be declared with more than the usual number."""
    numbers = [len(family.points) for families in processes for family in families]
    return max([MOST_SERIES, *numbers])
