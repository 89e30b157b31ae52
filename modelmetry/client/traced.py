"""Functions that record themselves: plain, async, generators, async generators."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar, cast

from modelmetry.client import current
from modelmetry.client.failure import is_leaving
from modelmetry.client.node import Node
from modelmetry.errors import InvalidTypeError
from modelmetry.signals.values import brief_repr

Params = ParamSpec("Params")
ReturnT = TypeVar("ReturnT")
YieldT = TypeVar("YieldT")
SendT = TypeVar("SendT")
FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

Open = Callable[[], Node[Any]]
"""Begins what a call is recorded as."""


def traced(function: FunctionT, open_node: Open) -> FunctionT:
    """`function` with the same signature, each call of which is recorded."""
    wrapped: Callable[..., Any]
    if inspect.isasyncgenfunction(function):
        wrapped = _async_generator(function, open_node)
    elif inspect.isgeneratorfunction(function):
        wrapped = _generator(function, open_node)
    elif inspect.iscoroutinefunction(function):
        wrapped = _coroutine(function, open_node)
    else:
        wrapped = _plain(function, open_node)
    return cast("FunctionT", wrapped)


def function_name(function: object) -> str:
    """The name under which calls of `function` are recorded.

    Raises:
        InvalidTypeError: it is not a function.
    """
    if isinstance(function, (classmethod, staticmethod, property)):
        kind = type(cast("object", function)).__name__
        raise InvalidTypeError(
            f"traced() takes a function, not a {kind}; write @{kind} above it, not below"
        )
    if callable(function):
        return str(getattr(function, "__qualname__", type(function).__name__))
    kind = type(function).__name__
    raise InvalidTypeError(
        f"traced() takes a name or a function, not {kind}: {brief_repr(function)}"
    )


def _plain(function: Callable[Params, ReturnT], open_node: Open) -> Callable[Params, ReturnT]:
    @functools.wraps(function)
    def call(*args: Params.args, **kwargs: Params.kwargs) -> ReturnT:
        with open_node():
            return function(*args, **kwargs)

    return call


def _coroutine(
    function: Callable[Params, Coroutine[Any, Any, ReturnT]], open_node: Open
) -> Callable[Params, Coroutine[Any, Any, ReturnT]]:
    @functools.wraps(function)
    async def call(*args: Params.args, **kwargs: Params.kwargs) -> ReturnT:
        with open_node():
            return await function(*args, **kwargs)

    return call


# A generator's span, and the blocks that are open in it, are current while the generator runs, and
# not while it waits to be asked for the next item: that time belongs to whoever asks.


def _generator(
    function: Callable[Params, Generator[YieldT, SendT, ReturnT]], open_node: Open
) -> Callable[Params, Generator[YieldT, SendT, ReturnT]]:
    @functools.wraps(function)
    def call(*args: Params.args, **kwargs: Params.kwargs) -> Generator[YieldT, SendT, ReturnT]:
        with _ended_after(open_node()) as node:
            inner = function(*args, **kwargs)
            step: Callable[[], YieldT] = functools.partial(next, inner)
            inside: current.Chain | None = None
            while True:
                outside = current.chain()
                current.replace(inside or (node, outside))
                try:
                    item = step()
                except StopIteration as stop:
                    return cast("ReturnT", stop.value)
                finally:
                    inside = current.chain()
                    current.replace(outside)
                try:
                    sent = yield item
                except GeneratorExit:
                    with node.as_current():
                        inner.close()
                    raise
                except BaseException as error:  # noqa: BLE001 - it is the inner one's to handle
                    step = functools.partial(inner.throw, error)
                else:
                    step = functools.partial(inner.send, sent)

    return call


def _async_generator(
    function: Callable[Params, AsyncGenerator[YieldT, SendT]], open_node: Open
) -> Callable[Params, AsyncGenerator[YieldT, SendT]]:
    @functools.wraps(function)
    async def call(*args: Params.args, **kwargs: Params.kwargs) -> AsyncGenerator[YieldT, SendT]:
        with _ended_after(open_node()) as node:
            inner = function(*args, **kwargs)
            step: Callable[[], Awaitable[YieldT]] = inner.__anext__
            inside: current.Chain | None = None
            while True:
                outside = current.chain()
                current.replace(inside or (node, outside))
                try:
                    item = await step()
                except StopAsyncIteration:
                    return
                finally:
                    inside = current.chain()
                    current.replace(outside)
                try:
                    sent = yield item
                except BaseException as error:
                    if is_leaving(error):
                        with node.as_current():
                            await inner.aclose()
                        node.end()
                        raise
                    step = functools.partial(inner.athrow, error)
                else:
                    step = functools.partial(inner.asend, sent)

    return call


@contextmanager
def _ended_after(node: Node[Any]) -> Generator[Node[Any]]:
    try:
        yield node
    except BaseException as error:
        if not node.ended:
            node.conclude(error)
        raise
    node.end()
