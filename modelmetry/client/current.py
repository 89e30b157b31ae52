"""Which span is the current one: a chain per context, innermost first.

Nothing here keeps a token of `contextvars`: a generator that is closed in another context than
it was started in could not give it back ("Failed to detach"). A chain is an immutable list of
nodes instead; nodes that have ended are skipped by whoever reads it, and dropped by the next
one who leaves a block.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from modelmetry.client.node import Node
    from modelmetry.client.recorder import Recorder

Chain = tuple["Node[Any]", "Chain | None"]

_chain: ContextVar[Chain | None] = ContextVar("modelmetry_current", default=None)

chain = _chain.get
replace = _chain.set

Params = ParamSpec("Params")
ReturnT = TypeVar("ReturnT")


def enter(node: Node[Any]) -> Chain:
    """Make `node` the current one of this context; the link is needed by `leave`."""
    link = (node, _chain.get())
    _chain.set(link)
    return link


def leave(link: Chain) -> None:
    """Take `link` out of this context's chain, wherever in it, if it is in it at all."""
    above: list[Node[Any]] = []
    below = _chain.get()
    while below is not None and below is not link:
        above.append(below[0])
        below = below[1]
    if below is None:
        return
    kept = below[1]
    for node in reversed(above):
        kept = (node, kept)
    _chain.set(kept)


def leave_ended() -> None:
    """Drop the ended nodes on top of this context's chain."""
    link = before = _chain.get()
    while link is not None and link[0].ended:
        link = link[1]
    if link is not before:
        _chain.set(link)


def innermost(recorder: Recorder) -> Node[Any] | None:
    """The innermost open node that belongs to `recorder`."""
    link = _chain.get()
    while link is not None:
        node = link[0]
        if not node.ended and node.belongs_to(recorder):
            return node
        link = link[1]
    return None


@contextmanager
def attached(node: Node[Any]) -> Generator[None]:
    """Make `node` the current one for a while, without ending it."""
    link = enter(node)
    try:
        yield
    finally:
        leave(link)


def carried(function: Callable[Params, ReturnT]) -> Callable[Params, ReturnT]:
    """`function`, which finds the current span of this moment wherever it is called."""
    carried_chain = chain()

    @functools.wraps(function)
    def call(*args: Params.args, **kwargs: Params.kwargs) -> ReturnT:
        before = chain()
        replace(carried_chain)
        try:
            return function(*args, **kwargs)
        finally:
            replace(before)

    return call
