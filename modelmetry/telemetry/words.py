"""The words in which a job reports, the same in plain code and in an event loop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from msgspec import UNSET

from modelmetry.telemetry.jobs import COMPLETED, ERROR_TYPE, Job
from modelmetry.telemetry.opening import TelemetryBase

AnswerT = TypeVar("AnswerT")


class Words(TelemetryBase, Generic[AnswerT]):
    """Reporting touches memory only, so what it answers is there at once: `_answer`."""

    _answer: AnswerT

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
    ) -> AnswerT:
        """Report something; never raises, never waits.

        Args:
            status: such as `started`, `completed`, `failed` or `cancelled`.
            metrics: values by name. NaN and infinities are left out and counted.
            message: for people.
            stdout: whether the record is written to standard output, too, as a line of JSON.
            metric: the name of one metric.
            value: of `metric`.
            event: the name of something that happened.
            more: more metrics by name.
        """
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
        return self._answer

    def start(
        self, message: str | None = None, metrics: Mapping[str, Any] | None = None, **more: Any
    ) -> AnswerT:
        """Report that a job has started."""
        return self._reported("started", metrics, message, more)

    def complete(
        self,
        metrics: Mapping[str, Any] | None = None,
        message: str | None = COMPLETED,
        **more: Any,
    ) -> AnswerT:
        """Report that a job has ended well."""
        return self._reported("completed", metrics, message, more)

    def fail(
        self,
        error: BaseException | str,
        metrics: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> AnswerT:
        """Report that a job has failed; of an exception its type is told, too."""
        if isinstance(error, BaseException):
            more = {ERROR_TYPE: type(error).__qualname__, **more}
        return self._reported("failed", metrics, error, more)

    def _reported(
        self, status: str, metrics: object, message: object, more: Mapping[str, Any]
    ) -> AnswerT:
        if self._emitter is not None:
            self._emitter.take(status, metrics, message, more=more)
        return self._answer

    def track(self, message: str | None = None, metrics: Mapping[str, Any] | None = None) -> Job:
        """A block or a decorator, also an async one, that reports its start, end and duration."""
        return Job(self._emitter, message, metrics)
