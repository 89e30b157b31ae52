"""The row of the modelmetry server."""

from __future__ import annotations

from modelmetry.grafana import names
from modelmetry.grafana.panels import Panel, Row, lines
from modelmetry.grafana.queries import share, total
from modelmetry.grafana.rows.sources import SERVER


def server_row() -> Row:
    """What it takes in, how fast, what it refuses and what waits."""
    return Row("The modelmetry server", (*_requests(), *_store()))


def _requests() -> tuple[Panel, ...]:
    refused = SERVER.rate(names.SERVER_REFUSED)
    requests = SERVER.rate(names.HTTP_REQUESTS)
    return (
        lines(
            "Requests to the server",
            "reqps",
            "Requests per second, by operation.",
            (total(requests, (names.ROUTE,)), "{{http_route}}"),
            stacked=True,
        ),
        lines(
            "Latency of the server",
            "s",
            "By operation: 95 of 100 requests are answered faster.",
            (
                SERVER.quantile(0.95, names.HTTP_DURATION, (names.ROUTE,)),
                "{{http_route}}",
            ),
        ),
        lines(
            "Refused requests",
            "reqps",
            "Requests per second that were answered with a problem, by its kind.",
            (total(refused, (names.REASON,)), "{{reason}}"),
        ),
        lines(
            "Share of refused requests",
            "percentunit",
            "Share of all requests that were answered with a problem.",
            (share(refused, requests), "refused"),
            thresholds=(0.01, 0.05),
        ),
    )


def _store() -> tuple[Panel, ...]:
    size = SERVER.of(names.SERVER_STORE_SIZE)
    spent = total(SERVER.rate(names.SERVER_WRITE_TIME))
    return (
        lines(
            "Stored signals",
            "ops",
            "Signals per second that were stored, by their kind.",
            (total(SERVER.rate(names.SERVER_STORED), (names.LIST,)), "{{list}}"),
            stacked=True,
        ),
        lines(
            "Received",
            "Bps",
            "Bytes per second of bodies, as they were sent.",
            (total(SERVER.rate(names.SERVER_RECEIVED)), "received"),
        ),
        lines(
            "Time of a transaction",
            "s",
            "Mean time that the store takes to write what came together.",
            (f"{spent} / ({total(SERVER.rate(names.SERVER_TRANSACTIONS))} > 0)", "mean"),
        ),
        lines(
            "Waiting",
            "short",
            "Batches that wait to be written, and reads that run or wait for a thread.",
            (total(SERVER.of(names.SERVER_WAITING)), "batches"),
            (total(SERVER.of(names.SERVER_READS)), "reads"),
        ),
        lines(
            "Size of the store",
            "bytes",
            "Files of the store on disk.",
            (total(size, (names.PART,)), "{{part}}"),
            stacked=True,
        ),
    )
