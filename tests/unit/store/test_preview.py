"""What a list shows of a trace's input, output and failure, and of the metadata in use."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from modelmetry_api.models import TracePreview
from modelmetry_api.types import UNSET

from modelmetry.store.queries import TraceQuery
from modelmetry.store.sqlite import preview, read_metadata
from modelmetry.store.sqlite.encode import encode_json
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import NOON, TENANT, body, span, trace

Item = dict[str, Any]
HOUR = 3600


def said(role: str, *texts: str, **members: Any) -> Item:
    """A message."""
    return {"Role": role, "Contents": [{"Text": text} for text in texts], **members}


def called(xid: str, start: float, *messages: Item, **members: Any) -> Item:
    """A completion."""
    data = {"Messages": [*messages]}
    return span(xid, start=start, Family="completion", FamilyData=data, **members)


def shown(store: SqliteStore, *spans: Item, **members: Any) -> TracePreview:
    """The preview of a trace with these spans."""
    store.ingest(TENANT, body(traces=[trace(**members)], spans=list(spans)))
    (found,) = store.list_traces(TENANT, TraceQuery(include_preview=True)).traces
    assert found.preview is not UNSET
    return found.preview


ASKED, ANSWERED = said("user", "Where is my parcel?"), said("assistant", "On its way.")


def test_a_turn_shows_its_question_and_its_answer(store: SqliteStore) -> None:
    """Not the turns before it, nor what a later check of the answer says."""
    found = shown(
        store,
        called("plan", 0.1, said("user", "Hi"), said("assistant", "?"), ASKED, said("assistant")),
        called("answer", 0.3, ASKED, said("tool", "{}", ToolCallID="1"), ANSWERED),
        called("check", 0.5, said("user", "Is it safe?"), said("assistant", "0.98")),
    )  # fmt: skip
    assert found == TracePreview(input_="Where is my parcel?", output="On its way.")


def test_spans_come_in_any_order_and_their_times_tell(store: SqliteStore) -> None:
    """The first question, and the last answer to it."""
    found = shown(
        store,
        called("b", 0.9, ASKED, said("assistant", "Delivered.")),
        called("a", 0.1, ASKED, said("assistant", "Let me look.")),
    )
    assert (found.input_, found.output) == ("Where is my parcel?", "Delivered.")


def test_without_an_answer_to_it_the_last_answer_is_shown(store: SqliteStore) -> None:
    """Such as of a chain whose steps say something else each time."""
    found = shown(store, called("a", 0.1, ASKED), called("b", 0.2, said("user", "x"), ANSWERED))
    assert (found.input_, found.output) == ("Where is my parcel?", "On its way.")


@pytest.mark.parametrize(
    ("family", "data", "expected"),
    [("retrieval", {"Queries": [{"TextRepresentation": " "}, {"TextRepresentation": "tea"}],
                    "Documents": None}, "tea"),
     ("embeddings", {"Inputs": ["tea", "pot"], "Options": {}}, "tea"),
     ("other", {"Queries": ["tea"]}, UNSET)],
)  # fmt: skip
def test_without_a_completion_the_first_query_went_in(
    store: SqliteStore, family: str, data: Item, expected: Any
) -> None:
    """Of a retrieval or of embeddings."""
    found = shown(store, span(Family=family, FamilyData=data))
    assert (found.input_, found.output) == (expected, UNSET)


def test_a_failed_trace_says_why_by_its_own_words_or_those_of_a_span(store: SqliteStore) -> None:
    """Its own first, then those of its first failed span."""
    spans = [
        span("p3", start=0.3, Severity="error", Message="late", Name="answer"),
        span("p2", start=0.2, Severity="error", Message="boom", Name="search"),
        span("p1", start=0.1, Severity="info", Message="fine"),
    ]
    assert shown(store, *spans).failure == "search: boom"
    assert shown(store, Severity="error", Message="all gone").failure == "all gone"


def test_what_did_not_fail_says_nothing_of_a_failure(store: SqliteStore) -> None:
    """Whatever messages it has."""
    found = shown(store, span(Message="slow", Severity="warning"), Severity="info", Message="hm")
    assert found.failure is UNSET


def test_texts_are_cut_and_vast_ones_left_out(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a page of the list stays small, whatever was said."""
    assert shown(store, called("a", 0, said("user", "x" * 1000))).input_ == "x" * preview.LONGEST
    monkeypatch.setattr(preview, "_MOST_BYTES", 1000)
    assert shown(store).input_ is UNSET


def test_of_a_vast_trace_the_edges_and_the_failures_tell(store: SqliteStore) -> None:
    """Its middle is not read, but what failed there is found."""
    middle = [span(f"m{n:04}", start=1 + n / 1000) for n in range(1000)]
    middle[500] |= {"Severity": "error", "Message": "boom"}
    found = shown(
        store,
        called("a", 0.1, ASKED),
        *middle,
        called("z", 5, ASKED, ANSWERED),
        end=6,
        Severity="error",
    )
    assert found == TracePreview(
        input_="Where is my parcel?", output="On its way.", failure="step: boom"
    )


def test_spans_of_one_moment_come_in_the_order_of_their_ids(store: SqliteStore) -> None:
    """Texts before UUIDs, as the store has them; and a completion that is not read whole counts."""
    uuid = "00000000-0000-0000-0000-000000000001"
    some = [called(xid, 0.1, said("user", xid), said("assistant", xid)) for xid in (uuid, "b", "a")]
    odd = [called("c", 0.1, {"Role": 1, "Contents": [7]}, ASKED, ANSWERED)]
    assert shown(store, *some).input_ == "a"
    assert shown(store, *some).output == "a"
    assert shown(store, *odd, called("a", 0.1, ASKED)).output == "On its way."


NAMES = ["Messages", "Role", "Contents", "Text", "Queries", "TextRepresentation", "Inputs"]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["user", "assistant", "tea"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
        | st.fixed_dictionaries({"Messages": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"Role": inner, "Contents": st.lists(inner, max_size=3)})
    ),
    max_leaves=20,
)


@given(anything)
def test_family_data_may_be_any_json(data: Any) -> None:
    """What is not as it should be says nothing, and a preview is text or nothing."""
    turn = preview._turn(data)  # pyright: ignore[reportPrivateUsage]
    assert turn == preview._turn_of(encode_json(data))  # pyright: ignore[reportPrivateUsage]
    assert isinstance(turn.said, str)
    assert isinstance(turn.answered, str)
    for family in ("retrieval", "embeddings"):
        assert isinstance(preview._query(data, family), str)  # pyright: ignore[reportPrivateUsage]


def test_only_who_asks_is_shown_a_preview(store: SqliteStore) -> None:
    """It costs as much as the rest of the list."""
    store.ingest(TENANT, body(traces=[trace()]))
    (found,) = store.list_traces(TENANT, TraceQuery()).traces
    assert found.preview is UNSET


def test_metadata_in_use_is_counted_by_key_and_value(store: SqliteStore) -> None:
    """As a filter compares it; of the range only; the most frequent first."""
    several = [
        trace("t1", Metadata={"release": "1", "beta": True}),
        trace("t2", Metadata={"release": "1"}),
        trace("t3", Metadata={"release": "2", "note": "x" * 201}),
        trace("t4"),
        trace("t5", start=-HOUR, Metadata={"release": "0"}),
    ]
    store.ingest(TENANT, body(traces=several))
    found = store.metadata_names(TENANT, NOON)
    assert (found.traces, found.sampled) == (4, False)
    assert [(one.key, one.traces, one.distinct_values) for one in found.keys] == [
        ("release", 3, 2), ("beta", 1, 1), ("note", 1, 1),
    ]  # fmt: skip
    assert [(one.value, one.traces) for one in found.keys[0].values] == [("1", 2), ("2", 1)]
    assert [one.value for one in found.keys[1].values] == ["true"]
    assert found.keys[2].values == []
    assert store.metadata_names("nobody").keys == []


def test_of_many_traces_some_of_each_part_are_looked_at(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a release is seen that was there for a short while, and long ago."""
    monkeypatch.setattr(read_metadata, "MOST_TRACES", 200)
    several = [
        trace(f"t{n}", start=n, Metadata={"release": "bad" if n in range(100, 115) else "good"})
        for n in range(1000)
    ]
    store.ingest(TENANT, body(traces=several))
    found = store.metadata_names(TENANT)
    assert (found.traces, found.sampled) == (200, True)
    assert {one.value for one in found.keys[0].values} == {"good", "bad"}
