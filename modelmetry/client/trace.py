"""Traces, the roots of spans."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from modelmetry.client import current
from modelmetry.client.node import Node
from modelmetry.client.recorder import Recorder
from modelmetry.client.spans import Branch
from modelmetry.client.tree import Tree
from modelmetry.signals.writer import SignalWriter

if TYPE_CHECKING:
    from modelmetry.client.client import Client


class Trace(Branch["Client"]):
    """One run of a piece of an application, for example a turn of a conversation."""

    __slots__ = ("_session_xid",)

    def __init__(
        self,
        client: Client,
        recorder: Recorder,
        name: str,
        *,
        session_xid: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        start: datetime | None = None,
    ) -> None:
        now, monotonic = recorder.time_ns(), recorder.monotonic_ns()
        if type(name) is not str:
            name = recorder.text(name, "trace name")
        self._number = number = recorder.draw()
        self._tree = tree = Tree(recorder, now - monotonic, recorder.series, number, now)
        self._parent = client
        self._name = name
        self._metadata = recorder.trace_metadata
        if metadata is not None:
            self._metadata = {**self._metadata, **recorder.copied(metadata)}
        self._failure = self._above = self._open = self._census = None
        self.ended_at: int | None = None
        self._facts = []
        self._taken = 0
        self._changed = True
        self._start = self._latest = (
            monotonic if start is None else recorder.nanoseconds(start, "start") - tree.anchor
        )
        self._session_xid = session_xid
        if not self._ends_with_child:
            recorder.remember_open(self)
        listener = current.heard()
        if listener is not None and not listener:
            listener.append(self)

    @property
    def session_xid(self) -> str | None:
        """XID of its session, if it has one."""
        return self._session_xid

    def _label(self) -> str:
        return f"trace {self._name!r}"

    @property
    def _span_xid(self) -> None:
        return None

    def _tell(self, writer: SignalWriter) -> None:
        tree, ended_at = self._tree, self.ended_at
        severity, message = self._failure or (None, None)
        writer.trace(
            self.xid,
            tree.recorder.name(self._name, "trace name"),
            tree.anchor + self._start,
            None if ended_at is None else tree.anchor + ended_at,
            self._session_xid,
            tree.recorder.plain(self._metadata),
            severity,
            message,
            self._descendants,
        )


class SurroundingTrace(Trace):
    """A trace that begins and ends with the span that needed one."""

    __slots__ = ()

    _ends_with_child: ClassVar[bool] = True

    def _take_child(self, child: Node[Any]) -> None:
        self._tree.recorder.remember_open(self)  # not before: the child may be refused
        super()._take_child(child)
