"""Signals on disk: what was recorded and has not arrived outlives the process.

A folder belongs to one receiver. Each client appends to files of its own, which it keeps locked
(`flock`) for as long as it lives; a file that is not locked was left by a process that ended, and
whoever locks it first brings its signals home. Writing reaches the operating system, not the
platters: a killed process loses nothing, a machine without power may.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from modelmetry.delivery.books import acquire_within, let_go
from modelmetry.delivery.packed import Packed
from modelmetry.delivery.segment import (
    DAMAGED,
    PRIVATE_FILE,
    SUFFIX,
    Frame,
    Segment,
    SpoolError,
    make_private,
)

_REFUSED = "refused.jsonl"
_LONGEST_SEGMENT = 8 * 1024 * 1024


class Place(Struct, frozen=True, eq=False):
    """Where in which file signals rest."""

    segment: Segment
    frame: Frame


class Spool:
    """The files of one client in the folder of its receiver, for any thread.

    Args:
        folder: of the receiver; it is made when the first signals come.
        max_bytes: bytes that the files of this client may take together.
        max_age: seconds after which signals are not worth sending any more.
    """

    def __init__(self, folder: Path, *, max_bytes: int, max_age: float) -> None:
        self.folder = folder
        self._max_bytes = max_bytes
        self._max_age = max_age
        self._begin()

    def _begin(self) -> None:
        # Reentrant: who forks may drop a client, which is closed then.
        self._lock = threading.RLock()
        self._segments: list[Segment] = []
        self._current: Segment | None = None
        self.unadopted: dict[Path, str] = {}
        """Files that the last `adopt` could not take over, and the folder; each with the reason."""
        self.damaged: int = 0
        """How many batches of what was adopted cannot be read."""

    @property
    def size(self) -> int:
        """Bytes of our files."""
        return sum(segment.size for segment in self._segments)

    def has_files(self) -> bool:
        """Whether somebody keeps or kept signals here."""
        return any(self.folder.glob(f"*{SUFFIX}"))

    def append(self, packed: Packed) -> Place:
        """Write signals down.

        Raises:
            SpoolError: there is no room, or the disk does not take them.
        """
        with self._lock:
            if self.size + packed.approximate_bytes > self._max_bytes:
                raise SpoolError(f"{self.folder} holds {self.size} bytes, the most that it may")
            try:
                segment = self._writable()
                return Place(segment, segment.append(packed, int(time.time())))
            except OSError as error:
                raise SpoolError(f"{self.folder}: {error.strerror or error}") from error

    def _writable(self) -> Segment:
        for segment in self._segments:
            if segment.is_gone:
                segment.write_again()
        current = self._current
        if current is None or current.size > _LONGEST_SEGMENT:
            current = self._current = Segment.create(self.folder)
            self._segments.append(current)
        return current

    def read(self, place: Place) -> Packed:
        """The signals that rest at `place`.

        Raises:
            SpoolError: they are not there any more.
        """
        try:
            with self._lock:
                return place.segment.read(place.frame)
        except OSError as error:
            raise SpoolError(f"{place.segment.path}: {error.strerror or error}") from error

    def done(self, place: Place) -> None:
        """Forget signals that arrived or were given up."""
        segment = place.segment
        with self._lock:
            segment.done(place.frame)
            if not segment.waiting and segment is not self._current and segment in self._segments:
                self._segments.remove(segment)
                segment.remove()

    def adopt(self) -> list[Place]:
        """Take over what processes that have ended left, the oldest first."""
        with self._lock:
            return self._adopt()

    def _adopt(self) -> list[Place]:
        places: list[Place] = []
        for segment in self._left_behind():
            self.damaged += segment.spoilt + bool(segment.torn)
            if not segment.waiting:
                segment.remove()
                continue
            self._segments.append(segment)
            places += [Place(segment, frame) for frame in list(segment.waiting.values())]
        return places

    def _left_behind(self) -> Iterator[Segment]:
        """The files of processes that have ended, now ours; those that cannot be are noted."""
        mine = {segment.path for segment in self._segments}
        self.unadopted = {}
        try:
            paths = segment_paths(self.folder)
        except OSError as error:
            self.unadopted[self.folder] = error.strerror or str(error)
            return
        for path in paths:
            try:
                segment = None if path in mine else Segment.adopt(path)
            except OSError as error:
                self.unadopted[path] = error.strerror or str(error)
                continue
            if segment is not None:
                yield segment

    def is_too_old(self, place: Place) -> bool:
        """Whether nobody wants these signals any more."""
        return time.time() - place.frame.written > self._max_age

    def keep_refused(self, packed: Packed, reason: str) -> None:
        """Write signals that the receiver will never take to a file for people.

        Raises:
            SpoolError: the disk does not take them.
        """
        path = refused_path(self.folder)
        why = msgspec.json.encode(reason.encode("utf-8", "replace").decode())
        line = b'{"Reason":%s,"At":%d,"Body":%s}\n' % (why, int(time.time()), packed.body())
        try:
            with self._lock:
                make_private(self.folder)
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
                with open(descriptor, "ab") as file:  # noqa: PTH123 - a descriptor
                    if file.tell() >= self._max_bytes:
                        raise SpoolError(f"{path} holds {file.tell()} bytes, the most that it may")
                    file.write(line)
        except OSError as error:
            raise SpoolError(f"{path}: {error.strerror or error}") from error

    def close(self) -> None:
        """Let go of our files; one that holds nothing is deleted."""
        with self._lock:
            for segment in self._segments:
                if segment.waiting:
                    segment.let_go()
                else:
                    segment.remove()
            self._segments, self._current = [], None

    def hold_still(self, timeout: float) -> bool:
        """Let no thread at the files until `go_on`, or give up after `timeout` seconds."""
        return acquire_within(self._lock, timeout)

    def go_on(self) -> None:
        """Let threads at the files again."""
        let_go(self._lock)

    def after_fork(self) -> None:
        """In a forked child: the files and their locks are the parent's."""
        for segment in self._segments:
            with contextlib.suppress(OSError):
                segment.let_go()  # closes our copy; the lock lives as long as the parent's
        self._begin()


def segment_paths(folder: Path) -> list[Path]:
    """The files in the folder of a receiver that hold signals, the oldest first.

    Raises:
        OSError: the folder is there and cannot be read.
    """
    return _paths(folder, SUFFIX)


def damaged_paths(folder: Path) -> list[Path]:
    """The files that were set aside because they hold what cannot be read.

    Raises:
        OSError: the folder is there and cannot be read.
    """
    return _paths(folder, SUFFIX + DAMAGED)


def _paths(folder: Path, ending: str) -> list[Path]:
    try:
        paths = list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(path for path in paths if path.name.endswith(ending))


def refused_path(folder: Path) -> Path:
    """Where `keep_refused` writes: a line of JSON for each refusal."""
    return folder / _REFUSED
