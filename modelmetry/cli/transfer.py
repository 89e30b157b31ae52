"""Traces to lines of JSON and back: what `export` writes and `import` reads.

A line is a trace as `GET /traces/{xid}` answers it, or a session as `GET /sessions` lists it.
Sending such a line again changes nothing, since everything in it keeps its XID.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
from modelmetry_api.api import get_session, get_trace, ingest_signals_v1
from modelmetry_api.client import AsyncClient
from modelmetry_api.errors import NotFoundError
from modelmetry_api.models import (
    CreateEventParams,
    CreateFindingParams,
    CreateSessionParams,
    CreateSpanParams,
    CreateTraceParams,
    Event,
    Finding,
    FullTrace,
    IngestSignalsV1RequestBody,
    Session,
    Span,
)
from modelmetry_api.types import UNSET, Unset, decode_json, encode_json, to_builtins

from modelmetry.cli.filters import TraceFilter, every_trace
from modelmetry.cli.meant import with_session

AT_ONCE = 8  # traces read at the same time: enough to hide the way to a server and back
MOST_SIGNALS, MOST_BYTES = 500, 1_000_000  # of one request: far below what servers refuse

Signal = (
    CreateSessionParams
    | CreateTraceParams
    | CreateSpanParams
    | CreateEventParams
    | CreateFindingParams
)


async def exported(
    client: AsyncClient, wanted: TraceFilter, *, sessions: bool = False
) -> AsyncIterator[bytes]:
    """The lines of the traces that are wanted, oldest first; then those of their sessions."""
    waiting: list[str] = []
    met: dict[str, None] = {}
    meant = await with_session(client, wanted)
    async for trace in every_trace(client, meant, sort="start"):
        waiting.append(trace.xid)
        if trace.session_id:
            met[trace.session_id] = None
        if len(waiting) == AT_ONCE:
            for line in await read_all(client, waiting):
                yield line
            waiting = []
    for line in await read_all(client, waiting):
        yield line
    for xid in met if sessions else ():
        full = to_builtins(await get_session.asyncio(xid, client=client))
        full.pop("Traces")
        yield encode_json(full) + b"\n"


async def read_all(client: AsyncClient, xids: Iterable[str]) -> list[bytes]:
    """Whole traces as lines; one that was deleted meanwhile is left out."""

    async def read(xid: str) -> bytes:
        try:
            return encode_json(await get_trace.asyncio(xid, client=client)) + b"\n"
        except NotFoundError:
            return b""

    return [line for line in await asyncio.gather(*map(read, xids)) if line]


@dataclass
class Tally:
    """What an import has done so far."""

    traces: int = 0
    sessions: int = 0
    signals: int = 0
    lines: int = 0
    bytes: int = 0
    torn: list[int] = field(default_factory=list[int])


async def imported(client: AsyncClient, lines: Iterable[bytes]) -> AsyncIterator[Tally]:
    """Send what the lines hold; gives the tally after each request, and at the end.

    A line that is no trace (the last one of a file that was cut off, say) is counted by its
    number and passed over.
    """
    tally = Tally()
    batch = Batch()
    for line in lines:
        tally.lines += 1
        tally.bytes += len(line)
        if not line.strip():
            continue
        for signal in signals_of(line, tally):
            if batch.add(signal):
                await batch.send(client, tally)
                yield tally
    await batch.send(client, tally)
    yield tally


def signals_of(line: bytes, tally: Tally) -> list[Signal]:
    """The signals of one line; none, and the line counted as torn, when it cannot be read."""
    try:
        if b'"TraceCount"' in line and b'"SpanCount"' not in line:
            session = decode_json(line, Session)
            tally.sessions += 1
            return [session_signal(session)]
        trace = decode_json(line, FullTrace)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        tally.torn.append(tally.lines)
        return []
    tally.traces += 1
    return list(trace_signals(trace))


class Batch:
    """Signals on their way, up to the size of a request."""

    def __init__(self) -> None:
        self._signals: list[Signal] = []
        self._bytes = 0

    def add(self, signal: Signal) -> bool:
        """Take one more; says whether it is time to send."""
        self._signals.append(signal)
        self._bytes += len(encode_json(signal))
        return len(self._signals) >= MOST_SIGNALS or self._bytes >= MOST_BYTES

    async def send(self, client: AsyncClient, tally: Tally) -> None:
        """Send what there is, and be empty."""
        if self._signals:
            await ingest_signals_v1.asyncio(client=client, body=request(self._signals))
        tally.signals += len(self._signals)
        self._signals, self._bytes = [], 0


def request(signals: Sequence[Signal]) -> IngestSignalsV1RequestBody:
    """One request with these signals."""
    return IngestSignalsV1RequestBody(
        sessions=[one for one in signals if isinstance(one, CreateSessionParams)],
        traces=[one for one in signals if isinstance(one, CreateTraceParams)],
        spans=[one for one in signals if isinstance(one, CreateSpanParams)],
        events=[one for one in signals if isinstance(one, CreateEventParams)],
        findings=[one for one in signals if isinstance(one, CreateFindingParams)],
    )


def session_signal(session: Session) -> CreateSessionParams:
    """What makes this session."""
    return CreateSessionParams(
        xid=session.xid, name=session.name or UNSET, metadata=session.metadata
    )


def trace_signals(trace: FullTrace) -> Iterator[Signal]:
    """What makes this trace and everything in it."""
    spans = trace.spans or []
    # The severity of a trace is the gravest of its spans too: only its own is sent.
    own = trace.severity not in {"unset", *(span.severity for span in spans)}
    yield CreateTraceParams(
        xid=trace.xid,
        name=trace.name or UNSET,
        session_id=trace.session_id,
        start=trace.start,
        end=None if trace.open_ else trace.end,
        severity=trace.severity if own else UNSET,
        message=trace.message or UNSET,
        metadata=trace.metadata,
        descendants=trace.descendants,
        weight=trace.weight,
    )
    yield from facts(trace.xid, None, trace.events, trace.findings)
    for span in spans:
        yield span_signal(span)
        yield from facts(trace.xid, span.xid, span.events, span.findings)


def span_signal(span: Span) -> CreateSpanParams:
    """What makes this span."""
    return CreateSpanParams(
        xid=span.xid,
        trace_id=span.trace_id,
        parent_id=span.parent_id,
        name=span.name,
        family=span.family,
        family_data=family_data(span),
        start=span.start,
        end=None if span.open_ else span.end,
        severity=span.severity,
        message=span.message or UNSET,
        metadata=span.metadata,
        descendants=span.descendants,
    )


def family_data(span: Span) -> Any | Unset:
    """What the span did, as it was sent."""
    members = (span.family_data, span.completion, span.retrieval, span.embeddings, span.other)
    found = next((one for one in members if one is not UNSET), UNSET)
    return found if found is UNSET else to_builtins(found)


def facts(
    trace: str, span: str | None, events: Iterable[Event] | None, findings: Iterable[Finding] | None
) -> Iterator[Signal]:
    """What makes these events and findings."""
    for event in events or ():
        yield CreateEventParams(
            xid=event.xid,
            trace_id=trace,
            span_id=span,
            entry_id=event.entry_id,
            name=event.name,
            at=event.at,
            metadata=event.metadata,
        )
    for found in findings or ():
        yield CreateFindingParams(
            xid=found.xid,
            trace_id=trace,
            span_id=span,
            entry_id=found.entry_id,
            name=found.name,
            value=found.value,
            unit=found.unit or UNSET,
            at=found.at,
            source=source(found.source),
            comment=found.comment or UNSET,
            description=found.description or UNSET,
            metadata=found.metadata,
        )


def source(name: str) -> Literal["annotation", "evaluator", "sdk"]:
    """Who found it; a word that only a newer server knows is sent as `annotation`."""
    return "sdk" if name == "sdk" else "evaluator" if name == "evaluator" else "annotation"
