"""What published clients send and need (contract.md, section 8)."""

from __future__ import annotations

import itertools
from typing import Any, cast

import pytest

from tests.contract.api import Api
from tests.contract.signals import END, START, event, finding, span, trace
from tests.contract.target import Target

MOMENTS = ("CreatedAt", "UpdatedAt")
LISTS = ("Sessions", "Traces", "Spans", "Events", "Findings")


def test_a_batch_of_the_python_client(api: Api, target: Target) -> None:
    """Four lists, microseconds with `+00:00`, nulls for what has no value (8.10, 8.14, 8.16)."""
    xid, parent, child = target.xid(), target.xid(), target.xid()
    start, end = "2026-11-02T09:30:00.123456+00:00", "2026-11-02T09:30:01.654321+00:00"
    api.store({
        "Traces": [{
            "XID": xid, "Name": "turn", "SessionID": None, "Start": start, "End": end,
            "Metadata": {},
        }],
        "Spans": [
            {"XID": parent, "TraceID": xid, "ParentID": None, "Name": "chain", "Family": "other",
             "FamilyData": {}, "Severity": "unset", "Message": None, "Start": start, "End": end,
             "Metadata": {}},
            {"XID": child, "TraceID": xid, "ParentID": parent, "Name": "llm",
             "Family": "completion",
             "FamilyData": {"Messages": [{"Role": "user", "Contents": [{"Text": "Hi"}]}],
                            "Options": {"Model": "gpt-4o", "Temperature": 0.7}},
             "Severity": "error", "Message": "timed out", "Start": start, "End": end,
             "Metadata": {"a": 1}},
        ],
        "Events": [{"XID": target.xid(), "TraceID": xid, "SpanID": None, "EntryID": None,
                    "Name": "seen", "At": start, "Metadata": {}}],
        "Findings": [{"XID": target.xid(), "TraceID": xid, "SpanID": child, "EntryID": None,
                      "Name": "ok", "Value": True, "Source": "sdk", "Comment": None,
                      "Description": None, "At": end, "Metadata": {}}],
    })  # fmt: skip
    read = api.trace(xid)
    assert (read["Start"][:26], read["Failed"], read["Severity"]) == (start[:26], True, "error")
    spans = {found["XID"]: found for found in read["Spans"]}
    assert (spans[parent]["ParentID"], spans[child]["ParentID"]) == (None, parent)
    assert spans[parent]["Other"] == {}
    assert spans[child]["Completion"]["Options"] == {"Model": "gpt-4o", "Temperature": 0.7}
    assert spans[child]["Findings"][0]["Value"] is True
    assert [found["Name"] for found in read["Events"]] == ["seen"]


def test_a_batch_of_the_javascript_client(api: Api, target: Target) -> None:
    """Five lists, milliseconds with `Z`, no member for what has no value, `unset` (8.7, 8.14)."""
    xid = target.xid()
    start, end = "2026-11-02T09:30:00.123Z", "2026-11-02T09:30:01.654Z"
    api.store({
        "Sessions": [],
        "Traces": [{"XID": xid, "Name": "turn", "Start": start, "End": end, "Metadata": {}}],
        "Spans": [{"XID": target.xid(), "TraceID": xid, "Name": "step", "Family": "unset",
                   "FamilyData": {}, "Severity": "unset", "Start": start, "End": end,
                   "Metadata": {}}],
        "Events": [{"XID": target.xid(), "TraceID": xid, "EntryID": None, "Name": "e", "At": start,
                    "Metadata": {}}],
        "Findings": [{"XID": target.xid(), "TraceID": xid, "EntryID": None, "Name": "f", "Value": 1,
                      "At": start, "Source": "sdk", "Metadata": {}}],
    })  # fmt: skip
    read = api.trace(xid)
    assert read["SessionID"] is None
    assert read["DurationMs"] == pytest.approx(1531)
    assert (read["Spans"][0]["Family"], read["Spans"][0]["Other"]) == ("other", {})


@pytest.mark.parametrize("status_of", [{}, {"Traces": []}, dict.fromkeys(LISTS)], ids=str)
def test_an_answer_is_an_object_with_status_200(api: Api, status_of: dict[str, Any]) -> None:
    """The clients count an answer as success by 200 and a JSON object (8.24)."""
    answer = api.ingest(status_of)
    assert answer.status_code == 200
    assert isinstance(answer.json(), dict)


@pytest.mark.parametrize("count", range(len(LISTS)))
def test_any_subset_of_the_lists_is_taken(api: Api, target: Target, count: int) -> None:
    """Lists may be absent, null or empty (8.16)."""
    xid = target.xid()
    whole: dict[str, Any] = {
        "Sessions": [{"XID": target.session}],
        "Traces": [trace(target, XID=xid)],
        "Spans": [span(target, xid)],
        "Events": [event(target, xid)],
        "Findings": [finding(target, xid)],
    }
    fillers: tuple[None, list[Any]] = (None, [])
    for chosen in itertools.combinations(LISTS, count):
        for filler in fillers:
            api.store({name: whole[name] if name in chosen else filler for name in LISTS})
        api.store({name: whole[name] for name in chosen})


@pytest.mark.parametrize("family", ["unset", "", None, ..., "other"])
@pytest.mark.parametrize("data", [{}, None, ...])
def test_no_family_is_the_other_family(
    api: Api, target: Target, family: object, data: object
) -> None:
    """`unset`, empty, null and absent mean `other`, with or without data (8.7, 8.9)."""
    xid = target.xid()
    sent = span(target, xid, Family=family, FamilyData=data)
    api.store({"Spans": [{name: value for name, value in sent.items() if value is not ...}]})
    found = api.trace(xid)["Spans"][0]
    assert found["Family"] == "other"
    assert found.get("Other", {}) == {}
    assert found.get("FamilyData") is None


@pytest.mark.parametrize("family", ["completion", "retrieval", "embeddings", "agent", "Größe"])
@pytest.mark.parametrize(
    "data", [None, ..., {}, [], 0, False, "", "text", [1, "a", None], {"Any": {"thing": [1.5]}}],
    ids=repr,
)  # fmt: skip
def test_any_family_data_is_kept(api: Api, target: Target, family: str, data: object) -> None:
    """Data that does not fit its family is answered exactly as sent, and never refused (8.9)."""
    xid = target.xid()
    sent = span(target, xid, Family=family, FamilyData=data)
    api.store({"Spans": [{name: value for name, value in sent.items() if value is not ...}]})
    found = api.trace(xid)["Spans"][0]
    assert found["Family"] == family
    if data not in (None, ..., {}):
        assert found["FamilyData"] == data


def test_a_temperature_of_two_is_kept(api: Api, target: Target) -> None:
    """Providers allow more than the document's Options do; what was sent is not lost (9)."""
    xid = target.xid()
    data = {"Options": {"Model": "m", "Temperature": 1.5, "TopP": 0.5}}
    api.store({"Spans": [span(target, xid, Family="completion", FamilyData=data)]})
    found = api.trace(xid)["Spans"][0]
    assert found["FamilyData"] == data
    assert found["Completion"] == {"Options": {"Model": "m", "TopP": 0.5}}


def test_an_image_by_address_is_kept(api: Api, target: Target) -> None:
    """The OpenAI helper writes an address where base64 belongs (8.20)."""
    xid = target.xid()
    part = {"MimeType": "image_url", "Data": "https://example.com/cat.png?size=large"}
    data = {"Messages": [{"Role": "user", "Contents": [part, {"Text": "What is it?"}]}]}
    api.store({"Spans": [span(target, xid, Family="completion", FamilyData=data)]})
    assert api.trace(xid)["Spans"][0]["Completion"] == data


def test_a_key_in_options_is_never_stored(api: Api, target: Target) -> None:
    """`Options.APIKey` is somebody's secret: it is gone, fitting family or not."""
    fitting, loose = target.xid(), target.xid()
    secret = f"sk{target.xid().replace('-', '')}"
    options = {"Model": "m", "APIKey": secret}
    api.store({"Spans": [
        span(target, fitting, Family="completion", FamilyData={"Options": options}),
        span(target, loose, Family="completion", FamilyData={"Options": {**options, "Odd": 1}}),
    ]})  # fmt: skip
    for xid in (fitting, loose):
        assert secret not in api.get(f"/traces/{xid}").text
    assert api.read("/traces", q=secret)["Traces"] == []


@pytest.mark.parametrize("severity", ["unset", "debug", "info", "warning", "error", "critical",
                                      "fatal", "", None, "Ünknown"])  # fmt: skip
def test_any_severity_is_taken(api: Api, target: Target, severity: str | None) -> None:
    """Severity is free text; error and critical mean failure (8.8)."""
    xid = target.xid()
    api.store({"Traces": [trace(target, XID=xid)], "Spans": [span(target, xid, Severity=severity)]})
    read = api.trace(xid)
    assert read["Spans"][0]["Severity"] == (severity or "unset")
    if severity in {"error", "critical"}:
        assert read["Failed"]
        assert read["Severity"] == severity
    elif severity != "fatal":
        assert not read["Failed"]


def test_an_xid_need_not_be_a_uuid(api: Api, target: Target) -> None:
    """Any text joins the parts of a batch (8.13)."""
    xid = f"{target.run}-order #17/a"
    api.store(
        {"Traces": [trace(target, XID=xid)], "Spans": [span(target, xid, XID=f"{target.run} 1")]}
    )
    assert [found["XID"] for found in api.trace(xid)["Spans"]] == [f"{target.run} 1"]


def test_a_trace_without_end_is_open(api: Api, target: Target) -> None:
    """End may be absent or null; what is known inside bounds it until it comes (8.15)."""
    xid = target.xid()
    late = "2026-11-02T09:31:00Z"
    sent = trace(target, XID=xid)
    del sent["End"]
    api.store(
        {"Traces": [sent], "Spans": [span(target, xid, End=None), span(target, xid, End=late)]}
    )
    read = api.trace(xid)
    assert (read["Open"], read["End"][:19]) == (True, late[:19])
    assert {found["Open"] for found in read["Spans"]} == {True, False}
    api.store({"Traces": [trace(target, XID=xid, End=END)]})
    read = api.trace(xid)
    assert (read["Open"], read["End"][:19]) == (False, END[:19])


def plain(value: Any) -> Any:
    """A full trace without what tells requests apart."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value).items()
        return {name: plain(item) for name, item in members if name not in MOMENTS}
    if not isinstance(value, list):
        return value
    return [plain(item) for item in cast("list[object]", value)]


def test_a_repeated_batch_changes_nothing(api: Api, target: Target) -> None:
    """The same batch three times is the same trace, part for part (8.17)."""
    xid, span_xid = target.xid(), target.xid()
    body = {
        "Sessions": [{"XID": target.session, "Name": "contract tests"}],
        "Traces": [trace(target, XID=xid)],
        "Spans": [span(target, xid, XID=span_xid), span(target, xid, ParentID=span_xid)],
        "Events": [event(target, xid), event(target, xid, SpanID=span_xid)],
        "Findings": [finding(target, xid), finding(target, xid, SpanID=span_xid, Value="a")],
    }
    api.store(body)
    before = plain(api.trace(xid))
    totals = api.read("/totals")
    for _ in range(2):
        api.store(body)
    assert plain(api.trace(xid)) == before
    assert api.read("/totals") == totals
    assert (before["SpanCount"], before["EventCount"], before["FindingCount"]) == (2, 2, 2)


def test_parts_may_come_in_any_order(api: Api, target: Target) -> None:
    """Every order of single-part requests gives what one whole batch gives (10)."""

    def parts(xid: str) -> list[dict[str, Any]]:
        return [
            {"Sessions": [{"XID": f"{target.run}-order", "Name": "s"}]},
            {"Traces": [trace(target, XID=xid, SessionID=f"{target.run}-order")]},
            {"Spans": [span(target, xid, XID=f"{xid}-c", ParentID=f"{xid}-p")]},
            {"Spans": [span(target, xid, XID=f"{xid}-p", Severity="error")]},
            {"Events": [event(target, xid, XID=f"{xid}-e", SpanID=f"{xid}-c")]},
            {"Findings": [finding(target, xid, XID=f"{xid}-f", SpanID=f"{xid}-p")]},
        ]  # fmt: skip

    def shape(xid: str) -> str:
        # The server's own ids hold the XIDs, which differ between the traces compared here.
        return str(plain(api.trace(xid))).replace(xid, "XID")

    whole = target.xid()
    merged: dict[str, Any] = {}
    for part in parts(whole):
        for name, listed in part.items():
            merged.setdefault(name, []).extend(listed)
    api.store(merged)
    expected = shape(whole)
    for order in list(itertools.permutations(range(6)))[::24]:
        xid = target.xid()
        for index in order:
            api.store(parts(xid)[index])
        assert shape(xid) == expected, order


def test_a_part_without_its_trace_is_kept(api: Api, target: Target) -> None:
    """A finding for a trace that never comes is found under that trace all the same (10)."""
    xid = target.xid()
    api.store({"Findings": [finding(target, xid, At=START)]})
    read = api.trace(xid)
    assert (read["Name"], read["FindingCount"], read["Open"]) == ("", 1, True)


def test_a_finding_with_a_span_only_belongs_to_its_trace(api: Api, target: Target) -> None:
    """TraceID may be null when the span says it."""
    xid, span_xid = target.xid(), target.xid()
    api.store({
        "Spans": [span(target, xid, XID=span_xid)],
        "Findings": [finding(target, xid, TraceID=None, SpanID=span_xid, Value="kept")],
    })  # fmt: skip
    assert api.trace(xid)["Spans"][0]["Findings"][0]["Value"] == "kept"


def test_a_finding_of_nothing_is_taken(api: Api, target: Target) -> None:
    """A finding or an event without trace and span is valid; a later write may give it one."""
    xid = target.xid()
    alone_finding = {"XID": target.xid(), "Name": "n", "Value": 1}
    alone_event = {"XID": target.xid(), "Name": "n"}
    api.store({"Findings": [alone_finding], "Events": [alone_event]})
    api.store({
        "Findings": [{**alone_finding, "TraceID": xid}],
        "Events": [{**alone_event, "TraceID": xid}],
    })  # fmt: skip
    read = api.trace(xid)
    assert (read["FindingCount"], read["EventCount"]) == (1, 1)


def test_a_later_write_updates_what_it_carries(api: Api, target: Target) -> None:
    """The same XID again: members given are replaced, the others stay (10)."""
    xid = target.xid()
    api.store({"Traces": [trace(target, XID=xid, Name="first", Metadata={"a": 1})]})
    api.store({"Traces": [{"XID": xid, "Start": START, "Severity": "error", "Message": "broke"}]})
    read = api.trace(xid)
    assert (read["Name"], read["Metadata"]) == ("first", {"a": 1})
    assert (read["Severity"], read["Message"], read["Failed"]) == ("error", "broke", True)
    assert read["SessionID"] == target.session
    api.store({"Traces": [trace(target, XID=xid, Name="second", Metadata={"b": 2})]})
    read = api.trace(xid)
    assert (read["Name"], read["Metadata"]) == ("second", {"b": 2})


@pytest.mark.parametrize("source", ["annotation", "evaluator", "sdk", None, ...])
def test_a_source_of_findings(api: Api, target: Target, source: object) -> None:
    """Three sources; null and absent mean `annotation` (8.19, 9)."""
    xid = target.xid()
    sent = finding(target, xid, Source=source)
    api.store({"Findings": [{name: value for name, value in sent.items() if value is not ...}]})
    expected = source if isinstance(source, str) else "annotation"
    assert api.trace(xid)["Findings"][0]["Source"] == expected


def test_an_unknown_source_is_refused(api: Api, target: Target) -> None:
    """Another source is a 422 (8.19: the document names three)."""
    assert api.ingest({"Findings": [finding(target, "t", Source="me")]}).status_code == 422
