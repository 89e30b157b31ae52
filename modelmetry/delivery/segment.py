"""One file of a spool: frames of signals, and how much of them has arrived.

The file begins with a line of fixed length that says up to which byte everything has arrived, and
holds frames: a line with length, number of signals, seconds since the epoch and CRC-32 of all of
it, then the lists of `Packed`, a line each; empty ones behind those of `TRACED` are left out at the
end, as if there were no such lists. A tail that was not written whole does not fit its frame and
is left out, and so is a frame whose bytes have changed; a file with either is never deleted but by
people: when the rest has arrived it is set aside under another name.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct, field

from modelmetry.delivery.log import logger
from modelmetry.delivery.packed import KINDS, TRACED, Packed

if sys.platform != "win32":  # pragma: no branch - there nobody opens a spool
    import fcntl


SUFFIX: Final = ".spool"
"""How the names of these files end."""

DAMAGED: Final = ".damaged"
"""What the name of a file gets that holds bytes which cannot be read; nobody takes it up again."""

_FORMAT = b"modelmetry spool 1 "
_HEAD = _FORMAT + b"%020d\n"
_HEAD_BYTES = len(_HEAD % 0)
_FACTS = b"%010d %08d %010d"
_CHECKSUM = b" %08x\n"
_FRAME_BYTES = len(_FACTS % (0, 0, 0) + _CHECKSUM % 0)
_FRAME = re.compile(rb"(\d{10}) (\d{8}) (\d{10}) [0-9a-f]{8}\n")
PRIVATE_FILE: Final = 0o600
"""Only its owner reads and writes it."""

_PRIVATE_FOLDER: Final = 0o700


class SpoolError(Exception):
    """The disk did not take something; the message says what and why."""


class Frame(Struct, frozen=True):
    """Where signals rest.

    Attributes:
        offset: first byte of the frame in its file.
        length: bytes of what follows its line.
        signal_count: how many signals it holds.
        written: seconds since the epoch.
    """

    offset: int
    length: int
    signal_count: int
    written: int

    @property
    def end(self) -> int:
        """The first byte after it."""
        return self.offset + _FRAME_BYTES + self.length


class Segment(Struct, eq=False):
    """One file, locked by us unless we only peek at it.

    Attributes:
        torn: bytes at its end that are no whole signals, known when `frames` has come to its end.
        spoilt: frames whose bytes have changed, known then too.
        damaged_at: the first byte that cannot be read, likewise; what is behind it may be found
            once more by the next owner.
    """

    path: Path
    descriptor: int
    size: int = _HEAD_BYTES
    waiting: OrderedDict[int, Frame] = field(default_factory=OrderedDict[int, Frame])
    torn: int = 0
    spoilt: int = 0
    damaged_at: int | None = None

    @classmethod
    def create(cls, folder: Path) -> Segment:
        """A new file in `folder`."""
        make_private(folder)
        while True:
            path = folder / f"{time.time_ns():020d}-{os.getpid()}{SUFFIX}"
            try:
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
            except FileNotFoundError:  # who cleans up has removed the folder while it was empty
                make_private(folder)
                continue
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                if os.fstat(descriptor).st_nlink:
                    _write_all(descriptor, _HEAD % _HEAD_BYTES, 0)
                    return cls(path, descriptor)
            except OSError:
                os.close(descriptor)
                path.unlink(missing_ok=True)
                raise
            os.close(descriptor)  # who adopts saw it before its lock, and took it for a rest

    @classmethod
    def adopt(cls, path: Path) -> Segment | None:
        """The file of a process that has ended; `None` when its owner lives.

        Raises:
            OSError: it cannot be opened or read.
        """
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_nlink == 0:  # somebody else has brought it home
                raise BlockingIOError
            if not _FORMAT.startswith(os.pread(descriptor, len(_FORMAT), 0)):  # another version
                raise BlockingIOError
            segment = cls(path, descriptor)
            segment.take_stock()
        except OSError as error:
            os.close(descriptor)
            if isinstance(error, BlockingIOError):
                return None
            raise
        return segment

    def take_stock(self) -> None:
        """Find out what waits in the file, and how much of it cannot be read.

        Raises:
            OSError: the disk does not give it.
        """
        self.waiting.update((frame.offset, frame) for frame in self.frames())
        ends = (frame.end for frame in self.waiting.values())
        self.size = max(ends, default=_HEAD_BYTES)
        if self.is_damaged:
            self.size = os.fstat(self.descriptor).st_size

    @classmethod
    def peek(cls, path: Path) -> Segment:
        """The file, opened to be read and not locked: nobody who owns it notices.

        Its owner goes on writing, so each frame is read as soon as `frames` gives it, or not.

        Raises:
            OSError: it cannot be opened.
        """
        return cls(path, os.open(path, os.O_RDONLY))

    @property
    def is_owned(self) -> bool:
        """Whether a living process has locked the file; to be asked where one peeks only."""
        if os.fstat(self.descriptor).st_size < _HEAD_BYTES:
            return False  # just made: who asks for the lock now would take it from its owner
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)
        return False

    def frames(self) -> Iterator[Frame]:
        """What has not arrived, as far as it was written whole and is as it was written."""
        size = os.fstat(self.descriptor).st_size
        offset = _delivered(os.pread(self.descriptor, _HEAD_BYTES, 0))
        while (frame := self._frame_at(offset, size)) is not None:
            if self._is_whole(frame):
                yield frame
            elif frame.end == size or self._frame_at(frame.end, size) is not None:
                self.spoilt += 1
                self._damage(offset)
            else:
                break  # its length may be wrong
            offset = frame.end
        self.torn = max(0, size - offset)
        if self.torn:
            self._damage(offset)

    def _damage(self, offset: int) -> None:
        if self.damaged_at is None:
            self.damaged_at = offset

    @property
    def is_damaged(self) -> bool:
        """Whether it holds bytes that cannot be read."""
        return self.damaged_at is not None

    def _frame_at(self, offset: int, size: int) -> Frame | None:
        """The frame whose line is there, if the file has room for it."""
        frame = _read_frame(os.pread(self.descriptor, _FRAME_BYTES, offset), offset)
        return None if frame is None or frame.end > size else frame

    def _is_whole(self, frame: Frame) -> bool:
        whole = os.pread(self.descriptor, _FRAME_BYTES + frame.length, frame.offset)
        return whole[:_FRAME_BYTES] == _line(frame, whole[_FRAME_BYTES:])

    def append(self, packed: Packed, now: int) -> Frame:
        """Write a frame at the end, or nothing."""
        content = b"\n".join(_without_empty_end(packed.lists))
        frame = Frame(self.size, len(content), packed.signal_count, now)
        try:
            _write_all(self.descriptor, _line(frame, content) + content, self.size)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self.descriptor, self.size)
            raise
        self.waiting[frame.offset] = frame
        self.size = frame.end
        return frame

    def read(self, frame: Frame) -> Packed:
        """The signals of a frame."""
        content = os.pread(self.descriptor, frame.length, frame.offset + _FRAME_BYTES)
        lists = tuple(content.split(b"\n"))
        missing = len(KINDS) - len(lists)
        if len(content) != frame.length or not 0 <= missing <= len(KINDS) - len(TRACED):
            raise SpoolError(f"{self.path} does not hold what was written to it")
        return Packed(lists + (b"",) * missing, frame.signal_count)

    def done(self, frame: Frame) -> None:
        """Remember that `frame` need not be sent again."""
        if self.waiting.get(frame.offset) is not frame:
            return  # the place may be another's by now
        del self.waiting[frame.offset]
        drained = not self.waiting and not self.is_damaged
        if drained:
            self.size = _HEAD_BYTES
        with contextlib.suppress(OSError):  # at worst it is sent again, which changes nothing
            _write_all(self.descriptor, _HEAD % self._arrived, 0)
            if drained:
                os.ftruncate(self.descriptor, _HEAD_BYTES)

    @property
    def _arrived(self) -> int:
        """Up to which byte everything has arrived; never beyond what cannot be read."""
        first = next(iter(self.waiting), self.size)
        return first if self.damaged_at is None else min(first, self.damaged_at)

    @property
    def is_gone(self) -> bool:
        """Whether somebody has deleted the file."""
        return os.fstat(self.descriptor).st_nlink == 0

    def write_again(self) -> None:
        """Give what was deleted a new file, byte for byte: it would end with us."""
        copy = Segment.create(self.path.parent)
        try:
            _write_all(copy.descriptor, os.pread(self.descriptor, self.size, 0), 0)
        except OSError:
            copy.remove()
            raise
        logger.warning("%s was deleted; its signals were written again", self.path)
        self.path = copy.path
        # At once, because another thread may be reading; the lock goes with the file.
        os.dup2(copy.descriptor, self.descriptor, inheritable=False)
        os.close(copy.descriptor)

    def remove(self) -> None:
        """Delete the file, if the disk allows it, and let go of it; a damaged one is set aside."""
        with contextlib.suppress(OSError):
            if self.is_damaged:
                self._set_aside()
            else:
                self.path.unlink(missing_ok=True)
        os.close(self.descriptor)

    def _set_aside(self) -> None:
        aside = self.path.with_name(self.path.name + DAMAGED)
        self.path.rename(aside)
        logger.warning(
            "%s holds signals that cannot be read (%s); all others in it have arrived. Look at it, "
            "then delete it: modelmetry spool purge",
            aside,
            f"{self.spoilt} changed batches, {self.torn} bytes at its end",
        )

    def delete(self) -> None:
        """Delete the file, whatever is in it, and let go of it.

        Raises:
            OSError: it is still there.
        """
        try:
            self.path.unlink(missing_ok=True)
        finally:
            os.close(self.descriptor)

    def let_go(self) -> None:
        """Leave the file to whoever comes next."""
        os.close(self.descriptor)


def _without_empty_end(lists: Sequence[bytes]) -> Sequence[bytes]:
    end = len(lists)
    while end > len(TRACED) and not lists[end - 1]:
        end -= 1
    return lists[:end]


def _read_frame(line: bytes, offset: int) -> Frame | None:
    found = _FRAME.fullmatch(line)
    return Frame(offset, *map(int, found.groups())) if found else None


def _line(frame: Frame, content: bytes) -> bytes:
    facts = _FACTS % (frame.length, frame.signal_count, frame.written)
    return facts + _CHECKSUM % zlib.crc32(content, zlib.crc32(facts))


def _delivered(head: bytes) -> int:
    try:
        return max(_HEAD_BYTES, int(head.split()[-1]))
    except (IndexError, ValueError):
        return _HEAD_BYTES


def _write_all(descriptor: int, content: bytes, offset: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written


def make_private(folder: Path) -> None:
    """Make the folder of a receiver, and the one for all receivers, for their owner alone."""
    folder.parent.parent.mkdir(parents=True, exist_ok=True)
    for each in (folder.parent, folder):
        each.mkdir(exist_ok=True, mode=_PRIVATE_FOLDER)
