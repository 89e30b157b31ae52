"""One websocket: a request that is answered with 101, and the connection that it becomes."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Final

from modelmetry.metrics.http import outcome
from modelmetry.metrics.http.asgi import Message, Receive, Scope, Send
from modelmetry.metrics.http.exchange import Exchange

if TYPE_CHECKING:
    from modelmetry.client.current import Heard
    from modelmetry.metrics.http.measuring import Measuring
    from modelmetry.metrics.series import SumSeries

_SWITCHING: Final = "101"
_REFUSED: Final = "403"  # what servers answer when an application closes before it accepts
_DENIAL: Final = "websocket."


class Handshake(Exchange):
    """Until it is accepted or refused it is a request; from then on a connection.

    The arguments are those of `Exchange`; a connection has no trace of its own.
    """

    __slots__ = ("_accepted", "_open")

    def __init__(
        self,
        measuring: Measuring,
        scope: Scope,
        receive: Receive,
        send: Send,
        heard: Heard | None,
    ) -> None:
        super().__init__(measuring, scope, receive, send, None, heard)
        self._accepted = 0.0
        self._open: SumSeries | None = None

    async def receive(self) -> Message:
        """What the server has for the application."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            self._is_gone = True
            self._close("")
        return message

    async def send(self, message: Message) -> None:
        """What the application has for the server."""
        await super().send(message)
        if self._open is not None and message.get("type") == "websocket.close":
            self._close("")

    def end(self, error: BaseException | None) -> None:
        """The application is through, by an exception if there is one."""
        super().end(error)
        is_failure = error is not None and not outcome.says_client_is_gone(error)
        self._close(outcome.error_class(error) if error is not None and is_failure else "")

    def _note(self, message: Message) -> None:
        kind = message["type"]
        if kind == "websocket.accept":
            self._status, self._accepted = _SWITCHING, perf_counter()
            self._finish(self._accepted)
            self._open = self._measuring.recorded.active_connections.series(self._scheme)
            self._open.put(1)
        elif kind == "websocket.close":
            self._status = _REFUSED
            self._finish(perf_counter())
        elif kind.startswith(_DENIAL):
            super()._note({**message, "type": kind.removeprefix(_DENIAL)})

    def _close(self, error: str) -> None:
        """Count the connection as ended, once."""
        active = self._open
        if active is None:
            return
        self._open = None
        active.put(-1)
        measuring = self._measuring
        route = measuring.route(self._scope, self._begun, _SWITCHING)
        series = measuring.recorded.connections.series(route, self._scheme, error)
        series.put(perf_counter() - self._accepted)
