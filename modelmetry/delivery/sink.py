"""The seam: one place to which batches of signals go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol, Self, runtime_checkable

from msgspec import Struct

from modelmetry.delivery.receipt import Receipt
from modelmetry.delivery.size import approximate_bytes
from modelmetry.errors import SinkFailure
from modelmetry.signals.records import Signal, count
from modelmetry.signals.writer import SignalWriter

if TYPE_CHECKING:
    from modelmetry.delivery.packed import Packed

__all__ = [
    "Batch",
    "ClientReport",
    "ForkAware",
    "PackingSink",
    "Reporting",
    "Sink",
    "SinkFailure",
]


class Batch(Struct, frozen=True, kw_only=True, eq=False):
    """Signals that travel together, in the order in which they were recorded.

    Attributes:
        signals: finished spans and traces with their findings and events, and the rest; for a
            packing sink also what its writers took.
        signal_count: how many signals these are, each finding and event counted.
        approximate_bytes: about how many bytes of JSON they will make.
    """

    signals: tuple[Signal, ...]
    signal_count: int
    approximate_bytes: int

    @classmethod
    def of(cls, signals: Iterable[Signal]) -> Self:
        """A batch of `signals`, counted and weighed."""
        kept = tuple(signals)
        return cls(
            signals=kept,
            signal_count=sum(count(signal) for signal in kept),
            approximate_bytes=sum(approximate_bytes(signal) for signal in kept),
        )


class Sink(Protocol):
    """A place to which batches go. Called from one thread at a time."""

    def write(self, batch: Batch) -> None:
        """Return when the batch has arrived.

        Raises:
            SinkFailure: it did not; `retry` says whether another try makes sense. Any other
                exception counts as a failure without another try, its type being the reason.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections. A sink that never wrote has none."""
        ...


@runtime_checkable
class ForkAware(Protocol):
    """A sink that holds files or connections which a forked child must not share."""

    def after_fork(self) -> None:
        """Forget, in the child and without closing them, what belongs to the parent."""
        ...


class Written(Struct, eq=False):
    """Signals as a receiver of packed signals writes them: few objects, however many they are.

    Attributes:
        texts: what was written; the sink knows how.
        signal_count: how many signals these are.
    """

    texts: tuple[str, ...]
    signal_count: int

    @property
    def approximate_bytes(self) -> int:
        """About how many bytes of JSON they make: characters."""
        return sum(map(len, self.texts))


class Writing(SignalWriter, Protocol):
    """Writes signals for `pack`."""

    def take(self) -> Written:
        """What was written since this was called last."""
        ...


Piece = Signal | Written
"""What travels as a whole."""


class ClientReport(Struct, frozen=True):
    """What became of the signals of one client.

    Attributes:
        xid: the client: random, another one for each client and process.
        at_ns: when it was counted, in nanoseconds since the epoch.
        receipt: the counts since it began.
    """

    xid: str
    at_ns: int
    receipt: Receipt


@runtime_checkable
class Reporting(Protocol):
    """A sink that can be told what was lost."""

    def report_losses(self, report: ClientReport) -> bool:
        """Return when the report has arrived; `False`: such reports are not known there.

        Whatever it raises means that it did not arrive.
        """
        ...


@runtime_checkable
class PackingSink(Protocol):
    """A receiver of packed signals."""

    def writer(self) -> Writing:
        """Another writer of signals that `pack` gets later; loads what that needs."""
        ...

    def load(self) -> None:
        """Load the libraries that sending needs; called once, by the thread that sends."""
        ...

    def pack(self, batch: Batch) -> Packed:
        """The signals of `batch` as they travel: records, and what its writers took."""
        ...

    def send(self, packed: Packed) -> None:
        """Return when `packed` has arrived.

        Raises:
            SinkFailure: it did not.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...

    def after_fork(self) -> None:
        """Forget, in a forked child, the connections of the parent."""
        ...
