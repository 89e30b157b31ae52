"""Spans of other processes, below which this one goes on."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from modelmetry.client.node import Node
from modelmetry.client.propagation import NOT_SAMPLED, SAMPLED, Origin, is_uuid
from modelmetry.client.recorder import Recorder
from modelmetry.client.spans import Branch
from modelmetry.client.tree import Tree
from modelmetry.signals.records import UNSAID
from modelmetry.signals.writer import SignalWriter

if TYPE_CHECKING:
    from modelmetry.client.client import Client


class RemoteSpan(Branch["Client"]):
    """A span, or a trace, that another process records; here it only has children."""

    __slots__ = ("origin",)

    _is_elsewhere: ClassVar[bool] = True

    def __init__(self, client: Client, recorder: Recorder, origin: Origin) -> None:
        now, monotonic = recorder.time_ns(), recorder.monotonic_ns()
        series, xid = recorder.series, origin.trace_xid
        prefix = series.prefix_beside(xid) if is_uuid(xid) else series.prefix(now)
        self.origin: Origin = origin
        self._number = xid
        self._tree = Tree(
            recorder, now - monotonic, series, xid, now, prefix, xid, origin.is_sampled
        )
        self._parent = client
        self._name = origin.span_xid or xid
        self._metadata = UNSAID
        self._failure = self._above = self._open = self._census = None
        self.ended_at: int | None = None
        self._facts = []
        self._taken = 0
        self._changed = False
        self._start = self._latest = monotonic

    def open(self) -> None:
        """Make it the current span; its open children are within reach of a flush."""
        self._tree.recorder.remember_open(self)
        self.__enter__()

    def conclude(self, error: BaseException | None) -> None:
        """End; an error is told by whoever raised or caught it in a span of this process."""
        del error
        self.end()

    @property
    def _span_xid(self) -> str | None:
        return self.origin.span_xid

    def _label(self) -> str:
        return f"remote span {self._name!r}"

    def _tell(self, writer: SignalWriter) -> None:
        """Tell nothing but facts: the rest is said by the process that recorded it."""


def origin_of(node: Node[Any], recorder: Recorder) -> Origin:
    """`node`, which `recorder` made, as another process knows it."""
    if isinstance(node, RemoteSpan):  # nothing was begun here: whoever is called is called by it
        return node.origin
    root = node.root()
    xid = node.xid
    trace_xid = node.trace_xid
    flags, state = (
        (root.origin.flags, root.origin.state)
        if isinstance(root, RemoteSpan)
        else (SAMPLED if recorder.keeps(trace_xid) else NOT_SAMPLED, "")
    )
    return Origin(
        trace_xid=trace_xid, span_xid=None if xid == trace_xid else xid, flags=flags, state=state
    )


class Remote:
    """A block in which the span that called this process is the current one, if there is any.

    As with other blocks, what was begun in it and is still open ends with it.

    Attributes:
        trace_xid: XID of the trace that goes on here; `None` when nobody said so.
        span_xid: XID of the span that called; `None` when nobody did, or the trace itself.
    """

    def __init__(self, client: Client, recorder: Recorder, origin: Origin | None) -> None:
        self._node = None if origin is None else RemoteSpan(client, recorder, origin)
        self.trace_xid: str | None = None if origin is None else origin.trace_xid
        self.span_xid: str | None = None if origin is None else origin.span_xid

    def __enter__(self) -> Self:
        if self._node is not None:
            self._node.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._node is not None:
            self._node.__exit__(kind, error, traceback)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.__exit__(kind, error, traceback)
