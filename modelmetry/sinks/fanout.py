"""Signals to several sinks at once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from math import inf

from msgspec import Struct, field

from modelmetry.delivery.sink import Batch, ForkAware, Sink, SinkFailure


class _Progress(Struct):
    """How far one batch has come: sinks that have it, and the refusals of others."""

    batch: Batch | None = None
    done: set[int] = field(default_factory=set[int])
    refusals: list[SinkFailure] = field(default_factory=list[SinkFailure])


class FanoutSink:
    """Writes every batch to every sink; a sink that fails does not keep the others from it.

    A retry goes only to the sinks that asked for one. A batch that one sink refused for good
    counts as lost under that sink's reason, although others have it: it is not everywhere.

    Args:
        sinks: where everything goes, in this order.
    """

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self._sinks = tuple(sinks)
        self._progress = _Progress()

    def write(self, batch: Batch) -> None:
        """Return when every sink has `batch`.

        Raises:
            SinkFailure: one has not; to be tried again as long as one of them asks for that.
        """
        if self._progress.batch is not batch:
            self._progress = _Progress(batch)
        waiting = self._write_where_missing(batch)
        if waiting:
            raise _latest(waiting)
        if self._progress.refusals:
            raise max(self._progress.refusals, key=_lost)

    def _write_where_missing(self, batch: Batch) -> list[SinkFailure]:
        waiting: list[SinkFailure] = []
        for number, sink in enumerate(self._sinks):
            if number in self._progress.done:
                continue
            failure = _try(sink, batch)
            if failure is not None and failure.retry:
                waiting.append(failure)
                continue
            self._progress.done.add(number)
            if failure is not None:
                self._progress.refusals.append(failure)
        return waiting

    def after_fork(self) -> None:
        """Pass it on to the sinks that care."""
        for sink in self._sinks:
            if isinstance(sink, ForkAware):
                sink.after_fork()

    def close(self) -> None:
        """Close every sink, also when closing one of them fails."""
        with ExitStack() as closing:
            for sink in reversed(self._sinks):
                closing.callback(sink.close)


def _lost(failure: SinkFailure) -> float:
    """How many signals a refusal is about; all of them are more than any number."""
    return inf if failure.refused is None else failure.refused


def _try(sink: Sink, batch: Batch) -> SinkFailure | None:
    try:
        sink.write(batch)
    except SinkFailure as failure:
        return failure.with_traceback(None)  # see `Courier.try_once`
    except Exception as error:  # noqa: BLE001 - the other sinks are still to be served
        broken = SinkFailure(type(error).__name__, retry=False)
        broken.__cause__ = error
        return broken
    return None


def _latest(failures: list[SinkFailure]) -> SinkFailure:
    """One failure for all: it asks for the longest wait that any of them asks for."""
    asked = [failure.retry_after for failure in failures if failure.retry_after is not None]
    together = SinkFailure(failures[0].reason, retry=True, retry_after=max(asked, default=None))
    together.__cause__ = failures[0].__cause__
    return together
