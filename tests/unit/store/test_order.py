"""However a set of signals is cut, ordered and repeated, the same is stored."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from modelmetry_api.types import to_builtins

from modelmetry.store.queries import SessionQuery, TraceQuery
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import TENANT, at, completion, event, finding, session, span, trace

Signal = tuple[str, dict[str, Any]]

SEVERITIES = st.sampled_from([None, "unset", "warning", "error"])
SECONDS = st.integers(0, 5)
ENDS = st.none() | st.integers(5, 9)


@st.composite
def signals(draw: st.DrawFn) -> list[Signal]:
    """A few traces in a few sessions, with parts that name each other or nothing."""
    made: list[Signal] = [("Sessions", session(f"s{n}", Name=f"n{n}")) for n in range(2)]
    traces, spans = [f"t{n}" for n in range(3)], [f"p{n}" for n in range(5)]
    # One trace is only ever named by its parts.
    for xid in traces[1:]:
        of = draw(st.sampled_from(["s0", "s1", None]))
        sent = trace(xid, draw(SECONDS), draw(ENDS), SessionID=of, Severity=draw(SEVERITIES))
        made.append(("Traces", sent))
    for xid in spans[: draw(st.integers(1, 5))]:
        data = draw(st.none() | st.just(completion()) | st.just([1]))
        made.append(
            ("Spans", span(xid, draw(st.sampled_from(traces)), draw(SECONDS), draw(ENDS),
             ParentID=draw(st.sampled_from([None, *spans])), Severity=draw(SEVERITIES),
             Family=draw(st.sampled_from(["completion", "unset", None])), FamilyData=data)),
        )  # fmt: skip
    home = {one["XID"]: one["TraceID"] for kind, one in made if kind == "Spans"}
    for number in range(draw(st.integers(0, 6))):
        parent = draw(st.sampled_from([None, *spans]))
        # Who names a trace beside a span names the span's.
        of = draw(st.sampled_from([None, home.get(parent or "", "t0")]))
        if draw(st.booleans()):
            moment = at(draw(SECONDS))
            made.append(("Events", event(f"e{number}", of, SpanID=parent, At=moment)))
        else:
            value = draw(st.sampled_from([1, 1.0, True, "1"]))
            made.append(("Findings", finding(f"f{number}", of, value, SpanID=parent)))
    return made


def outcome(bodies: list[dict[str, Any]]) -> Any:
    """All that can be read after these bodies."""
    with TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "store.db", clock=lambda: 1_800_000_000_000_000)
        for body in bodies:
            store.ingest(TENANT, body)
        store.settle()
        traces = store.list_traces(TENANT, TraceQuery()).traces
        answers = [
            sorted((to_builtins(store.get_trace(TENANT, t.xid)) for t in traces), key=str),
            sorted((to_builtins(t) for t in traces), key=str),
            sorted(map(str, store.list_sessions(TENANT, SessionQuery()).sessions)),
            to_builtins(store.totals(TENANT)),
            store.finding_names(TENANT),
            store.check(),
        ]
        assert store.check().ok
        store.close()
    return answers


def bodies_of(groups: list[list[Signal]]) -> list[dict[str, Any]]:
    """One body for each group."""
    bodies: list[dict[str, Any]] = []
    for group in groups:
        body: dict[str, Any] = {}
        for kind, item in group:
            body.setdefault(kind, []).append(item)
        bodies.append(body)
    return bodies


@settings(max_examples=60, deadline=None)
@given(signals(), st.integers(1, 6), st.randoms(use_true_random=False))
def test_any_cut_order_and_repetition_stores_the_same(
    made: list[Signal], cuts: int, chance: random.Random
) -> None:
    """Shuffled, some twice, in several batches: the result is that of one batch."""
    whole = outcome(bodies_of([made]))
    shuffled = [*made, *chance.sample(made, len(made) // 2)]
    chance.shuffle(shuffled)
    size = -(-len(shuffled) // cuts)
    groups = [shuffled[n : n + size] for n in range(0, len(shuffled), size)]
    assert outcome(bodies_of(groups)) == whole
