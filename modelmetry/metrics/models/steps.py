"""Generators, driven step by step, so that the time of who reads them is not theirs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from functools import partial
from time import perf_counter
from types import TracebackType
from typing import Any

Begin = Callable[[tuple[Any, ...], dict[str, Any]], "Steps"]
"""Makes what is told of a call, of its arguments."""


class Steps(ABC):
    """What is told of a generator; as a block it measures one step.

    Attributes:
        seconds: that it worked so far.
    """

    def __init__(self) -> None:
        self.seconds: float = 0.0
        self._began = 0.0

    @abstractmethod
    def gave(self, item: Any) -> None:
        """It gave an item."""

    @abstractmethod
    def ended(self, error: BaseException | None) -> None:
        """It came to its end, failed, or was left early."""

    def __enter__(self) -> None:
        self._began = perf_counter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.seconds += perf_counter() - self._began


def driven(function: Callable[..., Generator[Any, Any, Any]], begin: Begin) -> Callable[..., Any]:
    """A generator function that gives what `function` does, and passes all on to it (PEP 380)."""

    def call(*arguments: Any, **named: Any) -> Generator[Any, Any, Any]:
        steps = begin(arguments, named)
        generator = function(*arguments, **named)
        step: Callable[[], Any] = partial(next, generator)
        try:
            while True:
                try:
                    with steps:
                        item = step()
                except StopIteration as end:
                    steps.ended(None)
                    return end.value
                steps.gave(item)
                try:
                    step = partial(generator.send, (yield item))
                except GeneratorExit:
                    with steps:
                        generator.close()
                    raise
                except BaseException as thrown:  # noqa: BLE001 - it is the generator's to handle
                    step = partial(generator.throw, thrown)
        except BaseException as error:
            steps.ended(error)
            raise

    return call


def driven_async(
    function: Callable[..., AsyncGenerator[Any, Any]], begin: Begin
) -> Callable[..., Any]:
    """An async generator function that gives what `function` does, and passes all on to it."""

    async def call(*arguments: Any, **named: Any) -> AsyncGenerator[Any, Any]:
        steps = begin(arguments, named)
        generator = function(*arguments, **named)
        step: Callable[[], Awaitable[Any]] = partial(anext, generator)
        try:
            while True:
                try:
                    with steps:
                        item = await step()
                except StopAsyncIteration:
                    steps.ended(None)
                    return
                steps.gave(item)
                try:
                    step = partial(generator.asend, (yield item))
                except GeneratorExit:
                    with steps:
                        await generator.aclose()
                    raise
                except BaseException as thrown:  # noqa: BLE001 - it is the generator's to handle
                    step = partial(generator.athrow, thrown)
        except BaseException as error:
            steps.ended(error)
            raise

    return call
