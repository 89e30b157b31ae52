"""What waits on disk for servers, read without disturbing the processes that keep it.

A folder belongs to a server and a key. In it are files with signals, which their owners lock, and
one with what the server refused.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from modelmetry.cli.failures import refuse
from modelmetry.cli.screen import say
from modelmetry.delivery.packed import KINDS, Packed
from modelmetry.delivery.segment import Frame, Segment, SpoolError
from modelmetry.delivery.spool import damaged_paths, refused_path, segment_paths

SENDING = ".sending"  # behind the name of a file of refused signals that are sent again

# How each line of such a file begins: another program's file may have the same name.
OURS: Final = re.compile(rb'\s*\{\s*"Reason"')

T = TypeVar("T")

WORDS = tuple(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).removesuffix("s").lower() for kind in KINDS)


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
class Unreadable:
    """A file or a folder that the disk does not give, and why."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path} ({self.reason})"


class PassedOver:
    """What a command passes over because the disk does not give it; each path once."""

    def __init__(self) -> None:
        self._reasons: dict[Path, str] = {}

    @property
    def all(self) -> list[Unreadable]:
        """Paths with reasons."""
        return [Unreadable(path, reason) for path, reason in self._reasons.items()]

    def add(self, path: Path, error: OSError) -> None:
        """Note one more."""
        self._reasons.setdefault(path, error.strerror or str(error))

    def unless(self, read: Callable[[Path], T], path: Path) -> T | None:
        """What `read` makes of a path; `None` when the disk does not give it, which is noted."""
        try:
            return read(path)
        except OSError as error:
            self.add(path, error)
            return None


@dataclass(frozen=True)
class ServerFolder:
    """What waits for one server; `refused` counts batches.

    `damaged` are files that were set aside because they hold what cannot be read.
    """

    path: Path
    files: list[Kept] = field(default_factory=list[Kept])
    refused: int = 0
    damaged: list[Path] = field(default_factory=list[Path])
    unreadable: list[Unreadable] = field(default_factory=list[Unreadable])

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

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it, and nobody is about to put something there."""
        kept = self.signals or self.refused or self.damaged or self.unreadable
        return not kept and not self.is_owned


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


def tell_unreadable(found: Sequence[Unreadable]) -> None:
    """Say what cannot be read or written, and why."""
    for one in found:
        say(f"{one.path} is passed over: {one.reason}", "yellow")
    if found:
        say("Run the command as the owner of these files, or see who may read them", "dim")


def refuse_unreadable(found: Sequence[Unreadable], done: str) -> None:
    """Say what could not be done.

    Args:
        found: to which files and folders.
        done: what should have been done to them.

    Raises:
        CommandFailed: there is any.
    """
    if found:
        refuse(
            f"not {done}: {'; '.join(map(str, found))}; run the command as the owner of these "
            "files, or see who may read and write them"
        )


def folders_in(root: Path) -> list[Path]:
    """The folders in the folder of spools, by name.

    Raises:
        CommandFailed: it cannot be read.
    """
    try:
        return sorted(path for path in root.iterdir() if path.is_dir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        refuse(
            f"{root} cannot be read ({error.strerror or error}); run the command as its owner, or "
            "name another folder with --folder"
        )


def server_folders(root: Path) -> list[ServerFolder]:
    """Every folder in the folder of spools, by name."""
    return [server_folder(path) for path in folders_in(root)]


def server_folder(path: Path) -> ServerFolder:
    """What is in the folder of a server, as far as it can be read."""
    passed = PassedOver()
    paths = passed.unless(segment_paths, path) or ()
    files = [kept for one in paths if (kept := passed.unless(look_into, one)) is not None]
    refused = sum(
        passed.unless(count_lines, one) or 0 for one in passed.unless(refused_files, path) or ()
    )
    damaged = passed.unless(damaged_paths, path) or []
    return ServerFolder(path, files, refused, damaged, passed.all)


def named_folder(root: Path, name: str) -> Path:
    """The folder of that name, or the only one whose name begins so.

    Raises:
        CommandFailed: there is none, or there are several.
    """
    names = [path.name for path in folders_in(root)]
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


def waiting_signals(folder: Path, passed: PassedOver) -> Iterator[Seen]:
    """The signals that wait in the folder of a server, in the order in which they were kept."""
    for path in passed.unless(segment_paths, folder) or ():
        try:
            with peeking(path) as segment:
                for frame in segment.frames():
                    yield from signals_of(segment, frame)
        except FileNotFoundError:
            continue  # its signals have arrived meanwhile
        except OSError as error:
            passed.add(path, error)


def signals_of(segment: Segment, frame: Frame) -> Iterator[Seen]:
    """The signals of a frame; none when its owner has taken it away meanwhile."""
    try:
        items = list(segment.read(frame).items())
    except (SpoolError, msgspec.DecodeError):
        return
    for kind, item in items:
        yield Seen(WORDS[kind], item, frame.written)


def refused_signals(folder: Path, passed: PassedOver) -> Iterator[Seen]:
    """The signals that the server refused, with the reasons."""
    for path in passed.unless(refused_files, folder) or ():
        try:
            for entry in filter(None, map(refused_entry, refused_lines(path))):
                for kind, item in entry.packed.items():
                    yield Seen(WORDS[kind], item, entry.at, entry.reason)
        except OSError as error:
            passed.add(path, error)


def refused_files(folder: Path) -> list[Path]:
    """Where refused signals are; more than one when a replay was interrupted.

    Raises:
        OSError: the folder is there and cannot be read.
    """
    path = refused_path(folder)
    return [one for one in (sending_path(folder), path) if is_file(one)]


def is_file(path: Path) -> bool:
    """Whether a file is there.

    Raises:
        OSError: that cannot be known.
    """
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def sending_path(folder: Path) -> Path:
    """Where refused signals are while they are sent again."""
    path = refused_path(folder)
    return path.with_name(path.name + SENDING)


def refused_lines(path: Path) -> Iterator[bytes]:
    """A line for each batch that was refused; none where the file is somebody else's.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        lines = filter(bytes.strip, file)
        first = next(lines, b"")
        if OURS.match(first):
            yield from chain([first], lines)


def count_lines(path: Path) -> int:
    """How many batches were refused, as a file says."""
    return sum(1 for _ in refused_lines(path))


def refused_entry(line: bytes) -> Refused | None:
    """What such a line says; `None` when it was not written whole."""
    try:
        return msgspec.json.decode(line, type=Refused)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def moment_of(seconds: int) -> datetime | None:
    """A moment, told in seconds since the epoch; `None` beyond the calendar."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
