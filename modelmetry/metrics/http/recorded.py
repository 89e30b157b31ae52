"""The instruments of requests and connections, and how they are reached quickly."""

from __future__ import annotations

from typing import Final, NamedTuple

from modelmetry.metrics import semantic
from modelmetry.metrics.instruments import Histogram, UpDownCounter
from modelmetry.metrics.registry import Registry

CONNECTION_SECONDS: Final = (
    *(0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0),
    *(300.0, 900.0, 1_800.0, 3_600.0, 14_400.0, 86_400.0),
)
"""Bounds of how long a websocket is open, in seconds: 0.1 to a day."""

_ANSWER: Final = (
    semantic.HTTP_METHOD,
    semantic.HTTP_ROUTE,
    semantic.HTTP_STATUS,
    semantic.URL_SCHEME,
)


class Recorded(NamedTuple):
    """What the middleware records; the values of attributes are given in the order below.

    Attributes:
        durations: method, route, status, scheme, error type.
        first_bytes: method, route, status, scheme.
        active: method, scheme.
        connections: route, scheme, error type.
        active_connections: scheme.
    """

    durations: Histogram
    first_bytes: Histogram
    active: UpDownCounter
    connections: Histogram
    active_connections: UpDownCounter


def recorded(registry: Registry) -> Recorded:
    """The instruments, in `registry`."""
    return Recorded(
        Histogram(
            semantic.HTTP_DURATION,
            unit="s",
            description="Requests, from their head to the last byte of the answer",
            attributes=(*_ANSWER, semantic.ERROR_TYPE),
            registry=registry,
        ),
        Histogram(
            semantic.HTTP_FIRST_BYTE,
            unit="s",
            description="Requests, from their head to the first byte of the answer's body",
            attributes=_ANSWER,
            registry=registry,
        ),
        UpDownCounter(
            semantic.HTTP_ACTIVE,
            unit="{request}",
            description="Requests that are being answered",
            attributes=(semantic.HTTP_METHOD, semantic.URL_SCHEME),
            registry=registry,
        ),
        Histogram(
            semantic.WEBSOCKET_DURATION,
            unit="s",
            description="Connections of websockets, from their acceptance to their end",
            attributes=(semantic.HTTP_ROUTE, semantic.URL_SCHEME, semantic.ERROR_TYPE),
            bounds=CONNECTION_SECONDS,
            registry=registry,
        ),
        UpDownCounter(
            semantic.WEBSOCKET_ACTIVE,
            unit="{connection}",
            description="Connections of websockets that are open",
            attributes=(semantic.URL_SCHEME,),
            registry=registry,
        ),
    )
