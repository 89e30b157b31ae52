"""Spans, and the words of each family."""

# ruff: noqa: SLF001 - nodes of one tree look into each other

from __future__ import annotations

from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar, overload

from modelmetry.client import calls, contents, doors, streams, taken
from modelmetry.client.calls import Counted, ModelCall
from modelmetry.client.capture import Capture
from modelmetry.client.contents import Content
from modelmetry.client.node import Node
from modelmetry.client.words import DocumentWords, ModelWords, asked
from modelmetry.signals.families import (
    CompletionData,
    EmbeddingsData,
    FamilyData,
    Message,
    Query,
    RetrievalData,
    Role,
    Said,
    ToolCall,
)
from modelmetry.signals.records import UNSAID, Family
from modelmetry.signals.writer import SignalWriter

ParentT_co = TypeVar("ParentT_co", covariant=True)
ParentNode_co = TypeVar("ParentNode_co", bound=Node[Any], covariant=True)
ItemT = TypeVar("ItemT")


class Branch(Node[ParentT_co]):
    """A node with children: the nouns, which go down."""

    __slots__ = ()

    def span(
        self,
        name: str,
        *,
        metadata: Mapping[str, Any] | None = None,
        start: datetime | None = None,
    ) -> Span[Self]:
        """Begin a step of no particular kind, and go down to it."""
        return Span(self, name, metadata, start)

    def completion(
        self,
        name: str,
        *,
        model: str | None = None,
        provider: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        start: datetime | None = None,
    ) -> CompletionSpan[Self]:
        """Begin a call of a language model, and go down to it."""
        return CompletionSpan(self, name, metadata, start, model, provider)

    def retrieval(
        self,
        name: str,
        *,
        metadata: Mapping[str, Any] | None = None,
        start: datetime | None = None,
    ) -> RetrievalSpan[Self]:
        """Begin a search for documents, and go down to it."""
        return RetrievalSpan(self, name, metadata, start)

    def embeddings(
        self,
        name: str,
        *,
        model: str | None = None,
        provider: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        start: datetime | None = None,
    ) -> EmbeddingsSpan[Self]:
        """Begin a computation of embeddings, and go down to it."""
        return EmbeddingsSpan(self, name, metadata, start, model, provider)


class Span(Branch[ParentNode_co]):
    """A step of a trace, inside the trace itself or inside another span."""

    __slots__ = ()

    family: ClassVar[Family] = "other"

    def __init__(
        self,
        parent: ParentNode_co,
        name: str,
        metadata: Mapping[str, Any] | None = None,
        start: datetime | None = None,
    ) -> None:
        tree = parent._tree
        recorder = tree.recorder
        if type(name) is not str:
            name = recorder.text(name, "span name")
        self._number = recorder.draw()
        self._tree = tree
        self._parent = self._above = parent
        self._name = name
        self._metadata = UNSAID if metadata is None else recorder.copied(metadata)
        self._failure = self._open = self._census = None
        self.ended_at: int | None = None
        self._facts = []
        self._taken = 0
        self._changed = True
        self._start = self._latest = (
            recorder.monotonic_ns()
            if start is None
            else recorder.nanoseconds(start, "start") - tree.anchor
        )
        # Last: what fails before this leaves nothing behind that could be ended.
        if parent._open is None and parent.ended_at is None and not parent._ends_with_child:
            parent._open = self
        else:
            parent._take_child(self)

    def _label(self) -> str:
        return f"span {self._name!r}"

    @property
    def _span_xid(self) -> str:
        return self.xid

    def _tell(self, writer: SignalWriter) -> None:
        tree, above = self._tree, self._above
        severity, message = self._failure or (None, None)
        anchor, ended_at = tree.anchor, self.ended_at
        writer.span(
            self.xid,
            tree.trace_xid,
            None if above is None else above._span_xid,
            tree.recorder.name(self._name, "span name"),
            self.family,
            anchor + self._start,
            None if ended_at is None else anchor + ended_at,
            severity,
            message,
            tree.recorder.plain(self._metadata),
            self._descendants,
            *self._told_data(),
        )

    def _told_data(self) -> tuple[FamilyData | None, Sequence[Message | Said]]:
        return None, ()


class CallSpan(ModelWords[ParentNode_co], Span[ParentNode_co]):
    """A call of a model: whoever counts calls gets to know of it when it has ended."""

    __slots__ = ("_counted",)

    _operation: ClassVar[str]
    _kept: Any
    # Of this call; made in the background, when there is somebody who counts.
    _counted: Counted | None

    def write_to(self, writer: SignalWriter) -> None:
        """Tell `writer` what travels, and whoever counts calls what there is to count.

        That first: what is interrupted in between is told again, and counted once.
        """
        watcher, ended_at = calls.Watch.watcher, self.ended_at
        if watcher is not None and ended_at is not None:
            watcher(self._call(ended_at))
        super().write_to(writer)

    def _call(self, ended_at: int) -> ModelCall:
        if self._counted is None:
            self._counted = Counted()
        anchor = self._tree.anchor
        return calls.call(
            self._operation,
            self._kept,
            self._facts[:],
            self._counted,
            trace_xid=self._tree.trace_xid if self.is_kept else "",
            start_ns=anchor + self._start,
            end_ns=anchor + ended_at,
            has_failed=self._failure is not None,
        )


class CompletionSpan(CallSpan[ParentNode_co], DocumentWords[ParentNode_co]):
    """A call of a language model: its messages, options, usage, cost and documents."""

    __slots__ = ("_kept", "_messages")

    _operation: ClassVar[str] = "chat"

    family: ClassVar[Family] = "completion"

    # Everything but messages; made when there is something to keep.
    _kept: CompletionData | None

    def __init__(
        self,
        parent: ParentNode_co,
        name: str,
        metadata: Mapping[str, Any] | None = None,
        start: datetime | None = None,
        model: str | None = None,
        provider: str | None = None,
    ) -> None:
        self._counted = self._kept = None
        if model is not None or provider is not None:
            options = asked(parent._tree.recorder, model, provider)
            self._kept = CompletionData([], options, None, None, [])
        self._messages: list[Message | Said] = []
        super().__init__(parent, name, metadata, start)

    @property
    def _data(self) -> CompletionData:
        if self._kept is None:
            self._kept = CompletionData([], None, None, None, [])
        return self._kept

    def _told_data(self) -> tuple[CompletionData, Sequence[Message | Said]]:
        said = taken.messages(self._messages[:], self._tree.recorder)
        return CompletionData() if self._kept is None else self._kept.copy(), said

    def system(self, content: Content, *, name: str | None = None) -> Self:
        """Record a system message, and stay here."""
        if type(content) is str and name is None:
            self._messages.append(("system", content))
            return self._said()
        return self._say("system", content, name)

    def user(self, content: Content, *, name: str | None = None) -> Self:
        """Record a message of the user, and stay here."""
        if type(content) is str and name is None:
            self._messages.append(("user", content))
            return self._said()
        return self._say("user", content, name)

    def assistant(
        self,
        content: Content | None = None,
        *,
        name: str | None = None,
        tool_calls: Sequence[ToolCall] = (),
    ) -> Self:
        """Record an answer of the model, and stay here.

        Args:
            content: what it said; `None` when it only called tools.
            name: who answered, if there are several.
            tool_calls: the tools that it asked for; `tool_call` adds more.
        """
        if type(content) is str and name is None and not tool_calls:
            self._messages.append(("assistant", content))
            return self._said()
        return self._say("assistant", () if content is None else content, name, tool_calls)

    def tool_call(
        self,
        name: str,
        arguments: Any = None,
        *,
        id: str | None = None,  # noqa: A002 - the provider's word
    ) -> Self:
        """Record that the model asked for a tool, in its last answer, and stay here.

        Args:
            name: the tool.
            arguments: what it is called with, any JSON value.
            id: by which `tool` answers; one is made when there is none.
        """
        recorder = self._tree.recorder
        if recorder.off:
            return self
        call = contents.tool_call(recorder, name, arguments, id)
        contents.add_call(recorder, self._messages, call)
        return self._said()

    def tool(self, content: Content, *, tool_call_id: str | None = None) -> Self:
        """Record what a tool answered, and stay here.

        Args:
            content: the answer.
            tool_call_id: the call that it answers; the last one by default.
        """
        if tool_call_id is None:
            tool_call_id = contents.last_call_id(self._messages)
        return self._say("tool", content, None, answered=tool_call_id)

    def _say(
        self,
        role: Role,
        content: Content,
        name: str | None,
        calls: Sequence[ToolCall] = (),
        answered: str | None = None,
    ) -> Self:
        recorder = self._tree.recorder
        if recorder.off:
            return self
        message = Message(
            role,
            contents.parts(recorder, content),
            None if name is None else recorder.text(name, "message name"),
            contents.copied_calls(recorder, calls) if calls else [],
            None if answered is None else recorder.text(answered, "tool call id"),
        )
        self._messages.append(message)
        return self._said()

    @overload
    def stream(
        self, items: Iterable[ItemT], *, text: Callable[[ItemT], str | None] | None = None
    ) -> Iterator[ItemT]: ...
    @overload
    def stream(
        self, items: AsyncIterable[ItemT], *, text: Callable[[ItemT], str | None] | None = None
    ) -> AsyncIterator[ItemT]: ...
    def stream(
        self,
        items: Iterable[ItemT] | AsyncIterable[ItemT],
        *,
        text: Callable[[ItemT], str | None] | None = None,
    ) -> Iterator[ItemT] | AsyncIterator[ItemT]:
        """Pass the items of an answer through, and find out how fast they come.

        Records the findings `time_to_first_token` (seconds since this span began) and, from two
        items on, `items_per_second`, when the stream ends or is left. It does not end the span.

        Args:
            items: the answer.
            text: gives the text of an item; what they said becomes a message of the assistant
                when the stream ends or is left: all of it, or of a long answer the first and the
                last 32,000 characters.

        Raises:
            InvalidTypeError: `items` can be iterated neither with `for` nor with `async for`, or
                `text` is no function.
        """
        doors.require_function(text, "text")
        capture = None if text is None else Capture(text, self.assistant)
        return streams.stream(self, items, capture)


class RetrievalSpan(DocumentWords[ParentNode_co], Span[ParentNode_co]):
    """A search: its queries and the documents that it found."""

    __slots__ = ("_kept",)

    family: ClassVar[Family] = "retrieval"

    _kept: RetrievalData

    def __init__(
        self,
        parent: ParentNode_co,
        name: str,
        metadata: Mapping[str, Any] | None = None,
        start: datetime | None = None,
    ) -> None:
        self._kept = RetrievalData([], [])
        super().__init__(parent, name, metadata, start)

    @property
    def _data(self) -> RetrievalData:
        return self._kept

    def _told_data(self) -> tuple[RetrievalData, Sequence[Message | Said]]:
        return self._kept.copy(), ()

    def query(self, text: str, *, embeddings: Sequence[float] | None = None) -> Self:
        """Record what was searched for, and stay here.

        Args:
            text: the question.
            embeddings: its vector.
        """
        recorder = self._tree.recorder
        if recorder.off:
            return self
        numbers = contents.vector(recorder, embeddings)
        self._data.queries.append(Query(recorder.text(text, "query"), numbers))
        return self._said()


class EmbeddingsSpan(CallSpan[ParentNode_co]):
    """A computation of embeddings: its inputs, options, usage and cost."""

    __slots__ = ("_kept",)

    _operation: ClassVar[str] = "embeddings"

    family: ClassVar[Family] = "embeddings"

    _kept: EmbeddingsData

    def __init__(
        self,
        parent: ParentNode_co,
        name: str,
        metadata: Mapping[str, Any] | None = None,
        start: datetime | None = None,
        model: str | None = None,
        provider: str | None = None,
    ) -> None:
        self._counted = None
        self._kept = EmbeddingsData([], asked(parent._tree.recorder, model, provider))
        super().__init__(parent, name, metadata, start)

    @property
    def _data(self) -> EmbeddingsData:
        return self._kept

    def _told_data(self) -> tuple[EmbeddingsData, Sequence[Message | Said]]:
        return self._kept.copy(), ()

    def input(self, text: str) -> Self:
        """Record a text that is embedded, and stay here."""
        return self.inputs([text])

    def inputs(self, texts: Iterable[str]) -> Self:
        """Record texts that are embedded, and stay here.

        Raises:
            InvalidTypeError: `texts` is a single str.
        """
        recorder = self._tree.recorder
        if recorder.off:
            return self
        self._data.inputs.extend(contents.inputs(recorder, texts))
        return self._said()
