"""Reads: lists, filters, pages, series and totals say what was stored."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.api import Api
from tests.contract.signals import event, finding, span, trace
from tests.contract.target import Target


@pytest.fixture(scope="module")
def cast(api: Api, target: Target) -> dict[str, str]:
    """Six traces in a session of their own: XIDs by a short name."""
    xids = {name: target.xid() for name in ("quick", "slow", "failed", "model", "found", "open")}
    session = f"{target.run}-reads"

    def one(name: str, second: int, milliseconds: int, **members: Any) -> dict[str, Any]:
        end = f"2026-11-03T08:00:{second + milliseconds // 1000:02}.{milliseconds % 1000:03}Z"
        start = f"2026-11-03T08:00:{second:02}Z"
        return trace(
            target,
            XID=xids[name],
            Name=f"{target.run} {name}",
            SessionID=session,
            Start=start,
            **{
                "End": end,
                "Metadata": {"run": target.run, "kind": name, "n": 42, "t": True},
                **members,
            },
        )

    usage = {"Input": {"Amount": 40, "Unit": "tokens"}, "Output": {"Amount": 2, "Unit": "tokens"}}
    options = {"Model": f"{target.run}-gpt", "Provider": "openai"}
    api.store({
        "Sessions": [{"XID": session, "Name": f"{target.run} reads", "Metadata": {"a": 1}}],
        "Traces": [
            one("quick", 0, 1), one("slow", 1, 9_000), one("failed", 2, 500),
            one("model", 3, 500), one("found", 4, 500), one("open", 5, 500, End=None),
        ],
        "Spans": [
            span(target, xids["failed"], Severity="error", Name=f"{target.run} broken"),
            span(target, xids["model"], Family="completion", Name=f"{target.run} llm",
                 FamilyData={"Messages": [{"Role": "user",
                                           "Contents": [{"Text": "Zebrafish, where?"}]}],
                             "Options": options, "Usage": usage,
                             "Cost": {"Total": {"Amount": 0.25, "Currency": "EUR"}}}),
        ],
        "Events": [event(target, xids["found"])],
        "Findings": [
            finding(target, xids["found"], Name=f"{target.run} score", Value=0.25, Unit="1",
                    At="2026-11-03T08:00:04Z"),
            finding(target, xids["found"], Name=f"{target.run} score", Value=0.75, Unit="1",
                    At="2026-11-03T08:00:04.5Z"),
            finding(target, xids["found"], Name=f"{target.run} safe", Value=True),
            finding(target, xids["found"], Name=f"{target.run} topic", Value="shipping"),
        ],
    })  # fmt: skip
    return {**xids, "session": session}


def found(api: Api, cast: dict[str, str], **filters: Any) -> set[str]:
    """Short names of the traces of our session that a filter leaves."""
    named = {xid: name for name, xid in cast.items()}
    listed = api.read("/traces", **{"session": cast["session"], "limit": 500, **filters})
    return {named[item["XID"]] for item in listed["Traces"]}


ALL = {"quick", "slow", "failed", "model", "found", "open"}
FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({}, ALL),
    ({"name": "{} quick"}, {"quick"}),
    ({"name": ["{} quick", "{} slow"]}, {"quick", "slow"}),
    ({"name": "{}"}, set()),
    ({"start_after": "2026-11-03T08:00:04Z"}, {"found", "open"}),
    ({"start_before": "2026-11-03T08:00:01Z"}, {"quick"}),
    ({"start_after": "2026-11-03T10:00:01+02:00", "start_before": "2026-11-03T08:00:02Z"},
     {"slow"}),
    ({"min_duration_ms": "9000"}, {"slow"}),
    ({"max_duration_ms": "1", "name": "{} quick"}, {"quick"}),
    ({"failed": "true"}, {"failed"}),
    ({"failed": "false"}, ALL - {"failed"}),
    ({"severity": "error"}, {"failed"}),
    ({"model": "{}-gpt"}, {"model"}),
    ({"span_name": "{} llm"}, {"model"}),
    ({"span_name": ["{} llm", "none"]}, {"model"}),
    ({"span_name": "{} LLM"}, set()),
    ({"metadata": "kind=slow"}, {"slow"}),
    ({"metadata": ["run={}", "n=42", "t=true"]}, ALL),
    ({"metadata": ["run={}", "kind=quick", "n=43"]}, set()),
    ({"finding": "{} score<0.5"}, {"found"}),
    ({"finding": "{} score>0.75"}, set()),
    ({"finding": "{} score>=0.75"}, {"found"}),
    ({"finding": "{} safe=true"}, {"found"}),
    ({"finding": "{} safe=false"}, set()),
    ({"finding": ["{} topic=shipping", "{} score<=0.25"]}, {"found"}),
    ({"finding": "{} topic!=shipping"}, set()),
    ({"finding": "{} score>0", "found_after": "2026-11-03T08:00:04.5Z"}, {"found"}),
    ({"finding": "{} score<0.5", "found_after": "2026-11-03T08:00:04.5Z"}, set()),
    ({"finding": "{} score<0.5", "found_before": "2026-11-03T10:00:04.5+02:00"}, {"found"}),
    ({"finding": "{} score>0.5", "found_before": "2026-11-03T08:00:04.5Z"}, set()),
    ({"found_before": "2026-11-03T08:00:00Z"}, ALL),
    ({"q": "zebrafish"}, {"model"}),
    ({"q": "where zebr"}, {"model"}),
    ({"q": "shipping"}, {"found"}),
    ({"q": "zebrafish shipping"}, set()),
]  # fmt: skip


@pytest.mark.parametrize(("filters", "expected"), FILTERS, ids=[str(asked) for asked, _ in FILTERS])
def test_a_filter_leaves_what_it_says(
    api: Api, target: Target, cast: dict[str, str], filters: dict[str, Any], expected: set[str]
) -> None:
    """Every filter of the trace list, alone and combined."""
    run = target.run
    filled = {
        name: [one.replace("{}", run) for one in ([value] if isinstance(value, str) else value)]
        for name, value in filters.items()
    }
    assert found(api, cast, **filled) == expected


@pytest.mark.parametrize("sort", ["-start", "start", "-duration", "duration"])
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_hold_every_item_once(api: Api, cast: dict[str, str], sort: str, limit: int) -> None:
    """Following `NextCursor` gives the whole list in its order, each item once."""
    whole = api.read("/traces", session=cast["session"], sort=sort, limit=500)
    assert whole["NextCursor"] is None
    expected = [item["XID"] for item in whole["Traces"]]
    member = "DurationMs" if "duration" in sort else "Start"
    values = [item[member] for item in whole["Traces"]]
    assert values == sorted(values, reverse=sort.startswith("-"))
    assert walk(api, "/traces", "Traces", limit, session=cast["session"], sort=sort) == expected


def walk(api: Api, path: str, member: str, limit: int, **query: Any) -> list[str]:
    """XIDs of all pages of a list."""
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    for _ in range(1_000):
        page = api.read(path, limit=limit, **query, **cursor)
        assert len(page[member]) <= limit
        seen += [item["XID"] for item in page[member]]
        if page["NextCursor"] is None:
            return seen
        cursor = {"cursor": page["NextCursor"]}
    pytest.fail(f"no end after {len(seen)} items of {path}")


def test_pages_of_equal_times_hold_every_item_once(api: Api, target: Target) -> None:
    """A hundred traces and spans of one instant, with UUIDs and other XIDs, are told apart."""
    session, name = f"{target.run}-equal", f"{target.run} equal"
    xids = [target.xid() if n % 2 else f"{target.run}/odd {n} é" for n in range(100)]
    api.store({
        "Traces": [trace(target, XID=xid, SessionID=session) for xid in xids],
        "Spans": [span(target, xid, XID=xid, Name=name) for xid in xids],
    })  # fmt: skip
    assert sorted(walk(api, "/traces", "Traces", 7, session=session)) == sorted(xids)
    assert sorted(walk(api, "/spans", "Spans", 7, name=name)) == sorted(xids)


def test_a_page_after_a_very_long_xid(api: Api, target: Target) -> None:
    """An XID of thousands of characters does not end the list early."""
    session = f"{target.run}-long"
    xids = [f"{target.run}{letter}" + letter * 5_000 for letter in "abc"]
    api.store({"Traces": [trace(target, XID=xid, SessionID=session) for xid in xids]})
    assert sorted(walk(api, "/traces", "Traces", 1, session=session)) == sorted(xids)


def test_pages_stay_right_while_traces_go_and_come(api: Api, target: Target) -> None:
    """A trace deleted or added between two pages shifts nothing."""
    session = f"{target.run}-moving"
    starts = [f"2026-11-03T08:00:0{n}Z" for n in range(8)]
    xids = [target.xid() for _ in starts]
    api.store({"Traces": [
        trace(target, XID=xid, SessionID=session, Start=start)
        for xid, start in zip(xids, starts, strict=True)
    ]})  # fmt: skip
    first = api.read("/traces", session=session, sort="start", limit=3)
    api.send("DELETE", f"/traces/{xids[2]}")  # the very item that the cursor stands on
    api.store({"Traces": [trace(target, SessionID=session, Start="2026-11-03T07:59:59Z")]})
    rest = api.read("/traces", session=session, sort="start", cursor=first["NextCursor"])
    assert [item["XID"] for item in rest["Traces"]] == xids[3:]


def test_shown_findings(api: Api, target: Target, cast: dict[str, str]) -> None:
    """`include_finding` shows the latest value and how many there are."""
    names = [f"{target.run} score", f"{target.run} topic", "nothing"]
    listed = api.read(
        "/traces", session=cast["session"], name=f"{target.run} found", include_finding=names
    )
    shown = {item["Name"]: item for item in listed["Traces"][0]["ShownFindings"]}
    assert shown.keys() == set(names[:2])
    assert (shown[names[0]]["Value"], shown[names[0]]["Count"], shown[names[0]]["Unit"]) == (
        0.75,
        2,
        "1",
    )
    assert shown[names[1]]["Value"] == "shipping"


def test_spans_by_family_name_and_model(api: Api, target: Target, cast: dict[str, str]) -> None:
    """The span list knows what a span used, and its trace."""
    model = f"{target.run}-gpt"
    for query in (
        {"model": model},
        {"trace": cast["model"]},
        {"name": f"{target.run} llm", "family": "completion", "failed": "false"},
    ):
        listed = api.read("/spans", **query)["Spans"]
        assert [item["TraceID"] for item in listed] == [cast["model"]]
        assert (listed[0]["Model"], listed[0]["Provider"]) == (model, "openai")
        assert listed[0]["Usage"]["Input"]["Amount"] == 40
        assert listed[0]["Cost"] == {"Amount": 0.25, "Currency": "EUR"}
    broken = api.read("/spans", failed="true", name=f"{target.run} broken")["Spans"]
    assert [item["TraceID"] for item in broken] == [cast["failed"]]


def test_a_session_and_its_traces(api: Api, target: Target, cast: dict[str, str]) -> None:
    """A session counts its traces, sums what they used, and lists them oldest first."""
    read = api.read(f"/sessions/{cast['session']}")
    assert (read["Name"], read["Metadata"]) == (f"{target.run} reads", {"a": 1})
    assert (read["TraceCount"], read["FailedTraceCount"]) == (6, 1)
    assert [item["XID"] for item in read["Traces"]] == [cast[name] for name in (
        "quick", "slow", "failed", "model", "found", "open")]  # fmt: skip
    assert read["Costs"] == [{"Amount": 0.25, "Currency": "EUR"}]
    listed = api.read("/sessions", name=f"{target.run} reads")["Sessions"]
    assert [item["XID"] for item in listed] == [cast["session"]]


def test_a_series_of_numbers_and_of_labels(api: Api, target: Target, cast: dict[str, str]) -> None:
    """Numbers are aggregated, booleans and labels counted."""
    query = {"start_after": "2026-11-01T00:00:00Z", "start_before": "2026-11-04T00:00:00Z"}
    numbers = api.read("/findings/series", name=f"{target.run} score", bucket_seconds=3600, **query)
    (point,) = numbers["Points"]
    assert (point["Count"], point["Numbers"]["Count"]) == (2, 2)
    assert (point["Numbers"]["Min"], point["Numbers"]["Max"]) == (0.25, 0.75)
    assert point["Numbers"]["Mean"] == pytest.approx(0.5)
    assert numbers["Unit"] == "1"
    for name, value in (("safe", True), ("topic", "shipping")):
        read = api.read("/findings/series", name=f"{target.run} {name}", **query)
        assert read["Points"][0]["Shares"] == [{"Value": value, "Count": 1, "Share": 1}]
    assert api.read("/findings/series", name="never recorded")["Points"] == []


def test_names_in_use(api: Api, target: Target, cast: dict[str, str]) -> None:
    """Names by prefix, sorted, findings with the types of their values."""

    def names(kind: str) -> list[Any]:
        return list(api.read(f"/names/{kind}", prefix=f"{target.run} ", limit=500)["Names"])

    traces = [item["Name"] for item in names("traces")]
    assert traces == sorted(traces)
    assert {f"{target.run} {name}" for name in ALL} <= {*traces}
    assert {f"{target.run} llm", f"{target.run} broken"} <= {
        item["Name"] for item in names("spans")
    }
    types = {
        item["Name"].removeprefix(f"{target.run} "): item["Types"] for item in names("findings")
    }
    assert types == {"score": ["number"], "safe": ["boolean"], "topic": ["label"]}
    models = api.read("/names/models", prefix=f"{target.run}-")["Names"]
    assert [item["Name"] for item in models] == [f"{target.run}-gpt"]


def test_totals_of_a_stretch(api: Api, target: Target, cast: dict[str, str]) -> None:
    """Totals count what started in the range, by span name and by model."""
    if target.elsewhere:
        pytest.skip("the tenant elsewhere may hold other things of that day")
    read = api.read(
        "/totals", start_after="2026-11-03T08:00:00Z", start_before="2026-11-03T08:00:06Z"
    )
    mine = api.read("/traces", session=cast["session"], limit=500)["Traces"]
    assert read["Traces"] >= len(mine)
    assert read["FailedTraces"] >= 1
    assert read["TraceDurationMs"]["Max"] >= 9_000


def test_a_deleted_session_takes_its_traces_along(api: Api, target: Target) -> None:
    """And nothing else; it can be sent anew."""
    session, other, xids = target.xid(), target.xid(), [target.xid() for _ in range(3)]
    body = {
        "Sessions": [{"XID": session, "Name": "to go"}],
        "Traces": [
            trace(target, XID=xids[0], SessionID=session),
            trace(target, XID=xids[1], SessionID=session),
            trace(target, XID=xids[2], SessionID=other),
        ],
        "Findings": [finding(target, xid) for xid in xids],
    }
    api.store(body)
    assert api.send("DELETE", f"/sessions/{session}").status_code == 204
    assert [api.has_trace(xid) for xid in xids] == [False, False, True]
    assert api.send("GET", f"/sessions/{session}").status_code == 404
    assert api.send("DELETE", f"/sessions/{session}").status_code == 404
    assert api.read(f"/sessions/{other}")["TraceCount"] == 1
    api.store(body)
    assert api.read(f"/sessions/{session}")["TraceCount"] == 2


def test_a_deleted_trace_is_gone_everywhere(api: Api, target: Target) -> None:
    """No list, search, name or series remembers it, and it can be sent anew."""
    xid, mark = target.xid(), f"gone{target.xid()[:8]}x{target.xid()[9:13]}"
    body = {
        "Traces": [trace(target, XID=xid, Name=mark)],
        "Spans": [span(target, xid, Name=mark)],
        "Findings": [finding(target, xid, Name=mark)],
        "Events": [event(target, xid, Name=mark)],
    }
    api.store(body)
    assert api.read("/traces", q=mark)["Traces"]
    assert api.send("DELETE", f"/traces/{xid}").status_code == 204
    assert not api.has_trace(xid)
    assert api.read("/traces", q=mark)["Traces"] == []
    assert api.read("/traces", name=mark)["Traces"] == []
    assert api.read("/spans", name=mark)["Spans"] == []
    assert api.read("/findings/series", name=mark)["Points"] == []
    api.store(body)
    assert api.trace(xid)["SpanCount"] == 1
