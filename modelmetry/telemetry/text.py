"""Telemetry as lines for people."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TextIO

from modelmetry.delivery.sink import SinkFailure
from modelmetry.sinks.line_file import LineFile
from modelmetry.telemetry.direct import Direct
from modelmetry.telemetry.documents import Document

_LONGEST_TEXT: Final = 200


class TextBackend(Direct):
    """Writes a line for each record and event; also a backend of the older telemetry tool.

    Readings of the machine are left out: every few seconds one of them would come in between.

    Args:
        path: a file, to which is appended; standard error by default.
        stream: where to instead.
        readings: whether readings of the machine are written too.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        stream: TextIO | None = None,
        readings: bool = False,
    ) -> None:
        super().__init__()
        self._file = None if path is None else LineFile(path)
        self._stream = stream
        self._readings = readings

    def emit_many(self, records: Sequence[Document]) -> None:
        """Write `records`.

        Raises:
            SinkFailure: they cannot be written now; they may be tried again.
        """
        wanted = [one for one in records if self._readings or one.get("kind") != "reading"]
        lines = [f"{line(record)}\n" for record in wanted]
        if not lines:
            return
        if self._file is not None:
            self._file.append(records, [one.encode("utf-8", "replace") for one in lines])
            return
        try:
            self._print("".join(lines))
        except OSError as error:
            raise SinkFailure(type(error).__name__, retry=True) from error

    def _print(self, text: str) -> None:
        stream = sys.stderr if self._stream is None else self._stream
        encoding = stream.encoding or "utf-8"
        # One call, so that lines of other threads do not get between.
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()

    def close(self) -> None:
        """Close the file, if it writes to one; the next record opens it again."""
        if self._file is not None:
            self._file.close()

    def __repr__(self) -> str:
        """The path, if there is one."""
        return "TextBackend()" if self._file is None else f"TextBackend({str(self._file)!r})"


def line(record: Mapping[str, Any]) -> str:
    """`2026-11-02T09:30:00.250000+00:00  train  completed  loss=0.25  message`."""
    return "  ".join(word for word in _words(record) if word)


def _words(record: Mapping[str, Any]) -> Iterator[str]:
    yield str(record.get("timestamp") or "")
    yield _short(record.get("command") or "")
    if record.get("event"):
        yield f"* {_short(record['event'])}"
    yield _short(record.get("status") or "")
    metrics: Mapping[str, Any] = record.get("metrics") or {}
    yield " ".join(f"{_short(name)}={_value(value)}" for name, value in metrics.items())
    yield _short(record.get("message") or "")


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, bool):
        return str(value).lower()
    return _short(value)


def _short(value: object) -> str:
    # Control characters could rewrite what stands on a terminal.
    told = "".join(one if one.isprintable() else " " for one in str(value))
    text = " ".join(told.split())
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 3]}..."
