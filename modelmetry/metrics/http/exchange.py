"""One request and its answer, watched from outside."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Final

from modelmetry.client.failure import is_cancellation
from modelmetry.metrics.http import outcome
from modelmetry.metrics.http.asgi import Message, Receive, Scope, Send
from modelmetry.metrics.http.routes import Begun
from modelmetry.metrics.series import Measured

if TYPE_CHECKING:
    from modelmetry.client.current import Heard
    from modelmetry.metrics.http.measuring import Measuring
    from modelmetry.metrics.http.tracing import RequestTrace

_OF_FILES: Final = frozenset({"http.response.zerocopysend", "http.response.pathsend"})


class Exchange:
    """Passes messages on as they are, and measures.

    It is done with the last byte of the answer; what an application does afterwards, such as
    background tasks, belongs to no answer.

    Args:
        measuring: what is common to all requests.
        scope: of the request.
        receive: from the server.
        send: to the server.
        trace: that is recorded of this request, if one is.
        heard: gets the first trace that the application begins.
    """

    __slots__ = (
        "_active",
        "_begun",
        "_first",
        "_has_trailers",
        "_heard",
        "_is_done",
        "_is_gone",
        "_measuring",
        "_method",
        "_receive",
        "_scheme",
        "_scope",
        "_send",
        "_started",
        "_status",
        "_trace",
    )

    def __init__(
        self,
        measuring: Measuring,
        scope: Scope,
        receive: Receive,
        send: Send,
        trace: RequestTrace | None,
        heard: Heard | None,
    ) -> None:
        self._started = perf_counter()
        self._measuring, self._scope = measuring, scope
        self._begun = Begun(scope["path"], scope.get("root_path", ""), scope.get("app"))
        self._receive, self._send = receive, send
        self._trace, self._heard = trace, heard
        self._status: str | None = None
        self._first: float | None = None
        self._has_trailers = self._is_gone = self._is_done = False
        # Of a websocket it is always GET, which its scope does not say (RFC 6455).
        self._method = outcome.METHODS.get(scope.get("method", "GET"), outcome.OTHER)
        self._scheme = outcome.SCHEMES.get(scope.get("scheme", "http"), outcome.OTHER)
        self._active = measuring.recorded.active.series(self._method, self._scheme)
        self._active.put(1)

    async def receive(self) -> Message:
        """What the server has for the application."""
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._is_gone = True
        return message

    async def send(self, message: Message) -> None:
        """What the application has for the server."""
        try:
            await self._send(message)
        except OSError:  # how servers say that nobody listens (ASGI 2.4)
            self._is_gone = True
            raise
        if not self._is_done:
            try:
                self._note(message)
            except Exception as error:  # noqa: BLE001 - no application shall fail by being measured
                self._measuring.failed(error)

    def _note(self, message: Message) -> None:
        kind = message["type"]
        if kind == "http.response.body":
            self._part(message, has_bytes=bool(message.get("body")))
        elif kind == "http.response.start":
            self._status = outcome.status_text(message["status"])
            self._has_trailers = message.get("trailers", False)
        elif kind in _OF_FILES:
            self._part(message, has_bytes=True)
        elif kind == "http.response.trailers" and not message.get("more_trailers", False):
            self._finish(perf_counter())

    def _part(self, message: Message, *, has_bytes: bool) -> None:
        """A part of the body was handed over; an answer without one ends with an empty part."""
        is_last = not message.get("more_body", False)
        if not is_last and (self._first is not None or not has_bytes):
            return
        now = perf_counter()
        if self._first is None:
            self._first = now
        if is_last and not self._has_trailers:
            self._finish(now)

    def end(self, error: BaseException | None) -> None:
        """The application is through, by an exception if there is one."""
        try:
            if not self._is_done:
                self._returned() if error is None else self._left(error)
            if self._trace is not None:
                self._trace.end(error)
        except Exception as ours:  # noqa: BLE001 - as above
            self._measuring.failed(ours)

    def _returned(self) -> None:
        """The application is through; without a whole answer nobody gets one."""
        if self._is_gone:
            self._finish(perf_counter(), outcome.CLIENT_DISCONNECTED)
        elif self._status is None:
            self._status = outcome.CRASHED  # as servers then answer
            self._finish(perf_counter(), outcome.NO_RESPONSE)
        else:
            self._finish(perf_counter(), outcome.INCOMPLETE_RESPONSE)

    def _left(self, error: BaseException) -> None:
        """An exception leaves the application."""
        is_cancelled = is_cancellation(error)
        if outcome.says_client_is_gone(error) or (
            self._is_gone and (is_cancelled or isinstance(error, OSError))
        ):
            told = outcome.CLIENT_DISCONNECTED
        else:
            told = outcome.error_class(error)
            if self._status is None and isinstance(error, Exception) and not is_cancelled:
                self._status = outcome.CRASHED
        self._finish(perf_counter(), told)

    def _finish(self, ended: float, error: str = "") -> None:
        self._is_done = True
        self._active.put(-1)
        measuring, status, method = self._measuring, self._status or "", self._method
        scheme, scope, trace = self._scheme, self._scope, self._trace
        route = measuring.route(scope, self._begun, status)
        if not error and outcome.is_server_error(status):
            error = status
        xid = measuring.example(self._heard, scope) if trace is None else trace.xid
        recorded, started, first = measuring.recorded, self._started, self._first
        series = recorded.durations.series(method, route, status, scheme, error)
        series.put(_measured(ended - started, xid))
        if first is not None:
            series = recorded.first_bytes.series(method, route, status, scheme)
            series.put(_measured(first - started, xid))
        if trace is not None:
            trace.answered(method, route, status, error)


def _measured(seconds: float, trace: str | None) -> Measured:
    return seconds if trace is None else (seconds, trace)
