"""From the delivery to a backend: records as JSON objects, what it raises kept in here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import msgspec

from modelmetry.delivery.sink import Batch, SinkFailure
from modelmetry.signals.measurements import TelemetryRecord
from modelmetry.telemetry.direct import Direct
from modelmetry.telemetry.documents import Document, document


class Backend(Protocol):
    """Anything that takes records one by one, also those of the older telemetry tool."""

    def emit(self, record: Document) -> object:
        """Take a record; whatever it raises means that this record is lost there."""
        ...


_at_work: Final[set[int]] = set()


def is_at_work() -> bool:
    """Whether the calling thread is in the middle of a backend, and so cannot wait for one."""
    return threading.get_ident() in _at_work


class BackendSink:
    """Writes batches to one backend.

    Args:
        backend: where to.
        system: what is known of the machine, as a new dict each time.
        owned: whether the backend is closed with this.
    """

    def __init__(
        self, backend: Backend | Direct, system: Callable[[], dict[str, Any]], *, owned: bool
    ) -> None:
        self._backend = backend
        self._system = system
        self._owned = owned
        # What was made of a batch, for another try: a backend knows by it where it stopped.
        self._made: tuple[Batch, list[Document]] | None = None

    def write(self, batch: Batch) -> None:
        """Return when the backend has all records.

        Raises:
            SinkFailure: it has not; `refused` says how many it did not take, if it took others.
        """
        me = threading.get_ident()
        _at_work.add(me)
        try:
            if isinstance(self._backend, Direct):
                self._backend.emit_many(self._documents(batch))
            else:
                _emit_each(self._backend, self._documents(batch))
            self._made = None
        finally:
            _at_work.discard(me)

    def _documents(self, batch: Batch) -> list[Document]:
        if self._made is None or self._made[0] is not batch:
            records = [one for one in batch.signals if isinstance(one, TelemetryRecord)]
            if isinstance(self._backend, Direct):
                # The same for all of a batch, and several times as long as a record.
                system = msgspec.Raw(msgspec.json.encode(self._system()))
                made = [document(record, system) for record in records]
            else:
                made = [document(record, self._system()) for record in records]
            self._made = batch, made
        return self._made[1]

    def close(self) -> None:
        """Close the backend, if it is ours."""
        if self._owned and isinstance(self._backend, Direct):
            self._backend.close()

    def after_fork(self) -> None:
        """Forget, in a forked child, what belongs to the parent."""
        _at_work.clear()
        self._made = None

    def __repr__(self) -> str:
        """The backend."""
        return f"BackendSink({self._backend!r})"


def _emit_each(backend: Backend, records: Sequence[Document]) -> None:
    """Offer each record; one that is not taken does not cost the others."""
    refused, first = 0, None
    for record in records:
        try:
            backend.emit(record)
        except Exception as error:  # noqa: BLE001 - a foreign backend may raise anything
            refused += 1
            first = error if first is None else first
    if first is not None:
        raise SinkFailure(type(first).__name__, retry=False, refused=refused) from first
