"""Signals to the store on this machine, without a server."""

from __future__ import annotations

from typing import Any

from modelmetry.delivery.sink import Batch, ClientReport, SinkFailure
from modelmetry.errors import (
    StoreBusyError,
    StoreForbiddenError,
    StoreFullError,
    StoreLimitError,
    StoreRefusedError,
    StoreUnavailableError,
)
from modelmetry.store.open import open_store
from modelmetry.store.protocol import Store
from modelmetry.wire.body import to_document
from modelmetry.wire.report import report_document

# The tenant of everything that was recorded without a server; `serve` shows it on loopback.
LOCAL_TENANT = "local"


class LocalSink:
    """Writes each batch to a store file, which other processes may use at the same time.

    Args:
        url: `sqlite:///PATH`; the file and its folder are made when the first batch comes.
        tenant: whose signals they are.
    """

    def __init__(self, url: str, *, tenant: str = LOCAL_TENANT) -> None:
        self._url = url
        self._tenant = tenant
        self._store: Store | None = None
        self._inherited: list[Store] = []

    def write(self, batch: Batch) -> None:
        """Return when the rows are on disk.

        Raises:
            SinkFailure: `store_busy`, `store_full`, `store_unavailable` or `store_forbidden`; may
                be tried again. Permissions last until a person mends them. `list_full`: values
                that a list has no room for are refused, all others are on disk. `series_full`:
                likewise intervals of metrics, with more series than the store has room for.
        """
        try:
            self._ingest(batch)
        except StoreBusyError as error:
            raise SinkFailure("store_busy", retry=True, retry_after=error.retry_after) from error
        except StoreFullError as error:
            raise SinkFailure("store_full", retry=True) from error
        except StoreForbiddenError as error:
            self.close()
            raise SinkFailure("store_forbidden", retry=True, lasting=True) from error
        except StoreUnavailableError as error:
            self.close()  # the file may have been replaced: the next try opens it anew
            raise SinkFailure("store_unavailable", retry=True) from error

    def report_losses(self, report: ClientReport) -> bool:
        """Return when `report` is on disk.

        Raises:
            StoreError: it is not.
        """
        self._opened().put_report(self._tenant, report_document(report))
        return True

    def _opened(self) -> Store:
        if self._store is None:
            self._store = open_store(self._url)
        return self._store

    def _ingest(self, batch: Batch) -> None:
        document, refused, reason = to_document(batch), 0, ""
        why: StoreLimitError | StoreRefusedError | None = None
        while True:
            try:
                self._opened().ingest(self._tenant, document)
                break
            except StoreLimitError as error:  # again, where another process fills lists meanwhile
                why, reason = error, "list_full"
                refused += _left_out(document, "MetricLists", set(error.places))
            except StoreRefusedError as error:
                why, reason = error, "series_full"
                refused += _left_out(document, error.member, {place for place, *_ in error.faults})
        if why is not None:
            raise SinkFailure(reason, retry=False, refused=refused) from why

    def after_fork(self) -> None:
        """Open the store anew in a forked child."""
        if self._store is not None:
            # Kept, not closed: closing SQLite's copy of the parent's connection can drop the
            # parent's locks (sqlite.org/howtocorrupt.html, 2.6).
            self._inherited.append(self._store)
            self._store = None

    def close(self) -> None:
        """Close the store."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def __repr__(self) -> str:
        """The address of the store."""
        return f"LocalSink({self._url!r})"


def _left_out(document: dict[str, Any], member: str, places: set[int]) -> int:
    """Take items out of a list of a batch; how many."""
    items: list[Any] = document[member]
    document[member] = [one for place, one in enumerate(items) if place not in places]
    return len(items) - len(document[member])
