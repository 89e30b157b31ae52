"""Has all of a trace arrived?"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import islice
from typing import Final

from modelmetry_api.models import Completeness, OutlineSpan, Span
from modelmetry_api.types import UNSET, Unset

from modelmetry.store.sqlite.encode import XidKey

MOST_PARENTS: Final = 100


def carriers(connection: sqlite3.Connection, trace: int) -> dict[XidKey, int]:
    """The numbers of descendants that spans of a trace carry."""
    return dict(
        connection.execute("SELECT span, descendants FROM carrier WHERE trace = ?", (trace,))
    )


def completeness(
    trace: str, spans: Sequence[Span | OutlineSpan], expected: int | None, *, open_: bool
) -> Completeness:
    """What is known of a trace's spans.

    Args:
        trace: its XID; a span may name it as its parent.
        spans: those that are stored.
        expected: how many there are, if somebody said so.
        open_: whether the trace itself has no end yet.
    """
    known = {trace, *(span.xid for span in spans)}
    missing = dict.fromkeys(
        span.parent_id
        for span in spans
        if span.parent_id is not None and span.parent_id not in known
    )
    open_spans = sum(span.open_ for span in spans)
    lacking = bool(missing) or len(spans) < (expected or 0)
    whole: bool | Unset = UNSET
    if lacking or open_spans or open_:
        whole = False
    elif expected is not None:
        whole = True
    return Completeness(
        whole=whole,
        expected=UNSET if expected is None else expected,
        stored=len(spans),
        open_=open_spans,
        missing_parents=list(islice(missing, MOST_PARENTS)),
    )
