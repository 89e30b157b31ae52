"""What waits in a buffer: records, or for a receiver of packed signals their JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

from modelmetry.delivery.forks import without_fork
from modelmetry.delivery.inbox import Recorded
from modelmetry.delivery.log import logger
from modelmetry.delivery.sink import PackingSink, Piece, Writing, Written
from modelmetry.delivery.size import approximate_bytes
from modelmetry.signals.records import RECORDS, count
from modelmetry.signals.writer import RecordWriter, SignalWriter

RECORD_TYPES: Final = frozenset(RECORDS)
"""What is a record already, and no span or trace: no subclass is ever laid down."""

_NOT_READ = "a signal could not be read; please report this"


class Reader(Protocol):
    """Makes pieces of what was recorded: each travels as a whole.

    Attributes:
        unread: of how many spans, traces and others not all could be read; the caller takes it.
    """

    unread: int

    def read(self, recorded: Recorded) -> list[tuple[Piece, int]]:
        """Pieces of all that was not read yet, the last first, with how many signals each holds."""
        ...

    def weigh(self, piece: Piece) -> int:
        """About how many bytes of JSON a piece makes."""
        ...

    def reset(self) -> None:
        """Begin anew: also what a forked child does."""
        ...


class RecordReader:
    """Makes records, which most sinks take."""

    def __init__(self) -> None:
        self.unread: int = 0
        self._records = RecordWriter()

    def read(self, recorded: Recorded) -> list[tuple[Piece, int]]:
        """A record, or those of a span or trace."""
        if isinstance(recorded, RECORDS):
            return [(recorded, count(recorded))]
        writer = self._records
        try:
            self.unread += not _tell(recorded, writer)
        except BaseException:  # Ctrl-C: all of it is told again
            self._records = RecordWriter()
            raise
        pieces: list[tuple[Piece, int]] = [(one, count(one)) for one in reversed(writer.signals)]
        # Last: what is not given away is still here.
        self._records = RecordWriter()
        return pieces

    def reset(self) -> None:
        """Begin anew: also what a forked child does."""
        self.unread = 0
        self._records = RecordWriter()

    def weigh(self, piece: Piece) -> int:
        """About how many bytes of JSON a record makes."""
        return approximate_bytes(piece) if isinstance(piece, RECORDS) else piece.approximate_bytes


class PackingReader(RecordReader):
    """Writes at once what a sink packs later: no record is made in between.

    Args:
        sink: gives writers.
    """

    unread: int

    def __init__(self, sink: PackingSink) -> None:
        super().__init__()
        self._sink = sink
        self._is_loaded = False
        # None while what writing needs is not there: then signals are counted, and packing fails.
        self._writer: Writing | None = None

    def load(self) -> None:
        """Load what writing needs, while no fork comes in between."""
        if not self._is_loaded:
            self._is_loaded = load_quietly(self._load)

    def _load(self) -> None:
        self._writer = self._sink.writer()

    def reset(self) -> None:
        """Begin anew: in a forked child nobody ends what another thread was writing."""
        super().reset()
        if self._writer is not None:
            self._writer = self._sink.writer()

    def read(self, recorded: Recorded) -> list[tuple[Piece, int]]:
        """One piece, or none when there is nothing to say; a record stays one until packed."""
        if not self._is_loaded:
            self.load()
        if self._writer is None or type(recorded) in RECORD_TYPES:
            return super().read(recorded)
        writer = self._writer
        source: Any = recorded
        # `_tell`, written out: most of what is ever recorded comes by here.
        try:
            source.write_to(writer)
        except Exception:
            logger.exception(_NOT_READ)
            self.unread += 1
        except BaseException:  # Ctrl-C: all of it is told again
            writer.take()
            raise
        written = writer.take()
        return [(written, written.signal_count)] if written.signal_count else []

    def weigh(self, piece: Piece) -> int:
        """About how many bytes a piece makes."""
        # Nearly everything was written: its `approximate_bytes`, written out.
        return sum(map(len, piece.texts)) if type(piece) is Written else super().weigh(piece)


def _tell(recorded: Any, writer: SignalWriter) -> bool:
    """Tell all of it; `False` when that was not possible: nobody knows how much is missing."""
    try:
        recorded.write_to(writer)
    except Exception:
        logger.exception(_NOT_READ)
        return False
    return True


def load_quietly(load: Callable[[], object]) -> bool:
    """Load a library; if that fails it comes again, where it counts as a failure of the sink.

    Returns:
        Whether it was tried: not while a fork is under way.
    """

    def try_once() -> None:
        try:
            load()
        except Exception:
            logger.debug("a library could not be loaded", exc_info=True)

    return without_fork(try_once)
