"""What is sent is stored, once, under its XID, whatever comes first."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from modelmetry_api.models import FullTrace
from modelmetry_api.types import UNSET, to_builtins

from modelmetry.errors import InvalidValueError
from modelmetry.store.queries import SessionQuery, TraceQuery
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import (
    TENANT,
    at,
    body,
    completion,
    event,
    finding,
    session,
    span,
    trace,
)
from tests.unit.store.conftest import Clock


def read(store: SqliteStore, xid: str = "t1") -> FullTrace:
    """A trace that must be there."""
    found = store.get_trace(TENANT, xid)
    assert found is not None
    return found


def test_the_weight_of_a_trace_comes_back_when_one_was_sent(store: SqliteStore) -> None:
    """A later part without one leaves it; null and absence mean the same."""
    store.ingest(TENANT, body(traces=[trace(Weight=12.5), trace("t2", Weight=None), trace("t3")]))
    store.ingest(TENANT, body(traces=[trace(Name="again")]))
    found = {one.xid: one.weight for one in store.list_traces(TENANT, TraceQuery()).traces}
    assert found == {"t1": 12.5, "t2": UNSET, "t3": UNSET}
    assert (read(store).name, read(store).weight) == ("again", 12.5)


def test_all_members_come_back(store: SqliteStore) -> None:
    """A trace is read as it was sent, with everything in its place."""
    data = completion()
    sent = body(
        sessions=[session(Name="chat", Metadata={"plan": "pro"})],
        traces=[
            trace(SessionID="s1", Descendants=2, Metadata={"channel": "web", "n": [1, 2.0, None]})
        ],
        spans=[
            span(Family="completion", FamilyData=data, Metadata={"a": {"b": True}}),
            span("p2", ParentID="p1", Severity="warning", Message="slow", start=0.2),
        ],
        events=[event(SpanID="p1", EntryID="n1", Metadata={"tool": "x"}), event("e2")],
        findings=[
            finding(SpanID="p2", Unit="s", Source="sdk", Comment="c", Description="d",
                    EntryID="n2", Metadata={"m": 1}),
            finding("f2"),
        ],
    )  # fmt: skip
    assert store.ingest(TENANT, sent) == 8
    found = to_builtins(read(store))
    assert {**found, "Spans": 0, "Events": 0, "Findings": 0} == {
        "Descendants": 2, "MissingSpans": 0, "Completeness": {
            "Whole": True, "Expected": 2, "Stored": 2, "Open": 0, "MissingParents": []},
        "ID": "tra_t1", "XID": "t1", "TenantID": "ten_local", "Name": "turn", "SessionID": "s1",
        "SessionName": "chat",
        "CreatedAt": "2027-01-15T08:00:00Z", "UpdatedAt": "2027-01-15T08:00:00Z",
        "Start": "2026-11-02T12:00:00Z", "End": "2026-11-02T12:00:01Z", "Open": False,
        "DurationMs": 1000, "Severity": "warning", "Failed": False, "Message": "",
        "Metadata": {"channel": "web", "n": [1, 2.0, None]},
        "SpanCount": 2, "EventCount": 2, "FindingCount": 2, "Models": ["gpt-4o"],
        "Usage": {
            "Input": {"Amount": 10, "Unit": "tokens"}, "Output": {"Amount": 2, "Unit": "tokens"},
            "Total": {"Amount": 12, "Unit": "tokens"},
        },
        "Costs": [{"Amount": 0.5, "Currency": "USD"}], "Spans": 0, "Events": 0, "Findings": 0,
    }  # fmt: skip
    first, second = found["Spans"]
    assert (first["Family"], first["FamilyData"], first["ParentID"]) == ("completion", data, None)
    assert (first["Metadata"], first["Severity"]) == ({"a": {"b": True}}, "unset")
    assert (second["ParentID"], second["Severity"], second["Message"]) == ("p1", "warning", "slow")
    assert (second["Family"], "FamilyData" in second) == ("other", False)
    assert [e["EntryID"] for e in first["Events"]] == ["n1"]
    assert [e["XID"] for e in found["Events"]] == ["e2"]
    assert [f["XID"] for f in found["Findings"]] == ["f2"]
    assert second["Findings"] == [
        {
            "ID": "fnd_f1", "XID": "f1", "TenantID": "ten_local", "TraceID": "t1", "SpanID": "p2",
            "CreatedAt": "2027-01-15T08:00:00Z", "UpdatedAt": "2027-01-15T08:00:00Z",
            "EvaluatorID": None, "Name": "score", "Value": 1, "Unit": "s", "Source": "sdk",
            "At": "2026-11-02T12:00:00.500000Z", "Comment": "c", "Description": "d",
            "EntryID": "n2", "Metadata": {"m": 1},
        }
    ]  # fmt: skip


def test_an_empty_batch_is_stored(store: SqliteStore) -> None:
    """Absent, null and empty lists hold nothing."""
    assert store.ingest(TENANT, {}) == 0
    assert store.ingest(TENANT, {"Traces": None, "Spans": [], "$schema": "x"}) == 0


def test_the_same_batch_again_changes_nothing(store: SqliteStore, clock: Clock) -> None:
    """Not even the time of the last change moves."""
    sent = body(
        sessions=[session(Name="s")],
        traces=[trace(SessionID="s1")],
        spans=[span(FamilyData={}, Metadata={}), span("p2", end=None)],
        events=[event(SpanID="p1"), event("e2", At=None)],
        findings=[finding(), finding("f2", of=None, SpanID="p1"), finding("f3", At=None)],
    )
    store.ingest(TENANT, sent)
    before = read(store), store.get_session(TENANT, "s1")
    clock.now += 1_000_000
    store.ingest(TENANT, sent)
    assert (read(store), store.get_session(TENANT, "s1")) == before


def test_later_data_updates_the_members_that_it_carries(store: SqliteStore, clock: Clock) -> None:
    """Absent and null members erase nothing; metadata and family data replace the old ones."""
    store.ingest(
        TENANT,
        body(
            sessions=[session(Name="old", Metadata={"a": 1})],
            traces=[trace(end=None, Message="m", Metadata={"a": 1, "b": 2})],
            spans=[span(end=None, Severity="error", Family="completion", FamilyData=completion())],
            events=[event(EntryID="n")],
            findings=[finding(value=1, Unit="s", Comment="c")],
        ),
    )
    clock.now += 1
    store.ingest(
        TENANT,
        body(
            sessions=[session(Metadata={"b": 2})],
            traces=[trace(Name=None, end=3, Metadata={"c": 3})],
            spans=[span(Name="renamed", end=2, Severity=None, FamilyData=None)],
            events=[event(Name="other", EntryID=None)],
            findings=[finding(value=2.5, Unit=None)],
        ),
    )
    found = read(store)
    assert (found.name, found.open_, found.message, found.metadata) == (
        "turn",
        False,
        "m",
        {"c": 3},
    )
    assert found.updated_at > found.created_at
    (step,) = found.spans or []
    assert (step.name, step.open_, step.severity, step.family) == (
        "renamed", False, "error", "completion",
    )  # fmt: skip
    assert step.family_data == completion()
    assert step.updated_at > step.created_at
    (happened,), (score,) = found.events or [], found.findings or []
    assert (happened.name, happened.entry_id) == ("other", "n")
    assert (score.value, score.unit, score.comment) == (2.5, "s", "c")
    whole = store.get_session(TENANT, "s1")
    assert whole is not None
    assert (whole.name, whole.metadata) == ("old", {"b": 2})


def test_figures_follow_the_newest_family_and_data(store: SqliteStore) -> None:
    """Tokens and models are those of the newest data, also when the family comes later."""
    store.ingest(TENANT, body(spans=[span(FamilyData=completion(tokens=10))]))
    assert read(store).models == []
    store.ingest(TENANT, body(spans=[span(Family="completion")]))
    assert read(store).models == ["gpt-4o"]
    store.ingest(TENANT, body(spans=[span(FamilyData=completion("llama", tokens=5))]))
    found = read(store)
    assert found.models == ["llama"]
    assert to_builtins(found.usage)["Input"]["Amount"] == 5


def test_one_batch_may_name_a_thing_twice(store: SqliteStore) -> None:
    """Items of one batch count one after the other."""
    store.ingest(
        TENANT,
        body(
            traces=[trace(Message="m"), trace(Name="second")],
            spans=[span(end=None), span(Family="completion", FamilyData=completion()), span()],
            findings=[finding(value=2**70), finding(value=3)],
        ),
    )
    found = read(store)
    assert (found.name, found.message, found.span_count, found.models) == (
        "second", "m", 1, ["gpt-4o"],
    )  # fmt: skip
    assert [one.value for one in found.findings or []] == [3]


@pytest.mark.parametrize(
    "value", [1, 1.0, True, False, "1", "", 0, 0.0, 2**63, -(2**80), 1e308, 5e-324, "a\0b", "💡"]
)
def test_values_come_back_with_their_type(store: SqliteStore, value: Any) -> None:
    """Numbers, booleans and labels stay what they are, however large, also when updated."""
    for first in (value, "before", value):
        store.ingest(TENANT, body(findings=[finding(value=first)]))
    (found,) = read(store).findings or []
    assert found.value == value
    assert type(found.value) is type(value)


def test_unusual_texts_come_back(store: SqliteStore) -> None:
    """NUL characters, quotes and empty XIDs are text like any other."""
    store.ingest(
        TENANT,
        body(
            traces=[trace("", Name="a\0b", Metadata={"'; DROP TABLE trace; --": "\0"})],
            spans=[span("", of="", Name='"', FamilyData=["any", {"json": None}])],
            findings=[finding("", of="", SpanID="")],
        ),
    )
    found = read(store, "")
    assert (found.name, found.metadata) == ("a\0b", {"'; DROP TABLE trace; --": "\0"})
    (step,) = found.spans or []
    assert (step.name, step.family_data) == ('"', ["any", {"json": None}])
    assert len(step.findings or []) == 1


def test_large_integers_in_json_keep_their_digits(store: SqliteStore) -> None:
    """Metadata and family data are kept to the last digit."""
    store.ingest(TENANT, body(spans=[span(Metadata={"n": 10**40}, FamilyData={"x": -(2**64)})]))
    (step,) = read(store).spans or []
    assert (step.metadata, step.family_data) == ({"n": 10**40}, {"x": -(2**64)})


def test_times_at_the_ends_of_the_calendar(store: SqliteStore) -> None:
    """The years 1 and 9999, and datetime objects, are times like any other."""
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    store.ingest(TENANT, body(traces=[trace(Start=first, End=last)]))
    found = read(store)
    assert (found.start, found.end) == (first, last)
    assert store.list_traces(TENANT, TraceQuery()).traces[0].start == first
    assert store.totals(TENANT).traces == 1


def test_secrets_are_not_stored(store: SqliteStore, path: Path) -> None:
    """`Options.APIKey` is gone before anything is written."""
    options = {"Model": "m", "APIKey": "sk-very-secret"}
    store.ingest(TENANT, body(spans=[span(FamilyData={"Options": options})]))
    (step,) = read(store).spans or []
    assert step.family_data == {"Options": {"Model": "m"}}
    store.settle()
    store.close()
    assert b"sk-very-secret" not in path.read_bytes()


def test_text_that_sqlite_cannot_hold_refuses_its_batch_only(store: SqliteStore) -> None:
    """A lone surrogate is named as the reason; batches beside it are stored."""
    bad = store.ingest_future(TENANT, body(traces=[trace("bad", Name="\ud800")]))
    worse = store.ingest_future(TENANT, body(traces=[trace("worse", Message="\ud800")]))
    good = store.ingest_future(TENANT, body(traces=[trace("good")]))
    for future in (bad, worse):
        with pytest.raises(InvalidValueError, match="surrogate"):
            future.result()
    assert good.result() == 1
    assert [one.xid for one in store.list_traces(TENANT, TraceQuery()).traces] == ["good"]


def test_parts_before_their_trace_make_it(store: SqliteStore) -> None:
    """It starts with its earliest part, is open, and is filled in later."""
    store.ingest(TENANT, body(findings=[finding()]))
    store.ingest(TENANT, body(events=[event(At=at(0.25))]))
    store.ingest(TENANT, body(spans=[span(start=0.1, end=0.75)]))
    stub = read(store)
    assert (stub.name, stub.open_, stub.duration_ms) == ("", True, 650)
    assert (stub.span_count, stub.event_count, stub.finding_count) == (1, 1, 1)
    store.ingest(TENANT, body(traces=[trace()]))
    whole = read(store)
    assert (whole.name, whole.open_, whole.duration_ms) == ("turn", False, 1000)


def test_a_trace_may_end_before_its_spans(store: SqliteStore) -> None:
    """What was sent is answered; a duration is never negative."""
    store.ingest(TENANT, body(traces=[trace(end=-5)], spans=[span(end=-1)]))
    found = read(store)
    assert (found.end - found.start).total_seconds() == -5
    assert found.duration_ms == 0


def test_open_spans_go_on_until_the_latest_time_known_inside(store: SqliteStore) -> None:
    """Times of a span's events and of all spans under it, even when parents form a ring."""
    store.ingest(
        TENANT,
        body(
            traces=[trace(end=None)],
            spans=[
                span("p1", end=None),
                span("p2", end=None, ParentID="p1"),
                span("p3", start=1, end=4, ParentID="p2"),
                span("ring1", end=None, ParentID="ring2"),
                span("ring2", end=None, ParentID="ring1"),
                span("alone", end=None, ParentID="missing"),
            ],
            events=[event(SpanID="ring1", At=at(2)), event("e2", SpanID="missing", At=at(3))],
        ),
    )
    durations = {one.xid: one.duration_ms for one in read(store).spans or []}
    assert durations == {
        "p1": 4000, "p2": 4000, "p3": 3000, "ring1": 2000, "ring2": 2000, "alone": 0,
    }  # fmt: skip
    store.ingest(TENANT, body(spans=[span("p2", end=1)]))
    assert {one.xid: one.duration_ms for one in read(store).spans or []}["p1"] == 1000


def test_a_finding_without_a_trace_waits_for_its_span(store: SqliteStore) -> None:
    """It is under its span's trace as soon as the span is known, before or after."""
    loose = body(findings=[finding(of=None, SpanID="p1")], events=[event(of=None, SpanID="p1")])
    store.ingest(TENANT, loose)
    assert store.list_traces(TENANT, TraceQuery()).traces == []
    store.ingest(TENANT, body(spans=[span()]))
    store.ingest(TENANT, loose)
    store.ingest(TENANT, body(findings=[finding("f2", of=None, SpanID="p1")]))
    (step,) = read(store).spans or []
    assert [one.xid for one in step.findings or []] == ["f1", "f2"]
    assert [one.xid for one in step.events or []] == ["e1"]
    assert step.findings
    assert step.findings[0].trace_id == "t1"
    assert (read(store).finding_count, read(store).event_count) == (2, 1)


def test_a_finding_with_neither_trace_nor_span_is_kept_until_they_are_named(
    store: SqliteStore,
) -> None:
    """It is in its series at once, and in its trace when a later batch names it."""
    store.ingest(TENANT, body(findings=[finding(of=None, Comment="kept")]))
    assert [name.name for name in store.finding_names(TENANT).names] == ["score"]
    store.ingest(TENANT, body(findings=[finding(of="t1")]))
    (found,) = read(store).findings or []
    assert (found.comment, found.span_id) == ("kept", UNSET)
    assert store.check().ok


def test_a_finding_of_a_span_that_never_comes_is_with_its_trace(store: SqliteStore) -> None:
    """Nothing that names a trace is out of reach."""
    store.ingest(TENANT, body(traces=[trace()], findings=[finding(SpanID="missing")]))
    (found,) = read(store).findings or []
    assert found.span_id == "missing"


def test_a_span_that_names_another_trace_moves_with_all_that_it_has(store: SqliteStore) -> None:
    """The last word counts; both traces count anew."""
    store.ingest(
        TENANT,
        body(
            traces=[trace(), trace("t2")],
            spans=[span(Family="completion", FamilyData=completion())],
            events=[event(SpanID="p1")],
            findings=[finding(SpanID="p1"), finding("f2")],
        ),
    )
    store.ingest(TENANT, body(spans=[span(of="t2")]))
    old, new = read(store), read(store, "t2")
    assert (old.span_count, old.event_count, old.finding_count, old.models) == (0, 0, 1, [])
    assert (new.span_count, new.event_count, new.finding_count) == (1, 1, 1)
    assert new.models == ["gpt-4o"]
    assert store.check().ok


def test_a_trace_may_change_its_session(store: SqliteStore) -> None:
    """Sessions come before or after their traces; the newest one named has the trace."""
    store.ingest(TENANT, body(traces=[trace(SessionID="s1")]))
    store.ingest(TENANT, body(sessions=[session("s1", Name="first")]))
    store.ingest(TENANT, body(traces=[trace(SessionID="s2")]))
    counts = {
        one.xid: one.trace_count for one in store.list_sessions(TENANT, SessionQuery()).sessions
    }
    assert counts == {"s1": 0, "s2": 1}


def test_tenants_do_not_see_each_other(store: SqliteStore) -> None:
    """The same XIDs of two tenants are two things."""
    everything = body(
        traces=[trace(SessionID="s1")], spans=[span()], events=[event()], findings=[finding()]
    )
    store.ingest("a", everything)
    store.ingest("b", everything)
    store.ingest("b", body(traces=[trace(Name="mine")]))
    assert store.delete_trace("nobody", "t1") is False
    mine, theirs = store.get_trace("b", "t1"), store.get_trace("a", "t1")
    assert mine is not None
    assert theirs is not None
    assert (mine.name, theirs.name) == ("mine", "turn")
    assert mine.tenant_id == "ten_b"
    assert store.get_trace("nobody", "t1") is None
    assert store.get_session("nobody", "s1") is None
    assert store.list_traces("nobody", TraceQuery()).traces == []
    assert store.delete_trace("b", "t1")
    assert store.get_trace("a", "t1") == theirs


def test_severity_tells_failure(store: SqliteStore) -> None:
    """The gravest of a trace and its spans counts; unknown words are no failure."""
    for number, (own, of_span, worst, failed) in enumerate(
        [
            (None, "error", "error", True),
            ("CRITICAL", "error", "CRITICAL", True),
            ("warning", "strange", "warning", False),
            ("unset", "strange", "strange", False),
            (None, None, "unset", False),
        ]
    ):
        xid = f"t{number}"
        step = span(f"p{number}", of=xid, Severity=of_span)
        store.ingest(TENANT, body(traces=[trace(xid, Severity=own)], spans=[step]))
        found = read(store, xid)
        assert (found.severity, found.failed) == (worst, failed)


def euros(amount: Any) -> dict[str, Any]:
    """Money."""
    return {"Amount": amount, "Currency": "EUR"}


@pytest.mark.parametrize(
    ("cost", "expected"),
    [
        ({"Total": euros(3), "Input": euros(1)}, 3),
        ({"Input": euros(1), "Output": euros(1)}, 2),
        ({"Output": euros(0.25)}, 0.25),
        ({"Input": euros(1), "Output": {"Amount": 1, "Currency": "USD"}}, None),
        ({"Total": euros(True)}, None),
        ({"Total": "much"}, None),
        ("much", None),
    ],
)  # fmt: skip
def test_cost_is_the_total_or_the_sum_of_its_parts(
    store: SqliteStore, cost: Any, expected: float | None
) -> None:
    """Other shapes are kept as sent and add nothing."""
    data: dict[str, Any] = {
        "Cost": cost,
        "Options": [],
        "Usage": {"Input": {"Amount": 1, "Unit": "characters"}},
    }
    store.ingest(TENANT, body(spans=[span(Family="embeddings", FamilyData=data)]))
    found = read(store)
    assert [money.amount for money in found.costs] == ([] if expected is None else [expected])
    assert to_builtins(found.usage) == {}


def test_sums_stay_finite(store: SqliteStore) -> None:
    """However large the amounts, a sum is a number that JSON can hold."""
    data = completion(tokens=1e308, cost=1e308)
    store.ingest(
        TENANT,
        body(spans=[span(f"p{n}", Family="completion", FamilyData=data) for n in range(3)]),
    )
    found = read(store)
    assert found.costs[0].amount == 1.7e308
    assert store.totals(TENANT).costs[0].amount == 1.7e308


def test_nothing_is_stored_twice_in_the_file(store: SqliteStore, path: Path) -> None:
    """A batch that two clients send at once is one set of rows."""
    sent = body(traces=[trace()], spans=[span()], findings=[finding()])
    for future in [store.ingest_future(TENANT, sent) for _ in range(20)]:
        assert future.result() == 3
    connection = sqlite3.connect(path)
    for table in ("trace", "span", "finding"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)
    connection.close()
