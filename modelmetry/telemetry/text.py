"""Telemetry as lines for people."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TextIO

from modelmetry.delivery.sink import SinkFailure
from modelmetry.telemetry.direct import Direct
from modelmetry.telemetry.documents import Document

_LONGEST_TEXT: Final = 200
_OURS_ALONE: Final = 0o600


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
        self._path = None if path is None else Path(path).expanduser()
        self._stream = stream
        self._readings = readings

    def emit_many(self, records: Sequence[Document]) -> None:
        """Write `records`.

        Raises:
            SinkFailure: they cannot be written now; they may be tried again.
        """
        wanted = [one for one in records if self._readings or one.get("kind") != "reading"]
        text = "".join(f"{line(record)}\n" for record in wanted)
        try:
            if text:
                self._write(text)
        except OSError as error:
            raise SinkFailure(type(error).__name__, retry=True) from error

    def _write(self, text: str) -> None:
        if self._path is None:
            stream = sys.stderr if self._stream is None else self._stream
            encoding = stream.encoding or "utf-8"
            # One call, so that lines of other threads do not get between.
            stream.write(text.encode(encoding, "replace").decode(encoding))
            stream.flush()
        else:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            file = os.open(self._path, flags, _OURS_ALONE)
            with os.fdopen(file, "wb", buffering=0) as opened:
                opened.write(text.encode("utf-8", "replace"))

    def close(self) -> None:
        """Nothing stays open."""

    def __repr__(self) -> str:
        """The path, if there is one."""
        return "TextBackend()" if self._path is None else f"TextBackend({str(self._path)!r})"


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
