"""From recorded signals to the contract's models and their JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from modelmetry_api.models import IngestSignalsV1RequestBody
from modelmetry_api.types import decode_json

from modelmetry.delivery.packed import KINDS
from modelmetry.delivery.sink import Batch
from modelmetry.signals.families import CompletionData, EmbeddingsData, Message, TextPart
from modelmetry.signals.records import (
    EventRecord,
    FindingRecord,
    SessionRecord,
    Signal,
    SpanRecord,
    TraceRecord,
)
from modelmetry.signals.values import EPOCH
from modelmetry.wire.body import encode, to_document
from modelmetry.wire.measurements import KINDS_OF
from modelmetry.wire.times import moment
from tests.builders import a_trace
from tests.unit.delivery.cast import event, finding, session, span, trace
from tests.unit.wire.strategies import batches

FAMILY_MODELS = {
    "completion": "CompletionFamilyData",
    "retrieval": "RetrievalFamilyData",
    "embeddings": "EmbeddingsFamilyData",
}


@cache
def validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    spec = json.loads((files("modelmetry_api") / "spec.json").read_text())
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": spec["components"]},
        validate_formats=True,
    )


def read(signals: list[Signal]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(encode(Batch.of(signals)))
    return document


@settings(deadline=None)
@given(batches)
def test_every_batch_fits_the_contract(signals: list[Signal]) -> None:
    """The body is valid, and so is the data of every family, which the body leaves open."""
    document = read(signals)
    validator("IngestSignalsV1RequestBody").validate(document)
    for sent in document.get("Spans", []):
        if sent["Family"] in FAMILY_MODELS:
            validator(FAMILY_MODELS[sent["Family"]]).validate(sent["FamilyData"])


@settings(deadline=None)
@given(batches)
def test_every_signal_is_sent_once_in_the_list_of_its_kind(signals: list[Signal]) -> None:
    """What spans and traces carry is listed beside what travels alone; nothing is left out."""
    document = read(signals)
    sent = [(kind, item["XID"]) for kind in KINDS for item in document.get(kind, [])]
    assert sorted(sent) == sorted(kind_and_xid(signals))


def test_a_weight_is_sent_when_it_is_not_one() -> None:
    """Published servers refuse members that they do not know."""
    document = read([a_trace(), a_trace(weight=20.0)])
    assert [trace.get("Weight") for trace in document["Traces"]] == [None, 20]


def kind_and_xid(signals: list[Signal]) -> list[tuple[str, str]]:
    kinds = {
        SessionRecord: "Sessions",
        TraceRecord: "Traces",
        SpanRecord: "Spans",
        FindingRecord: "Findings",
        EventRecord: "Events",
        **KINDS_OF,
    }
    found = [(kinds[type(signal)], signal.xid) for signal in signals]
    for carrier in signals:
        if isinstance(carrier, (SpanRecord, TraceRecord)):
            found += [("Findings", fact.xid) for fact in carrier.findings]
            found += [("Events", fact.xid) for fact in carrier.events]
    return found


@settings(deadline=None)
@given(batches)
def test_json_document_and_model_say_the_same(signals: list[Signal]) -> None:
    """What a server reads, what the local store gets and what the model holds are equal."""
    batch = Batch.of(signals)
    from_json = json.loads(encode(batch))
    assert to_document(batch) == from_json
    again = decode_json(encode(batch), IngestSignalsV1RequestBody)
    assert json.loads(encode(batch)) == json.loads(json.dumps(builtins_of(again), default=as_text))


def builtins_of(model: object) -> Any:
    return msgspec.to_builtins(model, builtin_types=(datetime,))


def as_text(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat(timespec="microseconds").replace("+00:00", "Z")


@settings(deadline=None)
@given(batches)
def test_the_estimate_is_near_the_truth(signals: list[Signal]) -> None:
    """Sizes of batches are planned with it: within a factor of three, and some room."""
    batch = Batch.of(signals)
    size = len(encode(batch))
    assert size <= 3 * batch.approximate_bytes + 100
    assert batch.approximate_bytes <= 3 * size + 100


def test_a_plain_finding_sends_only_what_the_published_api_knows() -> None:
    """A member that is not used is not sent: an older server refuses what it does not know."""
    assert set(read([finding()])["Findings"][0]) == {
        "XID",
        "TraceID",
        "Name",
        "Value",
        "At",
        "Source",
    }
    assert set(read([trace()])["Traces"][0]) == {"XID", "Name", "Start", "End"}


def test_metadata_that_was_emptied_is_sent_as_empty() -> None:
    """Left out it would leave what is stored as it was."""
    emptied = trace()
    emptied.metadata = {}
    assert read([emptied])["Traces"][0]["Metadata"] == {}


def test_every_member_of_a_finding_is_sent_when_it_is_used() -> None:
    """Unit, comment, description, metadata and the span."""
    full = FindingRecord(
        "f-1", "t-1", "s-1", "cost", 0.5, 0, "EUR", "seen", "why", "annotation", {"by": "night"}
    )
    assert read([full])["Findings"] == [
        {
            "XID": "f-1",
            "TraceID": "t-1",
            "SpanID": "s-1",
            "Name": "cost",
            "Value": 0.5,
            "Unit": "EUR",
            "At": "1970-01-01T00:00:00.000000Z",
            "Source": "annotation",
            "Comment": "seen",
            "Description": "why",
            "Metadata": {"by": "night"},
        }
    ]


@pytest.mark.parametrize("value", [True, False, 0, 1, -7, 0.25, "safe", ""])
def test_the_type_of_a_value_survives(value: float | str) -> None:
    """True is not 1, and 1.0 stays a number."""
    sent = read([finding(value=value)])["Findings"][0]["Value"]  # type: ignore[arg-type]
    assert sent == value
    assert isinstance(sent, bool) == isinstance(value, bool)


def test_an_open_span_says_so() -> None:
    """Its end is null; an open trace leaves it out."""
    running, going = span(), trace()
    running.end_ns = going.end_ns = None
    document = read([running, going])
    assert document["Spans"][0]["End"] is None
    assert "End" not in document["Traces"][0]


def test_an_embeddings_span_always_has_options() -> None:
    """The contract requires the member, empty or not."""
    embedded = span()
    embedded.family, embedded.data = "embeddings", EmbeddingsData(["text"])
    assert read([embedded])["Spans"][0]["FamilyData"] == {"Inputs": ["text"], "Options": {}}


def test_a_tool_message_always_names_its_call() -> None:
    """The member is required, perhaps empty."""
    told = span()
    told.family, told.data = "completion", CompletionData([Message("tool", [TextPart("{}")])])
    assert read([told])["Spans"][0]["FamilyData"]["Messages"] == [
        {"Role": "tool", "Contents": [{"Text": "{}"}], "ToolCallID": ""}
    ]


def test_an_empty_batch_is_an_empty_object() -> None:
    """No list is sent for what there is none of."""
    assert encode(Batch.of([])) == b"{}"


@pytest.mark.parametrize(
    ("odd", "sent"),
    [
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        (2**70, "<number that JSON cannot hold>"),
        pytest.param(10**5000, "<number that JSON cannot hold>", id="5,001 digits"),
        (object(), "<object that JSON cannot hold>"),
        ({"inner": object()}, {"inner": "<object that JSON cannot hold>"}),
        ({("a", 1): 2}, {"('a', 1)": 2}),
        (["kept", 1, True, None, 2.5], ["kept", 1, True, None, 2.5]),
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00Z"),
    ],
)
def test_a_value_that_json_cannot_hold_costs_only_itself(odd: object, sent: object) -> None:
    """Guards at the door let none through; if one slips by, the batch still travels whole."""
    poisoned = event()
    poisoned.metadata = {"odd": odd, "surrogate": "\udfff"}
    document = read([poisoned, finding(), session()])
    assert document["Events"][0]["Metadata"] == {"odd": sent, "surrogate": "\ufffd"}
    assert len(document["Findings"]) == len(document["Sessions"]) == 1


@pytest.mark.parametrize(("number", "sent"), [(float("nan"), "nan"), (float("-inf"), "-inf")])
def test_the_slow_way_writes_numbers_that_json_lacks_as_text(number: float, sent: str) -> None:
    """A null would pass for a missing value."""
    poisoned = event()
    poisoned.metadata = {"number": number, "surrogate": "\udfff"}
    assert read([poisoned])["Events"][0]["Metadata"]["number"] == sent


def test_a_value_that_contains_itself_ends_somewhere() -> None:
    """Both as JSON and as a document for the local store."""
    cyclic: dict[str, Any] = {"name": "loop"}
    cyclic["again"] = cyclic
    poisoned = event()
    poisoned.metadata = cyclic
    batch = Batch.of([poisoned])
    assert b"<deeper than" in encode(batch)
    assert "<deeper than" in str(to_document(batch))


def test_times_keep_their_microseconds() -> None:
    """Nanoseconds are cut off, also before 1970."""
    assert moment(1_763_700_000_123_456_789) == "2025-11-21T04:40:00.123456Z"
    assert moment(-1) == "1969-12-31T23:59:59.999999Z"


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_moment_of_the_calendar_is_written_as_iso_8601(at: datetime) -> None:
    """Also the second time, when its second is known."""
    nanoseconds = (at - EPOCH) // timedelta(microseconds=1) * 1_000
    written = at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    assert (moment(nanoseconds), moment(nanoseconds + 999)) == (written, written)


def test_times_beyond_the_calendar_become_the_nearest_one() -> None:
    """A broken clock does not cost the signal."""
    assert moment(10**30) == "9999-12-31T23:59:59.999999Z"
    assert moment(-(10**30)) == "0001-01-01T00:00:00.000000Z"
