"""The client: where recording begins and what was recorded is sent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, MutableMapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast, overload

from msgspec.structs import replace

from modelmetry.client import current, doors, propagation
from modelmetry.client.clock import Clock, SystemClock
from modelmetry.client.destination import open_delivery, open_masking, open_sampling
from modelmetry.client.metric_words import MetricWords
from modelmetry.client.node import Node
from modelmetry.client.recorder import Recorder
from modelmetry.client.remote import Remote, origin_of
from modelmetry.client.session import Session
from modelmetry.client.spans import Branch, CompletionSpan, EmbeddingsSpan, RetrievalSpan, Span
from modelmetry.client.trace import SurroundingTrace, Trace
from modelmetry.client.traced import FunctionT, function_name, traced
from modelmetry.config import Config
from modelmetry.delivery import lifecycle
from modelmetry.delivery.courier import OnFailure, OnSuccess
from modelmetry.delivery.delivery import Delivery
from modelmetry.delivery.edges import MARGIN
from modelmetry.delivery.inbox import bottomless
from modelmetry.delivery.sink import Sink
from modelmetry.errors import InvalidTypeError
from modelmetry.signals.records import UNSAID
from modelmetry.signals.values import brief_repr, is_a

if TYPE_CHECKING:
    from modelmetry.delivery.masking import Mask
    from modelmetry.delivery.sampling import Keep

Params = ParamSpec("Params")
ReturnT = TypeVar("ReturnT")

_log = logging.getLogger("modelmetry")


class Client(MetricWords):
    """Records traces and sends them in the background.

    Signals go to `sink` if one is given, else to the server at `base_url`, else to a local
    store. What is not given is taken from `config`, by default from the environment.

    Recording touches memory only, so it is the same in sync and async code; `flush_all` and
    `close` have the twins `aflush_all` and `aclose`. As a block (`with` or `async with`) the
    client is closed at the end.

    Args:
        api_key: key of a tenant of the server.
        base_url: address of a server.
        store: local store, `sqlite:///PATH`.
        config: all settings at once; the three above come before it.
        sink: takes the signals in the place of a server or a store.
        on_success: called in the background with each batch that arrived.
        on_failure: called in the background with each batch that was given up on its way, and
            why. What never was on its way, because there was no room, the client was closed or
            its time was up, is in `stats()` alone.
        mask: called in the background with every text that was recorded, before it goes anywhere;
            what it returns takes the place of the text, and where it raises nothing does. With
            a parameter `place` it is told where the text stands, such as `message.text`.
        keep: called in the background with each trace that has ended; says whether it is kept
            (`True`), left out (`False`), or with which probability. Where it raises it is kept.
            It sees texts as they were recorded, not masked.
        clock: where times come from.
        new_id: where identities come from; UUIDs of version 7 by default.

    Raises:
        ConfigError: a setting cannot be used.
        InvalidTypeError: another argument is not what it has to be.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        store: str | None = None,
        config: Config | None = None,
        sink: Sink | None = None,
        on_success: OnSuccess | None = None,
        on_failure: OnFailure | None = None,
        mask: Mask | None = None,
        keep: Keep | None = None,
        clock: Clock | None = None,
        new_id: Callable[[], str] | None = None,
    ) -> None:
        self._closed = False
        doors.require_config(config)
        doors.require_methods(sink, "sink", "write", "close")
        doors.require_methods(clock, "clock", "time_ns", "monotonic_ns")
        doors.require_function(on_success, "on_success")
        doors.require_function(on_failure, "on_failure")
        doors.require_function(new_id, "new_id")
        given: dict[str, Any] = {"api_key": api_key, "base_url": base_url, "store": store}
        settings = {name: value for name, value in given.items() if value is not None}
        self._config = replace(Config.from_env() if config is None else config, **settings)
        if self._config.debug:
            _write_log()
        self._has_own_sink = sink is not None
        self._delivery: Delivery | None = None
        masking = open_masking(self._config, mask)
        sampling = open_sampling(self._config, keep, discreet=masking is not None)
        if not self._config.disabled:
            if self._config.end_on_sigterm:
                lifecycle.end_on_sigterm()
            self._delivery = open_delivery(
                self._config, sink, on_success, on_failure, masking, sampling
            )
        self._recorder = Recorder(
            bottomless() if self._delivery is None else self._delivery.inbox,
            SystemClock() if clock is None else clock,
            # A mask sees what is around the cut, and cuts afterwards.
            self._config.max_text_length + (0 if masking is None else MARGIN),
            _trace_metadata(self._config),
            new_id,
            off=self._delivery is None,
            discreet=masking is not None,
            sampling=sampling,
        )
        if self._delivery is not None:
            self._delivery.count_also(self._recorder.refusals())
        self._begin_sending()

    # -- nouns: they go down -------------------------------------------------------------

    def trace(
        self,
        name: str,
        *,
        session: str | Session | None = None,
        metadata: Mapping[str, Any] | None = None,
        start: datetime | None = None,
    ) -> Trace:
        """Begin a trace, and go down to it.

        Args:
            name: what runs, for example `chatbot.turn`.
            session: the session to which it belongs, or an id of your own for one; an empty
                id is none.
            metadata: what is known about it, as JSON values.
            start: when it began; now by default. Without a time zone it is taken as UTC.

        Raises:
            InvalidTypeError: an argument has a type that cannot be recorded.
        """
        recorder = self._recorder
        session_xid = None
        if session is not None:
            if type(session) is not str and is_a(session, Session):
                session_xid = cast("Session", session).xid
            elif session_xid := recorder.text(session, "session") or None:
                recorder.meet_session(session_xid)
        return Trace(self, recorder, name, session_xid=session_xid, metadata=metadata, start=start)

    def session(
        self,
        xid: str | None = None,
        *,
        name: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Session:
        """Begin or continue a session, and go down to it.

        Args:
            xid: an id of your own, for example that of a conversation; a new one by default.
            name: what people call it.
            metadata: what is known about it, as JSON values.

        Raises:
            InvalidTypeError: an argument has a type that cannot be recorded.
        """
        recorder = self._recorder
        return Session(self, recorder, recorder.new_xid() if xid is None else xid, name, metadata)

    def span(self, name: str, *, metadata: Mapping[str, Any] | None = None) -> Span[Any]:
        """Begin a step in the current span, and go down to it.

        Where there is no current span, a trace of the same name begins, and ends, with it.
        """
        return self._branch(name).span(name, metadata=metadata)

    def completion(
        self,
        name: str,
        *,
        model: str | None = None,
        provider: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> CompletionSpan[Any]:
        """Begin a call of a language model in the current span, like `span`."""
        return self._branch(name).completion(
            name, model=model, provider=provider, metadata=metadata
        )

    def retrieval(
        self, name: str, *, metadata: Mapping[str, Any] | None = None
    ) -> RetrievalSpan[Any]:
        """Begin a search for documents in the current span, like `span`."""
        return self._branch(name).retrieval(name, metadata=metadata)

    def embeddings(
        self,
        name: str,
        *,
        model: str | None = None,
        provider: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> EmbeddingsSpan[Any]:
        """Begin a computation of embeddings in the current span, like `span`."""
        return self._branch(name).embeddings(
            name, model=model, provider=provider, metadata=metadata
        )

    # -- other processes -----------------------------------------------------------------

    def inject(
        self,
        headers: MutableMapping[str, str] | None = None,
        *,
        span: Trace | Span[Any] | None = None,
    ) -> MutableMapping[str, str]:
        """Name a span to another process, as W3C Trace Context: `traceparent`, `tracestate`.

        Args:
            headers: of the request, which are added to; new ones by default.
            span: the caller; the current span by default. Without one nothing is added.

        Returns:
            `headers`.

        Raises:
            InvalidTypeError: `headers` cannot be written to, or `span` is none.
        """
        if not self._recorder.off:
            doors.require_headers(headers)
            doors.require_methods(span, "span", "root", "end")
        written: MutableMapping[str, str] = {} if headers is None else headers
        node = current.innermost(self._recorder) if span is None else span
        if node is not None and not self._recorder.off:
            propagation.write(origin_of(node, self._recorder), written)
        return written

    def extract(self, headers: Mapping[str, str]) -> Remote:
        """The span of another process that `headers` name, as a block.

        Spans that begin in the block, with `client.span` and its kin, belong to its trace. Where
        no span is named the block does nothing: they begin a trace of their own.

        Args:
            headers: of a request, with names in any case, or a WSGI environment.

        Raises:
            InvalidTypeError: `headers` is no mapping.
        """
        if not (self._recorder.off or propagation.is_mapping(headers)):
            kind = type(headers).__name__
            raise InvalidTypeError(
                f"headers must be a mapping of texts, not {kind}: {brief_repr(headers)}"
            )
        origin = None if self._recorder.off else propagation.read(headers)
        return Remote(self, self._recorder, origin)

    def current_span(self) -> Trace | Span[Any] | None:
        """The innermost block that is open here: a span, a trace, or `None`.

        It follows the code across `await`; `carried` takes it to another thread.
        """
        node = current.innermost(self._recorder)
        return node if isinstance(node, (Trace, Span)) else None

    # -- functions -----------------------------------------------------------------------

    @overload
    def traced(self, function: FunctionT, /) -> FunctionT: ...
    @overload
    def traced(
        self, name: str | None = None, /, *, metadata: Mapping[str, Any] | None = None
    ) -> Callable[[FunctionT], FunctionT]: ...
    def traced(
        self,
        name: FunctionT | str | None = None,
        /,
        *,
        metadata: Mapping[str, Any] | None = None,
    ) -> FunctionT | Callable[[FunctionT], FunctionT]:
        """Record each call of a function, which keeps its signature.

        A call becomes a span in the current one, or a trace where there is none. Functions may
        be plain, async, generators and async generators; a generator's span lasts from its
        first item until it is exhausted, closed or dropped.

        Args:
            name: of the span; the function's own qualified name by default.
            metadata: of each span, as JSON values.

        Raises:
            InvalidTypeError: `name` is neither a str nor a function, or `metadata` are no mapping.
        """
        copied = None if metadata is None else self._recorder.copied(metadata)
        if name is not None and not isinstance(name, str):
            return self._traced(name, None, copied)

        def decorate(function: FunctionT) -> FunctionT:
            return self._traced(function, name, copied)

        return decorate

    def carried(self, function: Callable[Params, ReturnT]) -> Callable[Params, ReturnT]:
        """`function`, taking the current span of this moment along to another thread.

        For executors: `pool.submit(client.carried(work), argument)`.

        Raises:
            InvalidTypeError: it is no function.
        """
        doors.require_function(function, "what is carried")
        return current.carried(function)

    # -- machinery -----------------------------------------------------------------------

    def _branch(self, name: str) -> Branch[Any]:
        found = current.innermost(self._recorder)
        if isinstance(found, Branch):
            return found
        return SurroundingTrace(self, self._recorder, name)

    def _traced(
        self, function: FunctionT, name: str | None, metadata: Mapping[str, Any] | None
    ) -> FunctionT:
        called = function_name(function)
        label = called if name is None else name

        def open_node() -> Node[Any]:
            found = current.innermost(self._recorder)
            if not isinstance(found, Branch):
                return self.trace(label, metadata=metadata)
            return found.span(label, metadata=metadata)

        return traced(function, open_node)


def _trace_metadata(config: Config) -> dict[str, Any]:
    named = {
        "environment": config.environment,
        "release": config.release,
        "service": config.service,
    }
    return {name: value for name, value in named.items() if value is not None} or UNSAID


def _write_log() -> None:
    """Show what the client does, once, however many clients there are."""
    _log.setLevel(logging.DEBUG)
    if not any(isinstance(handler, logging.StreamHandler) for handler in _log.handlers):
        _log.addHandler(logging.StreamHandler())
