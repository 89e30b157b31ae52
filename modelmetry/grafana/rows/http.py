"""The row of requests."""

from __future__ import annotations

from modelmetry.grafana import names
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.panels import Panel, Row, heat, lines, stat
from modelmetry.grafana.queries import CLIENT_ERRORS, GOOD, SERVER_ERRORS, Source, share, total
from modelmetry.grafana.rows.sources import RANGE, RATE
from modelmetry.grafana.rules import QUANTILES, error_ratio

_STATUS = names.STATUS


def http_row(choices: Choices) -> Row:
    """Requests, how long they take, and which fail."""
    return Row("HTTP", (*_now(), *_latency(), *_failures(choices), *_connections()))


def _failed(source: Source, kind: str = SERVER_ERRORS) -> str:
    failed = source.rate(names.HTTP_REQUESTS, f"{_STATUS}{kind}")
    return share(failed, source.rate(names.HTTP_REQUESTS))


def _now() -> tuple[Panel, ...]:
    return (
        stat(
            "Requests",
            "short",
            "Requests that were answered in the time that is shown.",
            total(RANGE.increase(names.HTTP_REQUESTS)),
            decimals=0,
        ),
        stat(
            "Requests per second",
            "reqps",
            "Requests per second now.",
            total(RATE.rate(names.HTTP_REQUESTS)),
        ),
        stat(
            "Latency p95",
            "s",
            "95 of 100 requests of the time that is shown were faster, to the last byte.",
            RANGE.quantile(0.95, names.HTTP_DURATION),
            thresholds=(0.5, 1),
        ),
        stat(
            "Failed",
            "percentunit",
            "Share of the requests that were answered with 5xx, or with which the application "
            "crashed, in the time that is shown.",
            _failed(RANGE),
            thresholds=(0.001, 0.01),
        ),
        stat(
            "Successful",
            "percentunit",
            "Share of the requests that were answered with 1xx to 3xx in the time that is shown. "
            "What is missing to 100 % is 4xx, 5xx, and clients that left.",
            _failed(RANGE, GOOD),
            thresholds=(0.99, 0.95),
            inverted=True,
        ),
        stat(
            "In flight",
            "short",
            "Requests that are being answered now.",
            total(RATE.of(names.HTTP_ACTIVE)),
        ),
    )


def _latency() -> tuple[Panel, ...]:
    route = (names.ROUTE,)
    return (
        lines(
            "Latency",
            "s",
            "From the head of a request to the last byte of its answer. The points are examples; "
            "each leads to its trace.",
            *((RATE.quantile(q, names.HTTP_DURATION), name) for name, q in QUANTILES.items()),
            (RATE.mean(names.HTTP_DURATION), "mean"),
            exemplars=True,
        ),
        lines(
            "Latency p95 by route",
            "s",
            "By the template of the route; what no route was declared for is `unmatched`.",
            (RATE.quantile(0.95, names.HTTP_DURATION, route), "{{http_route}}"),
            exemplars=True,
        ),
        heat(
            "Latency distribution",
            "short",
            "How many requests took how long.",
            total(RATE.increase(f"{names.HTTP_DURATION}_bucket"), ("le",)),
        ),
        lines(
            "Time to first byte",
            "s",
            "Until the body of an answer begins; far below the latency where it is streamed.",
            (RATE.quantile(0.5, names.HTTP_FIRST_BYTE), "p50"),
            (RATE.quantile(0.95, names.HTTP_FIRST_BYTE), "p95"),
            exemplars=True,
        ),
        lines(
            "Requests by route",
            "reqps",
            "Requests per second, by the template of the route.",
            (total(RATE.rate(names.HTTP_REQUESTS), route), "{{http_route}}"),
            stacked=True,
        ),
        lines(
            "Requests by status",
            "reqps",
            "Requests per second by status; without one are those whose clients left before.",
            (total(RATE.rate(names.HTTP_REQUESTS), (_STATUS,)), "{{http_response_status_code}}"),
            stacked=True,
        ),
    )


def _failures(choices: Choices) -> tuple[Panel, ...]:
    allowed = f"{choices.allowed:.10g}"
    errors = RATE.rate(names.HTTP_REQUESTS, f'{names.ERROR_TYPE}!=""')
    return (
        lines(
            "Failed requests",
            "percentunit",
            "Shares of 4xx, which callers cause, and of 5xx, which we cause.",
            (_failed(RATE, CLIENT_ERRORS), "4xx"),
            (_failed(RATE), "5xx"),
        ),
        lines(
            "Errors by type",
            "reqps",
            "Requests per second that failed: the class of the exception, or the status.",
            (total(errors, (names.ERROR_TYPE,)), "{{error_type}}"),
        ),
        lines(
            "Burn of the error budget",
            "short",
            f"How many times as fast as it may the budget of {choices.slo:g} % burns: at 1 it is "
            "used up exactly at the end. Needs the recording rules; alerts come at 14.4 over 1 h, "
            "6 over 6 h, 3 over 1 d and 1 over 3 d.",
            *(
                (f'max({error_ratio(window)}{{job=~"$job"}}) / {allowed}', window)
                for window in ("1h", "6h", "1d", "3d")
            ),
            thresholds=(1, 14.4),
        ),
    )


def _connections() -> tuple[Panel, ...]:
    return (
        lines(
            "Open websockets",
            "short",
            "Connections of websockets that are open.",
            (total(RATE.of(names.WEBSOCKET_ACTIVE)), "open"),
        ),
        lines(
            "Websockets by route",
            "cps",
            "Connections of websockets that ended, each second.",
            (
                total(RATE.rate(f"{names.WEBSOCKET_DURATION}_count"), (names.ROUTE,)),
                "{{http_route}}",
            ),
        ),
    )
