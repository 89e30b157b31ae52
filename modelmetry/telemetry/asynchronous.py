"""Telemetry in an event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Generator, Mapping
from types import TracebackType
from typing import Any, Final, Self

from msgspec import UNSET

from modelmetry.client import doors
from modelmetry.client.sending import FLUSH_TIMEOUT
from modelmetry.telemetry.jobs import COMPLETED, ERROR_TYPE, Job
from modelmetry.telemetry.opening import OFF, TelemetryBase
from modelmetry.telemetry.receipt import TelemetryReceipt


class _Done:
    """Something that has happened: to await it takes no time, and not to await it is no mistake."""

    def __await__(self) -> Generator[None, None, None]:
        return
        yield


_DONE: Final = _Done()


class AsyncTelemetry(TelemetryBase):
    """`Telemetry` with the same words, for an event loop, which it never blocks.

    Reporting touches memory only, so `emit`, `start`, `complete` and `fail` have done their work
    when they return; they may be awaited, as those of the older telemetry tool must be. `flush` and
    `close` wait and are awaited, `track` is an `async with`.

    The arguments are those of `Telemetry`.
    """

    def emit(
        self,
        status: str | None = None,
        metrics: Mapping[str, Any] | None = None,
        message: str | None = None,
        stdout: bool = False,
        *,
        metric: str = UNSET,  # type: ignore[assignment]
        value: Any = UNSET,
        event: str | None = None,
        **more: Any,
    ) -> Awaitable[None]:
        """Report something, like `Telemetry.emit`."""
        if self._emitter is not None:
            self._emitter.take(
                status,
                metrics,
                message,
                metric=metric,
                value=value,
                event=event,
                more=more,
                printed=stdout,
            )
        return _DONE

    def start(
        self, message: str | None = None, metrics: Mapping[str, Any] | None = None, **more: Any
    ) -> Awaitable[None]:
        """Report that a job has started."""
        return self._reported("started", metrics, message, more)

    def complete(
        self,
        metrics: Mapping[str, Any] | None = None,
        message: str | None = COMPLETED,
        **more: Any,
    ) -> Awaitable[None]:
        """Report that a job has ended well."""
        return self._reported("completed", metrics, message, more)

    def fail(
        self,
        error: BaseException | str,
        metrics: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Awaitable[None]:
        """Report that a job has failed; of an exception its type is told, too."""
        if isinstance(error, BaseException):
            more = {ERROR_TYPE: type(error).__qualname__, **more}
        return self._reported("failed", metrics, error, more)

    def _reported(
        self, status: str, metrics: object, message: object, more: Mapping[str, Any]
    ) -> Awaitable[None]:
        if self._emitter is not None:
            self._emitter.take(status, metrics, message, more=more)
        return _DONE

    def track(self, message: str | None = None, metrics: Mapping[str, Any] | None = None) -> Job:
        """An `async with`, or a decorator, that reports its start, its end and how long it took."""
        return Job(self._emitter, message, metrics)

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
