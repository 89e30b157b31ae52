"""Telemetry in an event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Generator
from types import TracebackType
from typing import Final, Self

from modelmetry.client import doors
from modelmetry.client.sending import FLUSH_TIMEOUT
from modelmetry.telemetry.opening import OFF
from modelmetry.telemetry.receipt import TelemetryReceipt
from modelmetry.telemetry.words import Words


class _Done:
    """Something that has happened: to await it takes no time, and not to await it is no mistake."""

    def __await__(self) -> Generator[None, None, None]:
        return
        yield


_DONE: Final = _Done()


class AsyncTelemetry(Words[Awaitable[None]]):
    """`Telemetry` with the same words, for an event loop, which it never blocks.

    Reporting touches memory only, so `emit`, `start`, `complete` and `fail` have done their work
    when they return; they may be awaited, as those of the older telemetry tool must be. `flush` and
    `close` wait and are awaited, `track` is an `async with`.

    The arguments are those of `Telemetry`.
    """

    _answer = _DONE

    async def flush(
        self,
        timeout: float | None = FLUSH_TIMEOUT,  # noqa: ASYNC109 - ends in a receipt
    ) -> TelemetryReceipt:
        """Bring everything to all backends, and say what became of it.

        Raises:
            InvalidTypeError: `timeout` is no number.
        """
        doors.require_seconds(timeout)
        return OFF if self._emitter is None else await self._emitter.aflush(timeout)

    async def close(
        self,
        timeout: float | None = FLUSH_TIMEOUT,  # noqa: ASYNC109 - ends in a receipt
    ) -> TelemetryReceipt:
        """Like `flush`, and stop: what is reported later is counted as `closed`."""
        doors.require_seconds(timeout)
        return OFF if self._emitter is None else await self._emitter.aclose(timeout)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._emitter is not None:
            await self._emitter.aleave()
