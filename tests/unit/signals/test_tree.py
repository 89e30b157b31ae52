"""Spans as a tree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modelmetry.signals.records import SpanRecord
from modelmetry.signals.tree import children_by_parent, depth_first, ends_after_children
from tests.builders import START_NS, a_span


@st.composite
def forests(draw: st.DrawFn) -> list[SpanRecord]:
    """Spans, each a root or a child of an earlier one, in any order."""
    size = draw(st.integers(0, 12))
    spans: list[SpanRecord] = []
    for number in range(size):
        parent = draw(st.none() | st.sampled_from(spans)) if spans else None
        spans.append(
            a_span(
                xid=f"s{number}",
                parent_xid=None if parent is None else parent.xid,
                start_ns=START_NS + draw(st.integers(0, 5)),
            )
        )
    return draw(st.permutations(spans))


@given(forests())
def test_depth_first_visits_every_span_once_below_its_parent(spans: list[SpanRecord]) -> None:
    """Each span comes once, after its parent, one level deeper."""
    depth: dict[str, int] = {}
    for level, span in depth_first(spans):
        assert level == (0 if span.parent_xid is None else depth[span.parent_xid] + 1)
        depth[span.xid] = level

    assert sorted(depth) == sorted(span.xid for span in spans)


@given(forests())
def test_children_come_in_the_order_of_their_start(spans: list[SpanRecord]) -> None:
    """Siblings are ordered by when they began."""
    for children in children_by_parent(spans).values():
        starts = [child.start_ns for child in children]
        assert starts == sorted(starts)


def test_a_span_whose_parent_is_elsewhere_is_a_root() -> None:
    """Parts of a tree may travel separately."""
    orphan = a_span(parent_xid="elsewhere")

    assert children_by_parent([orphan]) == {None: [orphan]}


def test_a_ring_of_spans_hangs_on_no_root() -> None:
    """Spans that are each other's parents do not make the walk endless."""
    ring = [a_span(xid="a", parent_xid="b"), a_span(xid="b", parent_xid="a")]

    assert list(depth_first(ring)) == []


def test_a_parent_that_ends_first_is_noticed() -> None:
    """A finished span must not end before a finished child; open ones say nothing."""
    parent = a_span(xid="p", end_ns=START_NS + 1)
    late = a_span(parent_xid="p", end_ns=START_NS + 2)
    early = a_span(parent_xid="p", end_ns=START_NS + 1)
    still_open = a_span(parent_xid="p", end_ns=None)

    assert not ends_after_children([parent, late])
    assert ends_after_children([parent, early, still_open])
