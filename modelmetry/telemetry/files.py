"""Telemetry as it stands in files, of ours and of the older tool, also where they are damaged."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from msgspec import Struct

from modelmetry.errors import InvalidValueError
from modelmetry.signals.measurements import TelemetryRecord, TelemetryRunRecord
from modelmetry.telemetry.documents import Document
from modelmetry.telemetry.identities import Identities
from modelmetry.telemetry.normal import NotReadable, decoded, is_without_offset, normal
from modelmetry.telemetry.signals import Signals

if TYPE_CHECKING:
    import sqlite3

SQLITE: Final = b"SQLite format 3\x00"
_MOST_SKIPS: Final = 1_000
LONGEST_LINE: Final = 64 * 1024 * 1024  # bytes: more is no record
_MEMBERS: Final = ("timestamp", "command", "status", "metrics", "system", "message")
COLUMNS: Final = frozenset({"id", *_MEMBERS})
"""Those of the table, whoever made it."""
_OURS: Final = {"record_id": "id", "run_id": "run_id", "kind": "kind", "event": "event"}
_BEGINNING: Final = b'{"timestamp"'


class Skip(Struct, frozen=True):
    """Something that could not be read.

    Attributes:
        place: number of the line, from 1, or of the row.
        reason: `torn` (no whole JSON), `no_record` (JSON, but no record), `bad_timestamp`, or
            `damaged` (SQLite cannot read on).
    """

    place: int
    reason: str


class TelemetryFile:
    """The records of a file of JSON lines, or of the table `telemetry` of a file of SQLite.

    To iterate over it reads it from the beginning. Records have the same members whoever wrote
    them; those of the older tool get the metric and the event under their own names that it kept
    as `metric`, `value` and `event`, an id by what they say, and one run for each command.

    Args:
        path: the file.
        zone: that of timestamps without an offset, which the older tool writes; by default that
            of this machine.

    Attributes:
        read: how many records were read.
        skipped: how many could not be read, by reason.
        skips: the first thousand of these, with their places.
        left_out: how many numbers were NaN, infinite or larger than any float, and left out.
        place: number of the line or row of the latest record.
        without_offset: how many records have a time without an offset, read as of the zone.
    """

    def __init__(self, path: str | os.PathLike[str], *, zone: tzinfo | None = None) -> None:
        self.path: Path = Path(path).expanduser()
        self._zone = zone
        self._begin()

    def _begin(self) -> None:
        self.read: int = 0
        self.skipped: Counter[str] = Counter()
        self.skips: list[Skip] = []
        self.left_out: int = 0
        self.place: int = 0
        self.without_offset: int = 0

    def __iter__(self) -> Iterator[Document]:
        """The records, in the order in which they were written.

        Raises:
            OSError: the file cannot be opened.
            InvalidValueError: it is a file of SQLite without a table `telemetry`.
        """
        self._begin()
        with self.path.open("rb") as file:
            is_database = file.read(len(SQLITE)) == SQLITE
        identities = Identities()
        for place, found in self._rows() if is_database else self._lines():
            try:
                record, left_out = normal(found, self._zone)
            except NotReadable as error:
                self._skip(place, str(error))
                continue
            given = cast("dict[str, Any]", found)
            if not record["id"]:
                identities.name(record, given)
            self.left_out += left_out
            self.read += 1
            self.place = place
            self.without_offset += is_without_offset(given["timestamp"])
            yield record

    def signals(self) -> Iterator[TelemetryRunRecord | TelemetryRecord]:
        """The same as what travels to a store: each run before its first record.

        Identities are those of the records, so what is imported again changes nothing.
        """
        made = Signals()
        for record in self:
            yield from made.of(record)

    def _skip(self, place: int, reason: str) -> None:
        self.skipped[reason] += 1
        if len(self.skips) < _MOST_SKIPS:
            self.skips.append(Skip(place, reason))

    def _lines(self) -> Iterator[tuple[int, object]]:
        with self.path.open("rb") as file:
            place = 0
            while line := file.readline(LONGEST_LINE):
                place += 1
                if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                    self._skip(place, "torn")
                    _go_on_behind_line(file)
                    continue
                if not line.strip():
                    continue
                try:
                    yield place, decoded(line)
                except NotReadable as error:
                    self._skip(place, str(error))
                    # Who was killed leaves half a record, and the next one on the same line.
                    yield from self._behind(place, line)

    @staticmethod
    def _behind(place: int, line: bytes) -> Iterator[tuple[int, object]]:
        begins = line.rfind(_BEGINNING)
        if begins > 0:
            try:
                yield place, decoded(line[begins:])
            except NotReadable:
                return

    def _rows(self) -> Iterator[tuple[int, object]]:
        import sqlite3  # noqa: PLC0415 - who reads JSON lines does without

        connection = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True)
        place = 0
        try:
            columns = self._columns(connection)
            names = ", ".join(columns)
            select = f"SELECT id, {names} FROM telemetry ORDER BY id"  # noqa: S608 - names of ours
            for place, *values in connection.execute(select):
                yield place, self._document(dict(zip(columns, values, strict=True)))
        except sqlite3.Error:
            self._skip(place + 1, "damaged")
        finally:
            connection.close()

    def _columns(self, connection: sqlite3.Connection) -> list[str]:
        there = {row[1] for row in connection.execute("PRAGMA table_info(telemetry)")}
        if not there >= COLUMNS:
            raise InvalidValueError(
                f"{self.path} is a file of SQLite without the table `telemetry` and its columns; "
                "name one that a telemetry backend wrote"
            )
        return [*_MEMBERS, *(name for name in _OURS if name in there)]

    @staticmethod
    def _document(row: dict[str, Any]) -> dict[str, Any]:
        found = {_OURS.get(name, name): value for name, value in row.items() if value is not None}
        for name in ("metrics", "system"):
            if isinstance(found.get(name), str):
                try:
                    found[name] = decoded(found[name].encode("utf-8", "surrogatepass"))
                except NotReadable:
                    found[name] = {}
        return found


def _go_on_behind_line(file: BinaryIO) -> None:
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass


def read(path: str | os.PathLike[str], *, zone: tzinfo | None = None) -> Iterator[Document]:
    """The records of a file, see `TelemetryFile`, which also says what could not be read.

    Raises:
        OSError: the file cannot be opened.
        InvalidValueError: it is a file of SQLite without a table `telemetry`.
    """
    return iter(TelemetryFile(path, zone=zone))
