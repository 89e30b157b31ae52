"""The metrics of the server itself: its requests, what it stores, and what waits."""

from __future__ import annotations

import time
from typing import Final

from modelmetry.metrics import semantic
from modelmetry.metrics.families import Family, Point
from modelmetry.metrics.instruments import Counter, Histogram, UpDownCounter
from modelmetry.metrics.registry import Registry
from modelmetry.server.calls import Answer, Call, Handler
from modelmetry.server.log import RequestRecord
from modelmetry.server.operations import METRICS
from modelmetry.server.threads import Threads
from modelmetry.store.protocol import Store

UNMATCHED: Final = "unmatched"
OTHER: Final = "_OTHER"
_METHODS: Final = frozenset(
    {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"}
)
# Of HTTP/2 and behind a proxy it is what the client says.
_SCHEMES: Final = frozenset({"http", "https"})
_SERVER_ERRORS: Final = 500


class ServerMetrics:
    """What Prometheus is told about a server.

    Args:
        store: its health is asked for at each scrape.
        threads: those that read.
    """

    def __init__(self, store: Store, threads: Threads) -> None:
        self._store = store
        self._threads = threads
        self.registry: Registry = Registry()
        self.registry.add_collector(self._collect)
        self._duration = Histogram(
            semantic.HTTP_DURATION,
            unit="s",
            description="Duration of HTTP requests",
            attributes=(
                semantic.HTTP_METHOD,
                semantic.HTTP_ROUTE,
                semantic.HTTP_STATUS,
                semantic.URL_SCHEME,
                semantic.ERROR_TYPE,
            ),
            registry=self.registry,
        )
        self._active = UpDownCounter(
            semantic.HTTP_ACTIVE,
            unit="{request}",
            description="Requests that are being answered",
            registry=self.registry,
        )
        self._refused = Counter(
            semantic.SERVER_REFUSED,
            unit="{request}",
            description="Requests that were answered with a problem, by its kind",
            attributes=("reason",),
            registry=self.registry,
        )
        self._received = Counter(
            semantic.SERVER_RECEIVED,
            unit="By",
            description="Bytes of bodies as they were sent",
            registry=self.registry,
        )

    def begun(self) -> None:
        """Count a request that has just arrived."""
        self._active.add(1)

    def ended(self, record: RequestRecord) -> None:
        """Count a request that was answered, or that nobody waits for any more."""
        self._active.add(-1)
        self._received.add(record.bytes_in)
        status = str(record.status) if record.status else ""
        if record.problem is not None:
            self._refused.add(1, reason=record.problem)
        self._duration.record(
            time.perf_counter() - record.began,
            {
                semantic.HTTP_METHOD: record.method if record.method in _METHODS else OTHER,
                semantic.HTTP_ROUTE: record.route or UNMATCHED,
                semantic.HTTP_STATUS: status,
                semantic.URL_SCHEME: record.scheme if record.scheme in _SCHEMES else OTHER,
                semantic.ERROR_TYPE: status if record.status >= _SERVER_ERRORS else "",
            },
        )

    def handlers(self) -> dict[str, Handler]:
        """Handlers by operation."""

        async def metrics(call: Call) -> Answer:
            # The command line has this application in its own process, and is never scraped.
            from modelmetry.metrics.exposition import page  # noqa: PLC0415

            accept = call.headers.get("accept", "")
            coding = call.headers.get("accept-encoding", "")
            found = await self._threads.run(lambda: page(self.registry.collect, accept, coding))
            headers = {"Vary": "Accept, Accept-Encoding"}
            if found.is_gzip:
                headers["Content-Encoding"] = "gzip"
            return Answer(found.body, media_type=found.content_type, headers=headers)

        return {METRICS.id: metrics}

    def _collect(self) -> list[Family]:
        health = self._store.health()
        return [
            Family(
                semantic.SERVER_STORED,
                "counter",
                "{signal}",
                "Signals that were stored, by the list in which they came",
                ("list",),
                points=[Point((name,), number) for name, number in health.signals.items()],
            ),
            Family(
                semantic.SERVER_TRANSACTIONS,
                "counter",
                "{transaction}",
                "Transactions of the store that were committed",
                points=[Point((), health.transactions)],
            ),
            Family(
                semantic.SERVER_WRITE_TIME,
                "counter",
                "s",
                "What these transactions took",
                points=[Point((), health.write_seconds)],
            ),
            Family(
                semantic.SERVER_WAITING,
                "gauge",
                "{batch}",
                "Batches that wait to be written",
                points=[Point((), health.waiting)],
            ),
            Family(
                semantic.SERVER_READS,
                "gauge",
                "{read}",
                "Reads that run or wait for a thread",
                points=[Point((), self._threads.now)],
            ),
            Family(
                semantic.SERVER_STORE_SIZE,
                "gauge",
                "By",
                "Bytes of the files of the store",
                ("part",),
                points=[Point((part,), size) for part, size in health.sizes.items()],
            ),
        ]
