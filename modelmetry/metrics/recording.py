"""What became of the signals that the clients of this process recorded."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from threading import RLock
from typing import Final
from weakref import WeakSet, ref

from modelmetry.client.sending import Sending, all_senders, books_of
from modelmetry.delivery.receipt import Receipt
from modelmetry.metrics.families import Family, Point

_DELIVERED: Final = "delivered"
# Clients after which those that are gone are added up, though nobody asks.
_MANY: Final = 100


class RecordingCollector:
    """Reads the receipts of all clients; those of clients that are gone stay in the sums."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._reading = RLock()
        self._met = WeakSet[Sending]()
        self._books: list[tuple[ref[Sending], Callable[[], Receipt]]] = []
        self._gone = Counter[str]()
        self._enough = _MANY

    def meet(self, client: Sending) -> None:
        """Count what a client records, also when it is gone before anybody asks."""
        self._begin_in_child()
        with self._reading:
            if client not in self._met:
                self._met.add(client)
                self._books.append((ref(client), books_of(client)))
                if len(self._books) > self._enough:
                    self._settle()
                    self._enough = max(_MANY, 2 * len(self._books))

    def _begin_in_child(self) -> None:
        if self._process != os.getpid():  # what was recorded before the fork is the parent's
            self._begin()

    def _settle(self) -> list[Receipt]:
        """All receipts; the sums of who is gone and has nothing left to deliver are kept apart."""
        receipts: list[Receipt] = []
        remaining: list[tuple[ref[Sending], Callable[[], Receipt]]] = []
        for client, books in self._books:
            is_gone = client() is None  # asked first: what it did last is in its books then
            receipt = books()
            if is_gone and not receipt.pending:
                self._gone.update(_outcomes(receipt))
            else:
                receipts.append(receipt)
                remaining.append((client, books))
        self._books = remaining
        return receipts

    def __call__(self) -> list[Family]:
        """The families."""
        self._begin_in_child()
        with self._reading:
            for client in all_senders():
                self.meet(client)
            receipts = self._settle()
            outcomes = self._gone.copy()
        for receipt in receipts:
            outcomes.update(_outcomes(receipt))
        pending = sum(receipt.pending for receipt in receipts)
        spooled = sum(receipt.spooled for receipt in receipts)
        return [
            Family(
                "modelmetry.sdk.signals",
                "counter",
                "{signal}",
                "Signals that were recorded, by what became of them: delivered, or why not",
                ("outcome",),
                points=[Point((outcome,), number) for outcome, number in sorted(outcomes.items())],
            ),
            Family(
                "modelmetry.sdk.waiting_signals",
                "gauge",
                "{signal}",
                "Signals that wait to be delivered, in memory or on disk",
                ("place",),
                points=[Point(("memory",), pending), Point(("disk",), spooled)],
            ),
        ]


def _outcomes(receipt: Receipt) -> Counter[str]:
    return Counter({_DELIVERED: receipt.delivered, **receipt.dropped})
