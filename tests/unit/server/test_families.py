"""Family data where the document wants it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from modelmetry_api.models import FullTrace, Span, Usage
from modelmetry_api.types import UNSET, encode_json

from modelmetry.server.families import LARGEST_MENDED, Families, without
from modelmetry.server.operations import load_spec

FAMILIES = Families(load_spec()[1])
TIME = datetime(2026, 11, 2, tzinfo=UTC)
MEMBERS = ("Completion", "Retrieval", "Embeddings", "Other", "FamilyData")


def span(family: str, data: Any) -> Span:
    """A span as the store answers it."""
    return Span(
        id="spn_s",
        xid="s",
        tenant_id="ten_local",
        created_at=TIME,
        updated_at=TIME,
        trace_id="t",
        parent_id=None,
        name="n",
        family=family,
        start=TIME,
        end=TIME,
        open_=False,
        duration_ms=0,
        severity="unset",
        message="",
        metadata={},
        events=[],
        findings=[],
        family_data=data,
    )


def shaped(family: str, data: Any) -> dict[str, Any]:
    """The family members that are answered, as they go over the wire."""
    wire = orjson.loads(encode_json(FAMILIES.span(span(family, data))))
    return {name: wire[name] for name in MEMBERS if name in wire}


MESSAGE = {"Role": "user", "Contents": [{"Text": "hello"}]}
DOCUMENT = {"Identifier": "d", "Title": "t", "ContentType": "text/plain"}


@pytest.mark.parametrize(
    ("family", "member", "data"),
    [
        ("completion", "Completion", {"Messages": [MESSAGE], "Options": {"Temperature": 1}}),
        ("completion", "Completion", {}),
        ("retrieval", "Retrieval", {"Queries": None, "Documents": [DOCUMENT]}),
        ("embeddings", "Embeddings", {"Inputs": ["a"], "Options": {}}),
        ("other", "Other", {}),
    ],
)
def test_data_of_the_familys_shape_is_answered_under_the_family(
    family: str, member: str, data: Any
) -> None:
    """And nowhere else."""
    assert shaped(family, data) == {member: data}


@pytest.mark.parametrize(
    ("sent", "rest"),
    [
        (
            {"Options": {"Model": "m", "Temperature": 1.5}, "Messages": [MESSAGE]},
            {"Options": {"Model": "m"}, "Messages": [MESSAGE]},
        ),
        ({"Options": {"Odd": 1}, "Extra": {"a": 1}}, {"Options": {}}),
        ({"Options": {"Functions": ["a", 1]}}, {"Options": {}}),
        ({"Messages": [MESSAGE | {"Refusal": None}]}, {"Messages": [MESSAGE]}),
        ({"Messages": [{"Role": "odd"}], "Options": {}}, {"Options": {}}),
        (
            {"Messages": [{"Role": "user", "Contents": [{"Text": "a", "Odd": 1}]}]},
            {"Messages": [{"Role": "user", "Contents": [{"Text": "a"}]}]},
        ),
    ],
)
def test_faulty_members_are_left_out_and_the_whole_is_answered_besides(
    sent: Any, rest: Any
) -> None:
    """What was sent is answered exactly, what can be shown is answered in shape."""
    assert shaped("completion", sent) == {"Completion": rest, "FamilyData": sent}


@pytest.mark.parametrize(
    ("family", "data"),
    [
        ("retrieval", {"Queries": []}),
        ("completion", [1, 2]),
        ("completion", "text"),
        ("completion", 5),
        ("agent", {"Anything": 1}),
        ("completion", {"Messages": [{"Odd": "x" * 10}] * (LARGEST_MENDED // 10)}),
    ],
)
def test_data_of_another_shape_is_answered_as_it_was_sent(family: str, data: Any) -> None:
    """Also that of an unknown family, and what is too large to be mended quickly."""
    assert shaped(family, data) == {"FamilyData": data}


def test_a_number_that_python_cannot_hold_is_answered_as_it_was_sent() -> None:
    """It fits the schema, where integers have no end, but not the model."""
    data = {"Options": {"Seed": 1e300}}

    assert shaped("completion", data)["FamilyData"] == data


@pytest.mark.parametrize("data", [None, UNSET])
def test_without_data_a_family_that_requires_nothing_is_empty(data: Any) -> None:
    """Others are absent."""
    assert shaped("completion", data) == {"Completion": {}}
    assert shaped("other", data) == {"Other": {}}
    assert shaped("retrieval", data) == {}


def test_all_spans_of_a_trace_are_shaped() -> None:
    """The rest of the trace stays as it is."""
    trace = FullTrace(
        id="tra_t",
        xid="t",
        tenant_id="ten_local",
        created_at=TIME,
        updated_at=TIME,
        name="n",
        start=TIME,
        end=TIME,
        open_=False,
        duration_ms=0,
        severity="unset",
        failed=False,
        message="",
        metadata={},
        span_count=1,
        event_count=0,
        finding_count=0,
        models=[],
        usage=Usage(),
        costs=[],
        spans=[span("other", {})],
        events=[],
        findings=[],
    )

    wire = orjson.loads(encode_json(FAMILIES.trace(trace)))

    assert wire["Spans"][0]["Other"] == {}
    assert (wire["XID"], wire["Name"]) == ("t", "n")


LEFT_OUT: list[tuple[Any, list[str | int], Any]] = [
    ({"a": 1, "b": 2}, ["a"], {"b": 2}),
    ({"a": {"b": 1}}, ["a", "b"], {"a": {}}),
    ({"a": [1, 2]}, ["a", 1], {}),
    ({"a": [{"b": 1}]}, ["a", 0, "b"], {"a": [{}]}),
    ({"a": [{"b": 1}]}, ["a", 5, "b"], {"a": [{"b": 1}]}),
    ({"a": 1}, ["b"], {"a": 1}),
    ({"a": 1}, [], {"a": 1}),
    ({"a": 1}, ["a", "b"], {"a": 1}),
    ([1], ["a"], [1]),
]


@pytest.mark.parametrize(("value", "path", "expected"), LEFT_OUT)
def test_a_member_is_left_out_of_a_copy(value: Any, path: list[str | int], expected: Any) -> None:
    """An item of a list takes the member above it along; what is not there is no error."""
    assert without(value, path) == expected


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["Messages", "Options", "Usage", "Cost", "Documents", "Odd"])


@given(st.sampled_from(["completion", "retrieval", "embeddings", "other", "odd"]), JSON)
def test_any_data_is_answered_somehow(family: str, data: Any) -> None:
    """What was sent is never lost: it is under the family, or as it was sent."""
    assert data is None or list(shaped(family, data).values())[-1] == data


@given(st.dictionaries(NAMES, JSON))
def test_any_object_of_a_completion_is_answered_somehow(data: dict[str, Any]) -> None:
    """Whatever stands under its names."""
    assert list(shaped("completion", data).values())[-1] == data
