"""Signals in a file: each line is the body of one ingest request, as JSON."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from modelmetry.delivery.sink import Batch, SinkFailure
from modelmetry.wire.body import encode

_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT
_OURS_ALONE = 0o600  # prompts and answers may be private


class JsonlSink:
    """Appends each batch as one line; several processes may share the file.

    Args:
        path: the file; it and its folder are made when the first batch comes.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._file: int | None = None
        self._is_open_line = False

    def write(self, batch: Batch) -> None:
        """Return when the line is handed to the operating system.

        Raises:
            SinkFailure: the file cannot be written now (`OSError`); may be tried again.
        """
        line = encode(batch) + b"\n"
        try:
            self._append(line)
        except OSError as error:
            raise SinkFailure(type(error).__name__, retry=True) from error

    def _append(self, line: bytes) -> None:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, _APPEND, _OURS_ALONE)
        self._end_line(self._file)
        # One call, so that lines of several processes do not mix.
        written = os.write(self._file, line)
        if written < len(line):  # the disk is full
            self._is_open_line = written > 0
            self._end_line(self._file)
            raise OSError(f"{written} of {len(line)} bytes were written to {self._path}")

    def _end_line(self, file: int) -> None:
        """End a torn line, as soon as there is room for that, so that the next one can be read."""
        if self._is_open_line:
            os.write(file, b"\n")
            self._is_open_line = False

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __repr__(self) -> str:
        """The path."""
        return f"JsonlSink({str(self._path)!r})"


def read_jsonl(path: str | os.PathLike[str]) -> Iterator[dict[str, Any]]:
    """The bodies in a file that `JsonlSink` wrote; a line that was cut short is left out.

    Raises:
        OSError: the file cannot be read.
    """
    decoder = msgspec.json.Decoder(dict[str, Any])
    with Path(path).open("rb") as file:
        for line in file:
            try:
                yield decoder.decode(line)
            except msgspec.DecodeError:
                continue
