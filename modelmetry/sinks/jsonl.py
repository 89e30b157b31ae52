"""Signals in a file: each line is the body of one ingest request, as JSON."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from modelmetry.delivery.sink import Batch
from modelmetry.sinks.line_file import LineFile
from modelmetry.wire.body import encode


class JsonlSink:
    """Appends each batch as one line; several processes may share the file, which may be rotated.

    Args:
        path: the file; it and its folder are made when the first batch comes.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._file = LineFile(path)

    def write(self, batch: Batch) -> None:
        """Return when the line is handed to the operating system.

        Raises:
            SinkFailure: the file cannot be written now (`OSError`); may be tried again.
        """
        self._file.append(batch, [encode(batch) + b"\n"])

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __repr__(self) -> str:
        """The path."""
        return f"JsonlSink({str(self._file)!r})"


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
