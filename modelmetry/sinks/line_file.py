"""A file of lines, which several processes may share."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from modelmetry.delivery.sink import SinkFailure

_APPEND: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT
_OURS_ALONE: Final = 0o600  # prompts, answers and messages may be private


class LineFile:
    """Appends lines whole, many at a time, so that those of several processes never mix.

    The file is opened once, and again when it was moved away, as rotation does.

    Args:
        path: the file; it and its folder are made when the first line comes.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path).expanduser()
        self._file: int | None = None
        # By process: of the parent's nobody may let go in a forked child.
        self._locks: dict[int, threading.Lock] = {}
        # Of records that did not all fit on the disk: how many lines of them did.
        self._torn: tuple[object, int] | None = None
        self._is_open_line = False

    def append(self, records: object, lines: Sequence[bytes]) -> None:
        """Append `lines`, each with its end, and return when the operating system has them.

        Args:
            records: what they were made of, by which it is known when they are tried again.
            lines: what is written.

        Raises:
            SinkFailure: it does not take them now; the same ones may be tried again, and those of
                them that stand in the file already are not written twice.
        """
        with self._lock():
            try:
                self._append(records, lines)
            except OSError as error:
                raise SinkFailure(type(error).__name__, retry=True) from error

    def _append(self, records: object, lines: Sequence[bytes]) -> None:
        written = self._torn[1] if self._torn is not None and self._torn[0] is records else 0
        lines = lines[written:]
        file = self._opened()
        self._end_line(file)
        text = b"".join(lines)
        count = os.write(file, text)  # one call, so that lines of several processes do not mix
        if count < len(text):  # the disk is full
            whole = _whole_lines(lines, count)
            self._torn = records, written + whole
            self._is_open_line = count > sum(map(len, lines[:whole]))
            self._end_line(file)
            raise OSError(f"{count} of {len(text)} bytes were written to {self._path}")
        self._torn = None

    def _end_line(self, file: int) -> None:
        """End a torn line, as soon as there is room for that, so that the next one can be read."""
        if self._is_open_line:
            os.write(file, b"\n")
            self._is_open_line = False

    def _opened(self) -> int:
        """The file that stands at the path: another one is made when the last was moved away."""
        if self._file is not None and not self._is_there(self._file):
            self._let_go()
        if self._file is None:
            self._is_open_line = False
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, _APPEND, _OURS_ALONE)
        return self._file

    def _is_there(self, file: int) -> bool:
        try:
            return os.path.samestat(self._path.stat(), os.fstat(file))
        except OSError:
            return False

    def _let_go(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            os.close(file)

    def close(self) -> None:
        """Close the file; the next line opens it again."""
        with self._lock():
            self._let_go()

    def _lock(self) -> threading.Lock:
        return self._locks.setdefault(os.getpid(), threading.Lock())

    def __str__(self) -> str:
        """The path."""
        return str(self._path)


def _whole_lines(lines: Sequence[bytes], count: int) -> int:
    """How many of `lines` the first `count` bytes hold."""
    whole = 0
    while whole < len(lines) and count >= len(lines[whole]):
        count -= len(lines[whole])
        whole += 1
    return whole
