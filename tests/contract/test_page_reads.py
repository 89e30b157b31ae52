"""Reads for the page: outlines, single spans, histograms, totals over time, orders by cost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.api import Api
from tests.contract.sent import segment
from tests.contract.signals import event, finding, span, trace
from tests.contract.target import Target


def at(second: float) -> str:
    """A time of a day of its own."""
    return f"2026-11-05T10:00:{second:06.3f}Z"


def cost(amount: float, currency: str, tokens: int) -> dict[str, Any]:
    """Family data that cost something."""
    return {
        "Messages": [],
        "Options": {"Model": "gpt-4o", "Provider": "openai"},
        "Usage": {"Input": {"Amount": tokens, "Unit": "tokens"}},
        "Cost": {"Total": {"Amount": amount, "Currency": currency}},
    }


@pytest.fixture(scope="module")
def cast(api: Api, target: Target) -> dict[str, str]:
    """Four traces that cost something or nothing, the first with a tree: XIDs by a short name."""
    names = ("dollars", "euros", "free", "both", "root", "leaf")
    xids = {name: target.xid() for name in names}
    session = {"SessionID": f"{target.run}-page", "Name": f"{target.run} page"}
    traces = [
        trace(target, XID=xids[name], Start=at(n), End=at(n + 2), **session,
              Metadata={"side": "left" if n % 2 else "right"})
        for n, name in enumerate(names[:4])
    ]  # fmt: skip
    paid = {"Family": "completion", "Start": at(1), "End": at(2)}
    api.store({
        "Traces": traces,
        "Spans": [
            span(target, xids["dollars"], XID=xids["root"], Name="root", Start=at(0), End=at(2),
                 Severity="error", Message="x" * 300),
            span(target, xids["dollars"], XID=xids["leaf"], ParentID=xids["root"], Name="leaf",
                 **(paid | {"FamilyData": cost(0.5, "USD", 30), "End": None})),
            span(target, xids["euros"], **paid, FamilyData=cost(0.75, "EUR", 10)),
            span(target, xids["both"], **paid, FamilyData=cost(0.25, "USD", 20)),
            span(target, xids["both"], **paid, FamilyData=cost(9, "EUR", 0)),
        ],
        "Events": [event(target, xids["dollars"], SpanID=xids["leaf"], At=at(1.5), Name="inside"),
                   event(target, xids["dollars"], Name="own")],
        "Findings": [
            finding(target, xids["dollars"], SpanID=xids["leaf"], Name=f"{target.run}-page v",
                    Value=1),
            finding(target, xids["euros"], Name=f"{target.run}-page v", Value=3),
            finding(target, xids["free"], Name=f"{target.run}-page v", Value=9, At=at(3)),
            finding(target, xids["free"], Name=f"{target.run}-page v", Value=True),
            finding(target, xids["free"], Name=f"{target.run}-page p<0.05!", Value=0.5),
        ],
    })  # fmt: skip
    return {**xids, "session": session["SessionID"], "name": session["Name"]}


def test_an_outline_is_the_trace_without_what_is_in_its_spans(
    api: Api, cast: dict[str, str]
) -> None:
    """All members of the whole trace are the same; its spans say where they stand."""
    whole, outline = api.trace(cast["dollars"]), api.read(f"/traces/{cast['dollars']}/outline")
    for name in whole.keys() - {"Spans"}:
        assert outline[name] == whole[name], name
    root, leaf = outline["Spans"]
    assert (root["XID"], root["ParentID"], root["Failed"]) == (cast["root"], None, True)
    assert (root["StartMs"], root["DurationMs"], root["Costs"]) == (0, 2000, [])
    assert (root["Message"], root["Truncated"], "InputTokens" in root) == ("x" * 200, True, False)
    assert (leaf["ParentID"], leaf["StartMs"], leaf["Open"]) == (cast["root"], 1000, True)
    assert (leaf["Model"], leaf["Provider"], leaf["InputTokens"]) == ("gpt-4o", "openai", 30)
    assert leaf["Costs"] == [{"Amount": 0.5, "Currency": "USD"}]
    assert (leaf["EventCount"], leaf["FindingCount"], "Message" in leaf) == (1, 1, False)
    assert outline["SpanEvents"] == [{"SpanID": cast["leaf"], "Name": "inside", "AtMs": 1500}]
    assert outline["SpanEventsLeftOut"] == 0
    assert [one["Name"] for one in outline["Events"]] == ["own"]


def test_a_text_is_found_in_the_spans_that_say_it(api: Api, cast: dict[str, str]) -> None:
    """In their contents and in what is joined to them; with the place and what stands there."""
    path = f"/traces/{segment(cast['dollars'])}/matches"
    leaf = {"XID": cast["leaf"], "Place": "options", "Excerpt": "gpt-4o"}
    assert api.read(path, text="GPT-4") == {"Spans": [leaf], "More": False}
    assert api.read(path, text=["right", "Inside"])["Spans"] == []
    assert api.read(path, text=["gpt", "Inside"])["Spans"] == [leaf]
    event = {"Place": "event", "Excerpt": "own"}
    assert api.read(path, text="own") == {"Trace": event, "Spans": [], "More": False}
    (root,) = api.read(path, text="x" * 200)["Spans"]
    assert (root["XID"], root["Place"]) == (cast["root"], "failure")
    assert root["Excerpt"] == "x" * 118 + "\u2026"
    both = api.read(path, text="o")
    assert {one["XID"] for one in both["Spans"]} == {cast["root"], cast["leaf"]}
    assert api.get(f"/traces/{segment(cast['leaf'])}/matches", text="o").status_code == 404


def test_a_text_to_look_for_is_neither_missing_nor_endless(api: Api, cast: dict[str, str]) -> None:
    """Refused with the place of the fault; so are too many."""
    path = f"/traces/{segment(cast['dollars'])}/matches"
    for wrong in ({}, {"text": ""}, {"text": ["a", ""]}, {"text": "x" * 201}, {"text": ["x"] * 51}):
        answer = api.get(path, **wrong)
        assert answer.status_code == 422, wrong
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert {one["location"] for one in answer.json()["errors"]} == {"query.text"}, wrong
    assert api.get(path, text=["\u00df" * 200] * 50).status_code == 200


def test_a_span_is_the_one_in_its_trace(api: Api, cast: dict[str, str]) -> None:
    """Alone or within its trace; not within another one."""
    (_, leaf) = api.trace(cast["dollars"])["Spans"]
    path = f"/spans/{segment(cast['leaf'])}"
    assert api.read(path) == api.read(path, trace=cast["dollars"]) == leaf
    assert leaf["Completion"]["Usage"]["Input"]["Amount"] == 30
    assert api.get(path, trace=cast["euros"]).status_code == 404
    assert api.get(f"/spans/{segment(cast['dollars'])}").status_code == 404


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("-cost", ["euros", "dollars", "both", "free"]),
        ("cost", ["free", "both", "dollars", "euros"]),
        ("-tokens", ["dollars", "both", "euros", "free"]),
        ("tokens", ["free", "euros", "both", "dollars"]),
    ],
)
def test_traces_are_sorted_by_tokens_and_cost(
    api: Api, cast: dict[str, str], sort: str, expected: list[str]
) -> None:
    """Page by page; dollars count before other money, of which the largest amount does."""
    found: list[str] = []
    asked: dict[str, Any] = {"session": cast["session"], "sort": sort, "limit": 1}
    while True:
        page = api.read("/traces", **asked)
        found += [one["XID"] for one in page["Traces"]]
        if page["NextCursor"] is None:
            break
        asked["cursor"] = page["NextCursor"]
    assert found == [cast[name] for name in expected]


@pytest.mark.parametrize("written", ["!{}-page p%3C0.05%21>0.4", "!%7B-page%20p%3c0.05%21=0.5"])
def test_a_finding_of_any_name_can_be_looked_for(
    api: Api, target: Target, cast: dict[str, str], written: str
) -> None:
    """Its signs are percent-encoded behind an exclamation mark."""
    condition = written.replace("{}", target.run).replace("%7B", target.run)
    listed = api.read("/traces", session=cast["session"], finding=condition)
    assert [one["XID"] for one in listed["Traces"]] == [cast["free"]]


def test_a_histogram_counts_every_number_once(
    api: Api, target: Target, cast: dict[str, str]
) -> None:
    """In bins that adjoin; of what a filter leaves."""
    name = f"{target.run}-page v"
    found = api.read("/findings/histogram", name=name, bins=8)
    edges = [(one["From"], one["To"]) for one in found["Bins"]]
    assert edges == [(n, n + 1) for n in range(1, 9)]
    assert [one["Count"] for one in found["Bins"]] == [1, 0, 1, 0, 0, 0, 0, 1]
    assert (found["Count"], found["Numbers"]["Max"], found["Approximate"]) == (4, 9, False)
    assert found["Shares"] == [{"Value": True, "Count": 1, "Share": 1}]
    for filters, count in (
        ({"span_name": "leaf"}, 1),
        ({"model": "gpt-4o"}, 1),
        ({"model": "none"}, 0),
        ({"trace_name": cast["name"]}, 4),
        ({"metadata": "side=left"}, 1),
        ({"metadata": ["side=right", "side=left"]}, 0),
        ({"start_after": at(3)}, 1),
    ):
        asked: dict[str, Any] = {"name": name, **filters}
        assert api.read("/findings/histogram", **asked)["Count"] == count, filters
        points = api.read("/findings/series", **asked)["Points"]
        assert sum(one["Count"] for one in points) == count, filters
    (only,) = api.read("/findings/histogram", name=name, start_after=at(3))["Bins"]
    assert only == {"From": 9, "To": 9, "Count": 1}


def test_totals_over_time_say_what_started_when(
    api: Api, target: Target, cast: dict[str, str]
) -> None:
    """Of the traces of a name, with their spans; nothing of a name that there is not."""
    asked = {"start_after": at(0), "start_before": at(59), "bucket_seconds": 60}
    found = api.read("/totals/series", **asked, trace_name=cast["name"])
    (point,) = found["Points"]
    assert (found["BucketSeconds"], found["Approximate"]) == (60, False)
    assert (point["Start"], point["Traces"], point["FailedTraces"]) == (
        "2026-11-05T10:00:00Z", 4, 1,
    )  # fmt: skip
    assert (point["Spans"], point["FailedSpans"]) == (5, 1)
    assert point["TraceDurationMs"]["P50"] == 2000
    assert point["Usage"]["Input"]["Amount"] == 60
    assert point["Costs"] == [
        {"Amount": 9.75, "Currency": "EUR"}, {"Amount": 0.75, "Currency": "USD"},
    ]  # fmt: skip
    all_ = api.read("/totals/series", **asked)["Points"][0]
    assert all_["Traces"] >= 4
    assert api.read("/totals/series", **asked, trace_name=f"{target.run} none")["Points"] == []


def test_span_names_are_sorted_as_wanted(api: Api, cast: dict[str, str]) -> None:
    """The one that failed, and the slowest, come first."""
    asked = {"start_after": at(0), "start_before": at(59)}
    assert api.read("/totals", **asked, sort="failed")["SpanNames"][0]["Name"] == "root"
    assert api.read("/totals", **asked, sort="p95")["SpanNames"][0]["Name"] == "root"
    counts = [one["Spans"] for one in api.read("/totals", **asked)["SpanNames"]]
    assert counts == sorted(counts, reverse=True)


def test_a_list_shows_what_went_in_and_out_and_wrong_to_who_asks(
    api: Api, target: Target, cast: dict[str, str]
) -> None:
    """In short, from the spans; without the question there is no member."""
    xid, name = target.xid(), f"{target.run} preview"
    said = [{"Role": "user", "Contents": [{"Text": "Where is it? " * 100}]},
            {"Role": "assistant", "Contents": [{"Text": "On its way."}]}]  # fmt: skip
    data = cost(0.5, "USD", 3) | {"Messages": said}
    api.store({
        "Traces": [trace(target, XID=xid, Name=name)],
        "Spans": [span(target, xid, Family="completion", FamilyData=data),
                  span(target, xid, Name="tool", Severity="error", Message="boom")],
    })  # fmt: skip
    (found,) = api.read("/traces", name=name, include_preview="true")["Traces"]
    assert found["Preview"] == {
        "Input": ("Where is it? " * 100)[:300],
        "Output": "On its way.",
        "Failure": "tool: boom",
    }
    (plain,) = api.read("/traces", name=name)["Traces"]
    assert "Preview" not in plain
    listed = api.read("/traces", session=cast["session"], include_preview="true")["Traces"]
    assert [one["Preview"] for one in listed if one["XID"] == cast["free"]] == [{}]


def test_metadata_in_use_can_be_filtered_by(api: Api, target: Target) -> None:
    """Each value with how many traces have it; the filter finds them."""
    key, xids = f"{target.run} side", [target.xid() for _ in range(3)]
    hour = "2026-11-06T10:00:{:02}Z"
    api.store({
        "Traces": [
            trace(target, XID=xid, Start=hour.format(n), End=hour.format(n + 1),
                  Metadata={key: "left" if n else 7})
            for n, xid in enumerate(xids)
        ]
    })  # fmt: skip
    found = api.read("/names/metadata", start_after=hour.format(0), start_before=hour.format(9))
    (mine,) = [one for one in found["Keys"] if one["Key"] == key]
    assert (mine["Traces"], mine["DistinctValues"]) == (3, 2)
    assert mine["Values"] == [{"Value": "left", "Traces": 2}, {"Value": "7", "Traces": 1}]
    assert found["Traces"] >= 3
    for one in mine["Values"]:
        listed = api.read("/traces", metadata=f"{key}={one['Value']}")["Traces"]
        assert len(listed) == one["Traces"]
