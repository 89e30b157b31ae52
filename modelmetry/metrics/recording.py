"""What became of the signals that the clients of this process recorded."""

from __future__ import annotations

import os
from collections import Counter
from typing import Final
from weakref import ref

from modelmetry.client.sending import Sending, all_senders
from modelmetry.delivery.receipt import Receipt
from modelmetry.metrics.families import Family, Point

_DELIVERED: Final = "delivered"


class RecordingCollector:
    """Reads the receipts of all clients; those of clients that are gone stay in the sums."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._known: dict[int, tuple[ref[Sending], Receipt]] = {}
        self._gone = Counter[str]()

    def __call__(self) -> list[Family]:
        """The families."""
        if self._process != os.getpid():  # a forked child: what was recorded is the parent's
            self._begin()
        for key, (sender, receipt) in list(self._known.items()):
            if sender() is None:
                del self._known[key]
                self._gone.update(_outcomes(receipt))
        now = {id(one): (ref(one), one.stats()) for one in all_senders()}
        self._known.update(now)
        outcomes = self._gone.copy()
        for _, receipt in self._known.values():
            outcomes.update(_outcomes(receipt))
        pending = sum(receipt.pending for _, receipt in now.values())
        spooled = sum(receipt.spooled for _, receipt in now.values())
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
