"""What waits on disk for servers, read without disturbing the processes that keep it.

A folder belongs to a server and a key. In it are files with signals, which their owners lock, and
one with what the server refused.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from modelmetry.cli.failures import refuse
from modelmetry.delivery.packed import KINDS, Packed
from modelmetry.delivery.segment import Frame, Segment, SpoolError
from modelmetry.delivery.spool import refused_path, segment_paths

SENDING = ".sending"  # behind the name of a file of refused signals that are sent again


WORDS = tuple(kind.removesuffix("s").lower() for kind in KINDS)


@dataclass(frozen=True)
class Kept:
    """A file with signals."""

    path: Path
    bytes: int
    is_owned: bool
    signals: int
    oldest: int | None
    latest: int


@dataclass(frozen=True)
class ServerFolder:
    """What waits for one server; `refused` counts batches."""

    path: Path
    files: list[Kept] = field(default_factory=list[Kept])
    refused: int = 0

    @property
    def name(self) -> str:
        """How it is called on the command line."""
        return self.path.name

    @property
    def signals(self) -> int:
        """How many signals wait."""
        return sum(file.signals for file in self.files)

    @property
    def bytes(self) -> int:
        """What the files with them take."""
        return sum(file.bytes for file in self.files)

    @property
    def oldest(self) -> datetime | None:
        """When the oldest of them was recorded."""
        known = [file.oldest for file in self.files if file.oldest is not None]
        return moment_of(min(known)) if known else None

    @property
    def is_owned(self) -> bool:
        """Whether a living process keeps signals here."""
        return any(file.is_owned for file in self.files)


@dataclass(frozen=True)
class Seen:
    """One signal: what it is, its JSON, when it was kept, and why it was refused if it was."""

    kind: str
    json: bytes
    kept: int
    reason: str | None = None


class Refused(msgspec.Struct, rename="pascal"):
    """A line about signals that the server refused."""

    reason: str
    at: int
    body: dict[str, list[msgspec.Raw]]

    @property
    def packed(self) -> Packed:
        """The signals, ready to be sent again."""
        return Packed.of(
            (place, bytes(item))
            for place, kind in enumerate(KINDS)
            for item in self.body.get(kind, ())
        )


def server_folders(root: Path) -> list[ServerFolder]:
    """Every folder in the folder of spools, by name."""
    if not root.is_dir():
        return []
    return [server_folder(path) for path in sorted(root.iterdir()) if path.is_dir()]


def server_folder(path: Path) -> ServerFolder:
    """What is in the folder of a server."""
    files = [kept for one in segment_paths(path) if (kept := look_into(one)) is not None]
    return ServerFolder(path, files, sum(1 for _ in refused_lines(path)))


def named_folder(root: Path, name: str) -> Path:
    """The folder of that name, or the only one whose name begins so.

    Raises:
        CommandFailed: there is none, or there are several.
    """
    names = sorted(path.name for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    fitting = [one for one in names if one.startswith(name)]
    if not fitting:
        refuse(f"nothing is kept for {name} in {root}; see: modelmetry spool ls")
    if len(fitting) > 1 and name not in fitting:
        refuse(f"{name} may be {' or '.join(fitting)}; name one of them")
    return root / (name if name in fitting else fitting[0])


def look_into(path: Path) -> Kept | None:
    """What a file holds; `None` when it is gone, since its signals have arrived."""
    try:
        with peeking(path) as segment:
            owned, size = segment.is_owned, path.stat().st_size
            frames, written = list(segment.frames()), int(path.stat().st_mtime)
    except FileNotFoundError:
        return None
    times = [frame.written for frame in frames]
    signals = sum(frame.signal_count for frame in frames)
    return Kept(path, size, owned, signals, min(times, default=None), max(times, default=written))


@contextmanager
def peeking(path: Path) -> Generator[Segment, None, None]:
    """A file, opened to be read while its owner goes on."""
    segment = Segment.peek(path)
    try:
        yield segment
    finally:
        segment.let_go()


def waiting_signals(folder: Path) -> Iterator[Seen]:
    """The signals that wait in the folder of a server, in the order in which they were kept."""
    for path in segment_paths(folder):
        try:
            with peeking(path) as segment:
                for frame in segment.frames():
                    yield from signals_of(segment, frame)
        except FileNotFoundError:
            continue  # its signals have arrived meanwhile


def signals_of(segment: Segment, frame: Frame) -> Iterator[Seen]:
    """The signals of a frame; none when its owner has taken it away meanwhile."""
    try:
        items = list(segment.read(frame).items())
    except (SpoolError, msgspec.DecodeError):
        return
    for kind, item in items:
        yield Seen(WORDS[kind], item, frame.written)


def refused_signals(folder: Path) -> Iterator[Seen]:
    """The signals that the server refused, with the reasons."""
    for line in refused_lines(folder):
        entry = refused_entry(line)
        if entry is not None:
            for kind, item in entry.packed.items():
                yield Seen(WORDS[kind], item, entry.at, entry.reason)


def refused_files(folder: Path) -> list[Path]:
    """Where refused signals are; more than one when a replay was interrupted."""
    path = refused_path(folder)
    return [one for one in (sending_path(folder), path) if one.is_file()]


def sending_path(folder: Path) -> Path:
    """Where refused signals are while they are sent again."""
    path = refused_path(folder)
    return path.with_name(path.name + SENDING)


def refused_lines(folder: Path) -> Iterator[bytes]:
    """A line for each batch that was refused."""
    for path in refused_files(folder):
        with path.open("rb") as file:
            yield from filter(bytes.strip, file)


def refused_entry(line: bytes) -> Refused | None:
    """What such a line says; `None` when it was not written whole."""
    try:
        return msgspec.json.decode(line, type=Refused)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def moment_of(seconds: int) -> datetime:
    """A moment, told in seconds since the epoch."""
    return datetime.fromtimestamp(seconds, UTC)
