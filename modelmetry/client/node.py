"""What traces and spans have in common beside facts: ends and blocks."""

# ruff: noqa: SLF001 - nodes of one tree look into each other

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from types import TracebackType
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

from modelmetry.client import current
from modelmetry.client.census import Census
from modelmetry.client.facts import ERROR, WARNING, Facts
from modelmetry.client.failure import is_cancellation
from modelmetry.client.recorder import Recorder

Parent_co = TypeVar("Parent_co", covariant=True)


class Node(Facts, Generic[Parent_co]):
    """A trace or a span.

    One rule for all words: a noun (`span`, `completion`) goes *down* and returns the child, a
    fact (`finding`, `event`, `metadata`) *stays* and returns the receiver, `end` goes *up* and
    returns the parent. As a block (`with` or `async with`) it is the current span inside, ends
    at the end of the block, and records an exception that leaves it.

    Only a mistake in an argument raises. What is said after the end still arrives.
    """

    __slots__ = ("_above", "_latest", "_open", "_parent", "_start")

    # A trace that exists only because a span needed one ends with that span.
    _ends_with_child: ClassVar[bool] = False

    # A node that another process records is not counted here.
    _is_elsewhere: ClassVar[bool] = False

    # Where it counts: assigned in the background, when it is met for the first time.
    _census: Census | None
    _parent: Parent_co
    # The parent, when it is a node.
    _above: Node[Any] | None
    # By the monotonic clock of the tree, in nanoseconds, like all times here.
    _start: int
    # The latest end of a child, and never before the start.
    _latest: int
    # What is open right under it: nothing, one node, or several.
    _open: Node[Any] | dict[Node[Any], None] | None
    ended_at: int | None

    # -- ends: they go up ----------------------------------------------------------------

    def end(self, at: datetime | None = None) -> Parent_co:
        """End this and everything open in it, and go up to the parent.

        A parent ends no earlier than its children, and nothing ends before it starts. Ending
        again ends what was begun in it since, and changes nothing else.

        Args:
            at: when; now by default. Without a time zone it is taken as UTC.

        Raises:
            InvalidTypeError: `at` is not a datetime.
        """
        recorder = self._tree.recorder
        now = recorder.monotonic_ns()
        if at is None and self._open is None and self.ended_at is None and now >= self._latest:
            self.ended_at = now
            self._changed = True
            # `Inbox.put`, written out; first, so that children lie there before their parent.
            inbox = recorder.inbox
            inbox.items.append(self)
            if len(inbox.items) >= inbox.notice_at:
                inbox.notice()
            above = self._above
            if above is not None and above._open is self:
                above._open = None
                above._latest = max(above._latest, now)
            else:
                self._tell_above(now)
        elif self.ended_at is None or self._open:
            self._end_with_children(now if at is None else self._tree.moment(at))
        else:
            self._tell_above(self.ended_at)  # who ended it was interrupted before this
        return self._parent

    def conclude(self, error: BaseException | None) -> None:
        """End, and fail first if it was left by `error`.

        A cancelled task is recorded as a warning: somebody wanted it to stop. A generator that
        is left early is closed with GeneratorExit, which is no failure at all.
        """
        if error is not None and not isinstance(error, GeneratorExit):
            self.fail(error, severity=WARNING if is_cancellation(error) else ERROR)
        self.end()

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self.ended_at is not None

    # -- blocks --------------------------------------------------------------------------

    def __enter__(self) -> Self:
        current.replace((self, current.chain()))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self.end()
            else:
                self.conclude(error)
        finally:
            current.leave(self)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.__exit__(kind, error, traceback)

    def as_current(self) -> AbstractContextManager[None]:
        """A block in which this is the current span, and which does not end it.

        For work that is handed to another thread: `with span.as_current(): ...` there.
        """
        return current.attached(self)

    # -- reading -------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def trace_xid(self) -> str:
        """XID of the trace to which it belongs."""
        return self._tree.trace_xid

    @property
    def is_kept(self) -> bool:
        """Whether its trace is recorded and kept, as far as that is known before its end."""
        recorder, sampled = self._tree.recorder, self.sampled
        if recorder.off:
            return False
        return recorder.keeps(self.trace_xid) if sampled is None else sampled

    @property
    def start_ns(self) -> int:
        """When it began, in nanoseconds since the epoch, UTC."""
        return self._tree.anchor + self._start

    @property
    def end_ns(self) -> int | None:
        """When it ended, in nanoseconds since the epoch, UTC; `None` while it is open."""
        return None if self.ended_at is None else self._tree.anchor + self.ended_at

    def now(self) -> int:
        """The time of its trace, in nanoseconds since the epoch, UTC."""
        return self._tree.anchor + self._tree.recorder.monotonic_ns()

    def __repr__(self) -> str:
        """What it is, and whether it has ended."""
        state = "open" if self.ended_at is None else "ended"
        return f"<{type(self).__name__} {self._name!r}, {state}>"

    def root(self) -> Node[Any]:
        """The trace, or the span of another process, above all."""
        node: Node[Any] = self
        while node._above is not None:
            node = node._above
        return node

    def belongs_to(self, recorder: Recorder) -> bool:
        """Whether it was made by the client that owns `recorder`."""
        return self._tree.recorder is recorder

    def send_open(self) -> None:
        """Send what it and the open spans in it hold so far, without an end."""
        for node in [self, *self._open_below()]:
            if node.ended_at is None and node.has_news():
                node._tree.recorder.inbox.put(node)

    # -- in the background ---------------------------------------------------------------

    def meet(self) -> Node[Any] | None:
        """Count it, if it is new; its carrier is to travel again if that has said too little."""
        census = self._census
        if census is None:
            census = self._counted_in()
        if census.told is None or census.told >= census.spans:
            return None
        carrier: Node[Any] = self
        while not carrier._is_carrier:
            carrier = cast("Node[Any]", carrier._above)
        return None if carrier._changed else carrier  # else it is on its way, and will say it

    def _counted_in(self) -> Census:
        """Where it counts; it, and what stands above it, count from now on.

        Each node is asked for what is above it once, so a tree of any depth takes its length.
        """
        new: list[Node[Any]] = []
        node: Node[Any] = self
        while (census := node._census) is None:
            above = node._above
            if above is None or above._is_elsewhere:
                census = node._census = Census()
                break
            new.append(node)
            node = above
        for one in reversed(new):  # from above: who is interrupted leaves a tree without gaps
            one._census = census
            census.spans += 1
        return census

    @property
    def _is_carrier(self) -> bool:
        """Whether it says how many spans there are below it."""
        return self._above is None or self._above._is_elsewhere

    @property
    def _descendants(self) -> int | None:
        """What it says of the spans below it: nothing unless it is a carrier and has ended."""
        above, census = self._above, self._census
        is_carrier = above is None or above._is_elsewhere
        if not is_carrier or census is None or self.ended_at is None:
            return None
        census.told = census.spans
        return census.told

    # -- machinery -----------------------------------------------------------------------

    def _end_with_children(self, end: int) -> None:
        for node in reversed(self._open_below()):
            node._finish(end)
        self._finish(end)

    def _finish(self, end: int) -> None:
        if self.ended_at is None:
            end, inbox = max(end, self._latest), self._tree.recorder.inbox
            # `Inbox.put`, written out: nobody is interrupted between the end and what tells it.
            self.ended_at = end
            self._changed = True
            inbox.items.append(self)
            if len(inbox.items) >= inbox.notice_at:
                inbox.notice()
            self._tell_above(end)

    def _tell_above(self, end: int) -> None:
        """Let the nodes above know that this one ended; without recursion, like `_open_below`."""
        child: Node[Any] = self
        above = self._above
        while above is not None:
            above._let_go(child)
            above._latest = max(above._latest, end)
            if above.ended_at is None:
                if above._ends_with_child:
                    above._finish(end)
                return
            # A child came after the end: the end moves, here and further up.
            if end > above.ended_at:
                above.ended_at = end
                above._said()
            if above._open:
                return
            child, above = above, above._above
        child._tree.recorder.open.pop(child, None)

    def _take_child(self, child: Node[Any]) -> None:
        """Count `child` among the open ones, so that an end or a flush finds it."""
        node: Node[Any] | None = self
        while node is not None:
            node._hold(child)
            if node.ended_at is None:
                return
            # Too late for its parent: the nodes above have to know the way down again.
            child, node = node, node._above
        child._tree.recorder.remember_open(child)

    def _hold(self, child: Node[Any]) -> None:
        held = self._open
        if isinstance(held, dict):
            held[child] = None
        else:
            self._open = {child: None} if held is None else {held: None, child: None}

    def _let_go(self, child: Node[Any]) -> None:
        held = self._open
        if isinstance(held, dict):
            held.pop(child, None)
            if not held:
                self._open = None
        elif held is child:
            self._open = None

    def _open_below(self) -> list[Node[Any]]:
        """Open nodes under this one, parents before children, without recursion."""
        found: list[Node[Any]] = []
        waiting: list[Node[Any]] = [self]
        while waiting:
            below = waiting.pop()._open
            if below is not None:
                children = list(below) if isinstance(below, dict) else [below]
                found.extend(children)
                waiting.extend(children)
        return found
