"""Questions about spans as a tree, answered from a list of records in any order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modelmetry.signals.records import SpanRecord


def children_by_parent(spans: Iterable[SpanRecord]) -> dict[str | None, list[SpanRecord]]:
    """Spans under the XID of their parent, `None` for roots, each list ordered by start.

    A span whose parent is not in the list is a root: parts of a tree may travel separately.
    """
    listed = list(spans)
    known = {span.xid for span in listed}
    children: dict[str | None, list[SpanRecord]] = {}
    for span in sorted(listed, key=lambda span: span.start_ns):
        parent = span.parent_xid if span.parent_xid in known else None
        children.setdefault(parent, []).append(span)
    return children


def depth_first(spans: Iterable[SpanRecord]) -> Iterator[tuple[int, SpanRecord]]:
    """Every span that hangs on a root with its depth (roots: 0), parents before children."""
    children = children_by_parent(spans)
    waiting = [(0, span) for span in reversed(children.get(None, []))]
    while waiting:
        depth, span = waiting.pop()
        yield depth, span
        waiting.extend((depth + 1, child) for child in reversed(children.get(span.xid, [])))


def ends_after_children(spans: Iterable[SpanRecord]) -> bool:
    """Whether no finished span ends before one of its finished children."""
    by_xid = {span.xid: span for span in spans}
    for span in by_xid.values():
        parent = by_xid.get(span.parent_xid or "")
        if parent is None or parent.end_ns is None or span.end_ns is None:
            continue
        if span.end_ns > parent.end_ns:
            return False
    return True
