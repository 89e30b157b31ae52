"""What does not fit the document."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from modelmetry_api.types import UNSET

from modelmetry.server.faults import (
    MOST_FAULTS,
    DocumentCheck,
    compile_schema,
    location,
    shortened,
)
from modelmetry.server.operations import load_spec

SPEC = load_spec()[1]
BODY = "#/components/schemas/IngestSignalsV1RequestBody"
CHECK = DocumentCheck(SPEC, BODY)
WHOLE = compile_schema({"$ref": BODY}, SPEC)
START = "2026-11-02T09:30:00Z"
SPAN = {"XID": "s", "TraceID": "t", "Name": "n", "Start": START, "End": None}
FINDING = {"XID": "f", "Name": "n", "Value": 1}


def told(document: Any) -> list[tuple[str | None, str]]:
    """Place and message of each fault."""
    return [(fault.location, fault.message) for fault in CHECK.faults(document)]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"Spans": None, "Traces": []},
        {"Spans": [SPAN]},
        {"$schema": "https://example.com/schema.json"},
        {"Findings": [FINDING | {"Value": value} for value in (1, 1.5, True, "text")]},
        {"Traces": [{"XID": "", "Start": "2016-12-31T23:59:60.123456789-00:00"}]},
    ],
)
def test_what_fits_has_no_faults(document: dict[str, Any]) -> None:
    """All that real clients send."""
    assert CHECK.faults(document) == []


def test_each_fault_names_its_place_and_says_what_is_expected() -> None:
    """Deep inside the document, with the nearest name for one that is not known."""
    time = "must be a time such as 2026-11-02T09:30:00Z, with an offset (RFC 3339)"
    document = {
        "Trace": [],
        "Spans": [SPAN, SPAN | {"TraceID": 5, "Start": "2026-11-02T09:30:00", "xid": 1}],
        "Events": {"Name": "n"},
        "Findings": [
            FINDING | {"Value": None},
            FINDING | {"Source": "me"},
            FINDING | {"Value": [1]},
            {},
        ],
    }

    assert sorted(told(document)) == [
        ("body.Events", "must be null or array, not object"),
        ("body.Findings[0].Value", "must be number or boolean or string, not null"),
        ("body.Findings[1].Source", "must be one of annotation, evaluator, sdk, null"),
        ("body.Findings[2].Value", "must be number or boolean or string, not array"),
        ("body.Findings[3].Name", "is required"),
        ("body.Findings[3].Value", "is required"),
        ("body.Findings[3].XID", "is required"),
        ("body.Spans[1].Start", time),
        ("body.Spans[1].TraceID", "must be string, not number"),
        ("body.Spans[1].xid", "is not known; did you mean XID?"),
        ("body.Trace", "is not known; did you mean Traces?"),
    ]


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ([], "array"),
        (None, "null"),
        (True, "boolean"),
        (1, "number"),
        ("{}", "string"),
    ],
)
def test_a_document_that_is_no_object_is_told_so(document: Any, kind: str) -> None:
    """At the place of the whole body."""
    assert told(document) == [("body", f"must be object, not {kind}")]


def test_the_search_ends_after_twenty_faults() -> None:
    """A batch of a hundred thousand faulty items is answered as fast as any other."""
    nothing: dict[str, Any] = {}
    document = {"Spans": [nothing] * 100_000}

    faults = CHECK.faults(document)

    assert len(faults) == 20
    assert faults[-1].location == "body.Spans[3].End"


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (["Name"], 5, 5),
        (["Name"], "x" * 200, "x" * 99 + "…"),
        (["Name"], {"anything": "inside"}, UNSET),
        (["Name"], ["inside"], UNSET),
        (["Options", "APIKey"], 5, UNSET),
        (["Name"], "mm_abcdef", UNSET),
        (["Name"], "Bearer abcdef", UNSET),
        (["Name"], None, None),
    ],
)
def test_values_are_shown_short_and_without_secrets(
    path: list[str], value: Any, expected: Any
) -> None:
    """Objects and lists are not shown at all, they may hold a secret far down."""
    assert shortened(path, value) == expected


def test_a_very_long_name_is_not_compared_with_ours() -> None:
    """A megabyte of it would take seconds."""
    document = {"Spanz": 1, "Spans" * 200_000: 1}

    assert sorted(told(document)) == [
        ("body.Spanz", "is not known; did you mean Spans?"),
        (f"body['{('Spans' * 16)[:79]}…']", "is not known"),
    ]


def test_odd_names_are_quoted_in_a_location() -> None:
    """So that a place can always be read."""
    assert location(["body", "Spans", 0, "a b"]) == "body.Spans[0]['a b']"
    assert location(["body", "x" * 200]) == f"body['{'x' * 79}…']"


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(
    st.dictionaries(
        st.sampled_from(["Sessions", "Traces", "Spans", "Events", "Findings", "Other"]),
        ODD | st.lists(st.dictionaries(st.sampled_from([*SPAN, "Value", "Odd"]), ODD)),
    )
)
def test_every_document_fits_or_has_a_fault(document: dict[str, Any]) -> None:
    """The search finds a fault exactly when the whole does not fit, and never fails."""
    faults = CHECK.faults(document)

    assert (faults == []) is WHOLE.is_valid(document)


LISTS = DocumentCheck(SPEC, "#/components/schemas/MetricListRequestBody")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([], ["body.Values has less than 1 item"]),
        ([1.0] * 50_001, ["body.Values has more than 50000 items"]),
        (5, ["body.Values must be array, not number"]),
        (
            [1, True, None, [[1]]],
            [
                "body.Values[1] must be number, not boolean",
                "body.Values[2] must be number, not null",
                "body.Values[3] must be number, not array",
            ],
        ),
    ],
    ids=["none", "too many", "no list", "no numbers"],
)
def test_lists_of_numbers_are_told_by_item(values: Any, said: list[str]) -> None:
    """And what is wrong with them as lists."""
    faults = LISTS.faults({"Name": "loss", "Values": values})

    assert [f"{one.location} {one.message}" for one in faults] == said


LIST = {"XID": "x", "ExecutionID": "run", "Name": "loss"}


def test_of_a_million_faults_in_a_list_of_numbers_some_are_looked_for() -> None:
    """The library would collect and describe them all; in an item of a batch for a minute."""
    values = [""] * 1_000_000

    alone = LISTS.faults({"Name": "loss", "Values": values})
    batch = CHECK.faults({"MetricLists": [LIST | {"Values": values}]})

    assert len(alone) == len(batch) == MOST_FAULTS
    assert alone[-1].location == f"body.Values[{MOST_FAULTS - 2}]"
    assert batch[-1].location == f"body.MetricLists[0].Values[{MOST_FAULTS - 2}]"


def test_of_a_million_faults_in_an_open_object_some_are_looked_for() -> None:
    """The library would collect and describe them all; and that they are too many goes first."""
    report = DocumentCheck(SPEC, "#/components/schemas/ReportClientV1RequestBody")
    dropped = {f"reason {number}": "" for number in range(1_000_000)}
    counts = dict.fromkeys(("Created", "Delivered", "Pending", "Spooled", "Recovered"), 0)
    said: dict[str, Any] = {"XID": "client", "At": START, **counts}

    faults = report.faults({**said, "Dropped": dropped})

    assert len(faults) == MOST_FAULTS
    assert (faults[0].location, faults[0].message) == (
        "body.Dropped",
        "has more than 100 properties",
    )
    assert (faults[1].location, faults[1].message) == (
        "body.Dropped['reason 0']",
        "must be integer, not string",
    )
    assert report.faults({**said, "Dropped": {"queue full": 1}}) == []
    assert [one.location for one in report.faults({**said, "Dropped": [""]})] == ["body.Dropped"]


def test_behind_the_end_of_a_list_that_is_too_long_nothing_is_looked_for() -> None:
    """That it is too long says enough, and what is there may be much."""
    values = [1.0] * 50_000 + ["much"]
    too_long = "has more than 50000 items"

    alone = LISTS.faults({"Name": "loss", "Values": values})

    assert [(fault.location, fault.message) for fault in alone] == [("body.Values", too_long)]
    assert told({"MetricLists": [LIST | {"Values": values}]}) == [
        ("body.MetricLists[0].Values", too_long)
    ]


class Asked(dict[str, Any]):
    """Schemas that note which of them were asked for."""

    def __init__(self, **schemas: Any) -> None:
        super().__init__(schemas)
        self.names: list[str] = []

    def __getitem__(self, name: str) -> Any:
        """One of them."""
        self.names.append(name)
        return super().__getitem__(name)


def test_a_validator_keeps_the_schemas_to_which_its_own_leads() -> None:
    """Through lists, beside other words and in circles; each once, and no others."""
    tree = {"items": {"$ref": "#/components/schemas/Leaf"}, "type": "array"}
    leaf = {
        "$ref": "#/components/schemas/Name",
        "properties": {"$ref": {}, "Below": {"$ref": "#/components/schemas/Tree"}},
    }
    schemas = Asked(Tree=tree, Leaf=leaf, Name={"required": ["Name"]}, Other={"type": "string"})

    check = compile_schema(
        {"$ref": "#/components/schemas/Tree"}, {"components": {"schemas": schemas}}
    )

    assert sorted(schemas.names) == ["Leaf", "Name", "Tree"]
    assert check.is_valid([{"Name": 1, "Below": [{"Name": 2}]}])
    assert not check.is_valid([{"Name": 1, "Below": [{}]}])


def test_lists_of_objects_are_known_by_name() -> None:
    """They are what a batch is counted by."""
    assert LISTS.lists_of_objects == set()
    assert CHECK.lists_of_objects >= {"Traces", "Spans", "MetricLists", "TelemetryRecords"}
