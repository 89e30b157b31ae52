"""Until when an open span is known to have gone on."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from attrs import define

from modelmetry.store.sqlite.encode import Micros, XidKey
from modelmetry.store.sqlite.lookup import select_in


@define
class _Span:
    parent: XidKey | None
    start: Micros
    end: Micros
    open: bool


_Spans = dict[XidKey, _Span]


def settle_open_spans(connection: sqlite3.Connection, traces: Sequence[int]) -> None:
    """Set the end of each open span of these traces to the latest time known inside it."""
    spans: dict[int, _Spans] = defaultdict(dict)
    for trace, key, *columns in select_in(
        connection,
        "SELECT trace, xid, parent, start, end, open FROM span WHERE trace IN ({keys})",
        (),
        traces,
    ):
        spans[trace][key] = _Span(*columns)
    before = {(trace, key): span.end for trace, some in spans.items() for key, span in some.items()}
    _settle(connection, spans, traces)
    rows: list[tuple[Any, ...]] = [
        (span.end, max(span.end - span.start, 0), trace, key)
        for trace, some in spans.items()
        for key, span in some.items()
        if span.end != before[trace, key]
    ]
    connection.executemany(
        "UPDATE span SET end = ?, duration = ? WHERE trace = ? AND xid = ?", rows
    )


def _settle(
    connection: sqlite3.Connection, spans: dict[int, _Spans], traces: Sequence[int]
) -> None:
    for some in spans.values():
        for span in some.values():
            span.end = span.start if span.open else span.end
    for trace, key, at in select_in(
        connection,
        "SELECT trace, span, at FROM event WHERE trace IN ({keys}) AND span IS NOT NULL",
        (),
        traces,
    ):
        _raise_end(spans[trace], key, at)
    for some in spans.values():
        for span in list(some.values()):
            _raise_end(some, span.parent, span.end)


def _raise_end(spans: _Spans, key: XidKey | None, time: Micros) -> None:
    """A time inside a span is inside the open spans above it too; it ends where none is later."""
    while key is not None:
        span = spans.get(key)
        if span is None or not span.open or span.end >= time:
            return
        span.end = time
        key = span.parent
