"""The ASGI middleware that measures requests: one line for Starlette, FastAPI and others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from modelmetry.client import current
from modelmetry.client.doors import require_methods
from modelmetry.metrics.http.asgi import Application, Receive, Scope, Send
from modelmetry.metrics.http.exchange import Exchange
from modelmetry.metrics.http.exclusion import Exclusion
from modelmetry.metrics.http.exemplars import may_trace
from modelmetry.metrics.http.measuring import Measuring
from modelmetry.metrics.http.websockets import Handshake
from modelmetry.metrics.registry import REGISTRY, Registry

if TYPE_CHECKING:
    from modelmetry.client.client import Client
    from modelmetry.metrics.http.tracing import RequestTrace

_MEASURED: Final = "modelmetry.metrics"  # in a scope: by which registry it is measured already


class MetricsMiddleware:
    """Measures each request to an ASGI application, and leaves requests and answers as they are.

    It records `http.server.request.duration`, `http.server.active_requests` and
    `modelmetry.http.server.time_to_first_byte`, and of websockets how long they are open.

    Args:
        app: what is measured.
        registry: where it is shown.
        exclude: paths such as `/healthz`, or templates such as `/internal/{name}`, that are not
            measured at all.
        trace: whether each request is a trace of its own, or a span of its caller's; if a client
            is given it is.
        client: records these traces; one with the settings of the environment by default.

    Raises:
        InvalidTypeError: an argument is not what it has to be.
        InvalidValueError: a path to exclude does not begin with a slash.

    Example:
        `app.add_middleware(MetricsMiddleware, exclude=("/metrics",))`
    """

    def __init__(
        self,
        app: Application,
        *,
        registry: Registry = REGISTRY,
        exclude: Iterable[str] = (),
        trace: bool | None = None,
        client: Client | None = None,
    ) -> None:
        require_methods(client, "client", "trace", "extract")
        self.app = app
        self._measuring = Measuring(app, registry)
        self._exclusion = Exclusion(exclude)
        is_traced = client is not None if trace is None else trace
        self._begin_trace = _tracing(client) if is_traced else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if not self._is_measured(scope):
            await self.app(scope, receive, send)
            return
        before = current.heard()
        exchange = self._begun(scope, receive, send)
        if exchange is None:
            await self.app(scope, receive, send)
            return
        try:
            await self.app(scope, exchange.receive, exchange.send)
        except BaseException as error:
            exchange.end(error)
            raise
        else:
            exchange.end(None)
        finally:
            if current.heard() is not before:
                current.hear(before)

    def _is_measured(self, scope: Scope) -> bool:
        if scope["type"] not in ("http", "websocket"):
            return False
        if scope.get(_MEASURED) is self._measuring.registry:  # added twice, or to a mount as well
            return False
        exclusion = self._exclusion
        return exclusion.is_empty or not exclusion.covers(
            scope.get("path", ""), scope.get("root_path", "")
        )

    def _begun(self, scope: Scope, receive: Receive, send: Send) -> Exchange | None:
        measuring, begin_trace = self._measuring, self._begin_trace
        try:
            scope[_MEASURED] = measuring.registry
            heard: current.Heard | None = None
            if begin_trace is None and may_trace():
                heard = []
                current.hear(heard)
            if scope["type"] == "websocket":
                return Handshake(measuring, scope, receive, send, heard)
            trace = None if begin_trace is None else begin_trace(scope)
            return Exchange(measuring, scope, receive, send, trace, heard)
        except Exception as error:  # noqa: BLE001 - no application shall fail by being measured
            measuring.failed(error)
            return None


def _tracing(client: Client | None) -> Callable[[Scope], RequestTrace]:
    # Who wants no traces shall not pay for what records them.
    from modelmetry.client.client import Client  # noqa: PLC0415
    from modelmetry.metrics.http.tracing import RequestTrace  # noqa: PLC0415

    return partial(RequestTrace, Client() if client is None else client)
