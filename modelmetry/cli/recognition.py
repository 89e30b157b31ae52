"""What a file holds, told by its content: a name says nothing, and is often wrong."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Generator
from contextlib import closing, contextmanager
from enum import Enum
from pathlib import Path
from shutil import copyfileobj
from typing import Any, BinaryIO, Final, cast

import click

from modelmetry.cli.failures import CommandFailed, refuse
from modelmetry.cli.wording import one_line
from modelmetry.delivery.packed import KINDS
from modelmetry.telemetry.files import COLUMNS, LONGEST_LINE, SQLITE
from modelmetry.telemetry.normal import NotReadable, decoded, is_record

COMPRESSED: Final = {
    b"\x1f\x8b": "gzip -dk",
    b"\x28\xb5\x2f\xfd": "zstd -dk",
    b"BZh": "bzip2 -dk",
    b"\xfd7zXZ": "xz -dk",
    b"PK\x03\x04": "unzip",
}
LOOKED_AT: Final = 1_000  # lines, of which one has to be whole
STDIN: Final = Path("-")
EXPECTED: Final = (
    "import reads what `modelmetry traces export`, a JsonlSink or a telemetry backend (JSON lines "
    "or SQLite) wrote"
)


class Content(Enum):
    """What a file holds, in words."""

    TRACES = "traces"
    SIGNALS = "signals"
    TELEMETRY = "telemetry"
    TELEMETRY_TABLE = "a table of telemetry"

    @property
    def is_telemetry(self) -> bool:
        """Whether it is read by `modelmetry.telemetry`."""
        return self in {Content.TELEMETRY, Content.TELEMETRY_TABLE}

    @property
    def unit(self) -> str:
        """What is counted in it."""
        return "row" if self is Content.TELEMETRY_TABLE else "line"


FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
"""The type of an argument that is such a file, or `-` for stdin."""


@contextmanager
def seekable(path: Path) -> Generator[Path, None, None]:
    """A file that can be read more than once: stdin and pipes are copied first."""
    if path != STDIN and path.is_file():
        yield path
        return
    with tempfile.NamedTemporaryFile(prefix="modelmetry-") as copy:
        if path == STDIN:
            copyfileobj(sys.stdin.buffer, copy)
        else:
            with path.open("rb") as pipe:
                copyfileobj(pipe, copy)
        copy.flush()
        yield Path(copy.name)


def recognised(path: Path, name: str) -> Content:
    """What the file holds.

    Args:
        path: the file.
        name: how the user called it.

    Raises:
        CommandFailed: it is empty, or nothing that can be imported.
    """
    with path.open("rb") as file:
        start = file.read(len(SQLITE))
        if not start:
            refuse(f"{name} is empty")
        if start == SQLITE:
            return table_of(path, name)
        for magic, unpack in COMPRESSED.items():
            if start.startswith(magic):
                refuse(f"{name} is compressed; unpack it first: {unpack} {name}")
        file.seek(0)
        return lines_of(file, name)


def lines_of(file: BinaryIO, name: str) -> Content:
    """What the first line holds that can be told.

    Raises:
        CommandFailed: none can be told.
    """
    first = b""
    for _ in range(LOOKED_AT):
        line = file.readline(LONGEST_LINE)
        if not line:
            break
        first = first or line.strip()
        found = content_of(line)
        if found is not None:
            return found
    if not first:
        refuse(f"{name} is empty: it has blank lines alone")
    if b"\x00" in first:
        refuse(f"{name} is a binary file, and no database of telemetry; {EXPECTED}")
    shown = one_line(first[:200].decode("utf-8", "replace"), 60)
    raise CommandFailed(
        f"{name} holds neither traces nor signals nor telemetry ({shown!r}); {EXPECTED}"
    )


def content_of(line: bytes) -> Content | None:
    """What a line holds; None when it is torn, or anything else."""
    try:
        found = decoded(line)
    except NotReadable:
        return None
    if not isinstance(found, dict):
        return None
    members = cast("dict[str, Any]", found)
    if is_record(members):
        return Content.TELEMETRY
    if "XID" in members and ("SpanCount" in members or "TraceCount" in members):
        return Content.TRACES
    if members and all(name in KINDS for name in members):
        return Content.SIGNALS
    return None


def table_of(path: Path, name: str) -> Content:
    """That a database holds telemetry.

    Raises:
        CommandFailed: it is a store of ours, anybody's, or damaged.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            tables = {row[0] for row in rows}
            columns = {row[1] for row in database.execute("PRAGMA table_info(telemetry)")}
    except sqlite3.Error as error:
        refuse(f"{name} is a database that cannot be read ({error}); copy it again")
    if columns >= COLUMNS:
        return Content.TELEMETRY_TABLE
    if {"trace", "span", "tenant"} <= tables:
        refuse(f"{name} is a store; look into it with: modelmetry traces ls --store {name}")
    raise CommandFailed(
        f"{name} is a database without a table `telemetry` as backends make it; {EXPECTED}"
    )
