"""A piece of work with a beginning, an end and a duration."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final, Self, TypeVar, cast

from modelmetry.client.failure import is_leaving
from modelmetry.errors import InvalidTypeError
from modelmetry.signals.values import brief_repr
from modelmetry.telemetry.emitter import Emitter
from modelmetry.telemetry.metrics import copied_metrics, exception_text

COMPLETED: Final = "Command completed successfully"
DURATION: Final = "duration_sec"
ERROR_TYPE: Final = "error.type"

_BILLION: Final = 1e9
# What shells see of a program that was ended by SIGINT or SIGTERM.
_ENDED_BY_SIGNAL: Final = frozenset({130, 143})

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


class Job:
    """A block, plain or async, that reports `started`, and how it ended with `duration_sec`.

    It ends as `completed`, as `failed` with the type and text of an exception, or as `cancelled`
    when a task is cancelled, Ctrl-C is pressed or the program is told to end. Exceptions go on
    unchanged. As a decorator each call of a function is such a block.

    Args:
        emitter: reports; `None` where telemetry is switched off.
        message: of the beginning, and of an end as `completed`.
        metrics: of the beginning, and of the end.
    """

    def __init__(self, emitter: Emitter | None, message: object, metrics: object) -> None:
        self._emitter = emitter
        self._message = message
        self._given = metrics
        self._metrics: dict[str, Any] = {}
        self._began = 0

    def metric(self, name: str, value: object) -> Self:
        """Set a metric of the end; the last value of a name holds."""
        self._metrics[name] = value
        return self

    def update(self, metrics: Mapping[str, Any] | None = None, **more: Any) -> Self:
        """Set several metrics of the end, as a mapping or by name."""
        copied = {} if metrics is None else copied_metrics(metrics)
        if copied is not None:
            self._metrics |= copied | more
        elif self._emitter is not None:
            self._emitter.take(None, metrics, None)  # refused there
        return self

    def __enter__(self) -> Self:
        emitter = self._emitter
        if emitter is not None:
            self._metrics = copied_metrics(self._given) or {}
            emitter.take("started", self._given, self._message)
            self._began = emitter.monotonic_ns()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        emitter = self._emitter
        if emitter is None:
            return
        metrics = self._metrics.copy()
        metrics[DURATION] = (emitter.monotonic_ns() - self._began) / _BILLION
        status = status_of(error)
        if status == "failed" and error is not None:
            metrics[ERROR_TYPE] = type(error).__qualname__
        emitter.take(status, metrics, self._end_message(status, error))

    def _end_message(self, status: str, error: BaseException | None) -> object:
        """What the job is called says more than that it has ended, which the status says."""
        has_own = status == "completed" and self._message is not None
        return self._message if has_own else message_of(status, error)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.__exit__(kind, error, traceback)

    def __call__(self, function: FunctionT) -> FunctionT:
        """Make each call of `function`, plain or async, a job of its own.

        Raises:
            InvalidTypeError: it is no function, or a generator, whose calls end when nobody knows.
        """
        if not callable(function):
            raise InvalidTypeError(f"track() decorates functions, not {brief_repr(function)}")
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise InvalidTypeError(
                f"track() cannot decorate the generator {function.__name__}; write "
                "`with telemetry.track():` around what uses it"
            )
        emitter, message, metrics = self._emitter, self._message, self._given

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def call_async(*args: Any, **kwargs: Any) -> Any:
                with Job(emitter, message, metrics):
                    return await function(*args, **kwargs)

            return cast("FunctionT", call_async)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            with Job(emitter, message, metrics):
                return function(*args, **kwargs)

        return cast("FunctionT", call)


def status_of(error: BaseException | None) -> str:
    """How a block ended that `error` leaves."""
    if error is None:
        return "completed"
    if isinstance(error, SystemExit):
        if error.code is None or error.code == 0:
            return "completed"
        return "cancelled" if error.code in _ENDED_BY_SIGNAL else "failed"
    return "cancelled" if _is_cancelled(error) else "failed"


def _is_cancelled(error: BaseException) -> bool:
    """Of a group of exceptions all have to be: a task that failed cancels its siblings."""
    if isinstance(error, BaseExceptionGroup):
        group = cast("BaseExceptionGroup[BaseException]", error)
        return all(_is_cancelled(one) for one in group.exceptions)
    return isinstance(error, KeyboardInterrupt) or is_leaving(error)


def message_of(status: str, error: BaseException | None) -> str:
    """What is said of the end."""
    return COMPLETED if error is None or status == "completed" else exception_text(error)
