"""A trace of a request, or a span of the caller's trace, recorded by the SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelmetry.client import propagation
from modelmetry.client.facts import ERROR, WARNING
from modelmetry.metrics import semantic
from modelmetry.metrics.http import outcome
from modelmetry.metrics.http.asgi import Scope
from modelmetry.metrics.http.exemplars import trace_headers

if TYPE_CHECKING:
    from modelmetry.client.client import Client
    from modelmetry.client.spans import Branch

URL_PATH = "url.path"


class RequestTrace:
    """Open from the beginning of a request until its application is through.

    What background tasks record belongs to it, too.

    Args:
        client: records it.
        scope: of the request, whose caller may have named a trace, that then goes on.

    Attributes:
        xid: of the trace; `None` if nobody could look at it, since it is not kept.
    """

    def __init__(self, client: Client, scope: Scope) -> None:
        name = outcome.METHODS.get(scope.get("method", ""), "HTTP")
        self._path = scope["path"]
        self._error = ""
        self._remote = client.extract(trace_headers(scope))
        self._remote.__enter__()
        is_new = self._remote.trace_xid is None
        self._node: Branch[Any] = client.trace(name) if is_new else client.span(name)
        self._node.__enter__()
        self.xid: str | None = self._node.trace_xid if _is_kept(client) else None

    def answered(self, method: str, route: str, status: str, error: str) -> None:
        """Record how, and by which route, whose name is now known."""
        node = self._node
        known = "HTTP" if method == outcome.OTHER else method
        node.rename(known if route == outcome.UNMATCHED else f"{known} {route}")
        told: dict[str, Any] = {
            semantic.HTTP_METHOD: method,
            semantic.HTTP_ROUTE: route,
            URL_PATH: self._path,
        }
        if status:
            told[semantic.HTTP_STATUS] = int(status) if status.isdigit() else status
        if error:
            told[semantic.ERROR_TYPE] = self._error = error
        node.metadata(told)

    def end(self, error: BaseException | None) -> None:
        """End it, as failed if the request is."""
        if error is None and self._error:
            is_ours = self._error != outcome.CLIENT_DISCONNECTED
            self._node.fail(f"HTTP: {self._error}", severity=ERROR if is_ours else WARNING)
        kind, traceback = (None, None) if error is None else (type(error), error.__traceback__)
        self._node.__exit__(kind, error, traceback)
        self._remote.__exit__(None, None, None)


def _is_kept(client: Client) -> bool:
    told = propagation.read(dict(client.inject()))
    return told is not None and told.is_sampled
