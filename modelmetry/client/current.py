"""Which span is the current one: a chain per context, innermost first.

Nothing here keeps a token of `contextvars`: a generator that is closed in another context than
it was started in could not give it back ("Failed to detach"). A chain is an immutable list of
entries instead; those that have ended are skipped by whoever reads it, and dropped by the next
one who leaves a block.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from modelmetry.client.node import Node
    from modelmetry.client.recorder import Recorder
    from modelmetry.client.trace import Trace


class Visit:
    """A node that is the current one for a while, and does not end with it."""

    __slots__ = ("ended_at", "node")

    def __init__(self, node: Node[Any]) -> None:
        self.node: Node[Any] = node
        self.ended_at: int | None = None


Chain = tuple["Node[Any] | Visit", "Chain | None"]

_chain: ContextVar[Chain | None] = ContextVar("modelmetry_current", default=None)

chain: Callable[[], Chain | None] = _chain.get

Heard = list["Trace"]
"""Gets the first trace that begins where it is listened for, also when that has ended by then."""

_heard: ContextVar[Heard | None] = ContextVar("modelmetry_heard", default=None)

heard: Callable[[], Heard | None] = _heard.get

if sys.version_info >= (3, 12):
    replace = _chain.set
    hear = _heard.set
else:

    def hear(listener: Heard | None) -> None:
        """Let `listener` have the first trace that begins in this context; see `replace`."""
        held = copy_context()
        _heard.set(listener)
        del held

    def replace(value: Chain | None) -> None:
        """Set the chain of this context.

        Up to CPython 3.11 garbage may be collected in the middle of `ContextVar.set`. A finaliser
        that sets a variable there, as a block does that is left, frees what is being read, and
        the process crashes. Whoever holds the context keeps it.
        """
        held = copy_context()
        _chain.set(value)
        del held


Params = ParamSpec("Params")
ReturnT = TypeVar("ReturnT")


def enter(node: Node[Any]) -> Visit:
    """Make `node` the current one of this context, until the visit is given to `end_visit`."""
    visit = Visit(node)
    replace((visit, _chain.get()))
    return visit


def end_visit(visit: Visit) -> None:
    """End `visit`, in this context or another, in whatever order."""
    visit.ended_at = visit.node.now()
    leave(visit)


def leave(ended: Node[Any] | Visit) -> None:
    """Drop what has ended from the top of this context's chain."""
    link = _chain.get()
    if link is not None and link[0] is ended:
        replace(link[1])
    else:
        _leave_all_ended()


def _leave_all_ended() -> None:
    link = before = _chain.get()
    while link is not None and link[0].ended_at is not None:
        link = link[1]
    if link is not before:
        replace(link)


def innermost(recorder: Recorder | None) -> Node[Any] | None:
    """The innermost open node that belongs to `recorder`, or to any."""
    link = _chain.get()
    while link is not None:
        entry, link = link
        node = entry.node if isinstance(entry, Visit) else entry
        is_open = entry.ended_at is None and node.ended_at is None
        if is_open and (recorder is None or node.belongs_to(recorder)):
            return node
    return None


@contextmanager
def attached(node: Node[Any]) -> Generator[None]:
    """Make `node` the current one for a while, without ending it."""
    visit = enter(node)
    try:
        yield
    finally:
        end_visit(visit)


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
