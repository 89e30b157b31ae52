"""Which trace a request belongs to: what a measurement of it shows as an example."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from modelmetry.client import propagation
from modelmetry.metrics.http.asgi import Scope
from modelmetry.metrics.registry import Registry

if TYPE_CHECKING:
    from modelmetry.client.current import Heard

_TRACES = "modelmetry.client.trace"
_TRACEPARENT, _TRACESTATE = b"traceparent", b"tracestate"


def may_trace() -> bool:
    """Whether anybody in this process can begin a trace with the SDK."""
    return _TRACES in sys.modules


def trace_of(heard: Heard | None, registry: Registry, scope: Scope) -> str | None:
    """XID of the trace of a request; `None` when there is none.

    Args:
        heard: the first trace that was begun while it was answered.
        registry: knows which trace is open.
        scope: of the request, whose caller may have named one.
    """
    if heard and heard[0].is_kept:
        return heard[0].trace_xid
    current = registry.current_trace
    found = None if current is None else current()
    return found or _caller(scope)


def _caller(scope: Scope) -> str | None:
    headers: Iterable[tuple[bytes, bytes]] = scope.get("headers", ())
    for name, _ in headers:
        if name == _TRACEPARENT:
            origin = propagation.read(trace_headers(scope))
            return None if origin is None else origin.trace_xid
    return None


def trace_headers(scope: Scope) -> dict[str, str]:
    """The headers by which the caller names its trace, if there are any."""
    found: dict[str, list[str]] = {}
    headers: Iterable[tuple[Any, Any]] = scope.get("headers", ())
    for name, value in headers:
        if name in (_TRACEPARENT, _TRACESTATE):
            found.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
    if len(found.get("traceparent", ())) > 1:  # W3C: more than one is none
        return {}
    return {name: ",".join(values) for name, values in found.items()}
