"""Telemetry in a file of JSON lines, which several processes may share."""

from __future__ import annotations

import os
from collections.abc import Sequence

import msgspec

from modelmetry.sinks.line_file import LineFile
from modelmetry.telemetry.direct import Direct
from modelmetry.telemetry.documents import Document


class JSONLBackend(Direct):
    """Appends each record as a line of JSON; also a backend of the older telemetry tool.

    The file is opened once, and again when it was moved away, as rotation does. Lines are written
    whole, many at a time, so that those of several processes never mix.

    Args:
        path: the file; it and its folder are made when the first record comes.
    """

    def __init__(self, path: str | os.PathLike[str] = "telemetry.jsonl") -> None:
        super().__init__()
        self._file = LineFile(path)

    def emit_many(self, records: Sequence[Document]) -> None:
        """Append `records`, and return when the operating system has them.

        Raises:
            SinkFailure: it does not take them now; the same ones may be tried again, and those of
                them that stand in the file already are not written twice.
        """
        self._file.append(records, [msgspec.json.encode(record) + b"\n" for record in records])

    def close(self) -> None:
        """Close the file; the next record opens it again."""
        self._file.close()

    def __repr__(self) -> str:
        """The path."""
        return f"JSONLBackend({str(self._file)!r})"
