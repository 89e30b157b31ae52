"""Limits: what `/info` says holds, and a refused batch leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.contract.api import INGEST, Api
from tests.contract.signals import (
    END,
    START,
    event,
    execution,
    finding,
    metric,
    metric_interval,
    metric_list,
    span,
    trace,
)
from tests.contract.target import Target

DEEP = 10_000


def chunks(data: bytes, size: int = 65_536) -> Iterator[bytes]:
    """The data bit by bit, so that it is sent without a Content-Length."""
    for start in range(0, len(data), size):
        yield data[start : start + size]


def test_a_body_without_length_is_taken(api: Api, target: Target) -> None:
    """A chunked body is read to its end."""
    xid = target.xid()
    body = {"Traces": [trace(target, XID=xid)]}
    answer = api.ingest(body, content=chunks(json.dumps(body).encode(), 7))
    assert answer.status_code == 200
    assert api.has_trace(xid)


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_a_body_over_the_limit_is_refused(api: Api, target: Target, chunked: bool) -> None:
    """A body larger than `LargestBody` is a 413, with a Content-Length or without."""
    limit = api.read("/info")["Limits"]["LargestBody"]
    xid = target.xid()
    body = {"Traces": [trace(target, XID=xid)]}
    large = json.dumps(body).encode() + b" " * limit
    answer = api.ingest(body, content=chunks(large) if chunked else large)
    assert answer.status_code == 413
    assert not api.has_trace(xid)


def test_a_body_at_the_limit_is_taken(api: Api, target: Target) -> None:
    """`LargestBody` bytes are not too many."""
    limit = api.read("/info")["Limits"]["LargestBody"]
    xid = target.xid()
    body = {"Traces": [trace(target, XID=xid)]}
    answer = api.ingest(body, content=json.dumps(body).encode().ljust(limit))
    assert answer.status_code == 200
    assert api.has_trace(xid)


def test_a_body_that_says_it_is_too_large_is_refused_unread(api: Api) -> None:
    """The length alone is enough for a 413: the server does not wait for the body."""
    headers = {"Content-Type": "application/json", "Content-Length": "99999999999"}
    assert api.raw("POST", INGEST, headers=headers).status_code == 413


def batch(count: int) -> str:
    """JSON of `count` findings that differ in their XID only, written fast."""
    listed = ",".join(f'{{"XID":"f{n}","Name":"n","Value":{n}}}' for n in range(count))
    return f'{{"Findings":[{listed}]}}'


def test_a_batch_over_the_limit_is_refused(api: Api, target: Target) -> None:
    """More signals than `LargestBatch`, over all lists, are a 413; exactly so many are fine."""
    limit = api.read("/info")["Limits"]["LargestBatch"]
    xid = target.xid()
    many = json.loads(batch(limit))
    for one in many["Findings"]:
        one |= {"XID": f"{xid}-{one['XID']}", "TraceID": xid}
    over = {"Traces": [trace(target, XID=xid)], **many}
    answer = api.ingest(over)
    assert answer.status_code == 413
    assert str(limit) in answer.json()["detail"]
    assert not api.has_trace(xid)
    answer = api.ingest(many)
    assert answer.status_code == 200
    assert answer.json()["Accepted"] == limit


@pytest.mark.parametrize(
    ("member", "bad", "location"),
    [
        ("Traces", {"XID": "x", "Start": 5}, "body.Traces[{}].Start"),
        ("Spans", {"XID": "x"}, "body.Spans[{}]"),
        ("Events", {"XID": "x", "Name": None}, "body.Events[{}].Name"),
        ("Findings", {"XID": "x", "Name": "n", "Value": None}, "body.Findings[{}].Value"),
        ("Sessions", {"XID": 7}, "body.Sessions[{}].XID"),
        ("Sessions", {"XID": "x", "Nome": "n"}, "body.Sessions[{}]"),
        ("Sessions", "text", "body.Sessions[{}]"),
        ("Executions", {"XID": "x", "Status": "done"}, "body.Executions[{}].Status"),
        ("MetricValues", {"XID": "x"}, "body.MetricValues[{}]"),
        ("MetricLists", {"Values": []}, "body.MetricLists[{}]"),
        ("TelemetryRuns", {"XID": ""}, "body.TelemetryRuns[{}].XID"),
        ("TelemetryRecords", {"XID": "x", "Kind": 1}, "body.TelemetryRecords[{}].Kind"),
        ("MetricIntervals", {"XID": "x"}, "body.MetricIntervals[{}]"),
    ],
)
def test_one_bad_item_refuses_all(
    api: Api, target: Target, member: str, bad: object, location: str
) -> None:
    """One bad item among a hundred good ones: a 422 that says where, and nothing is stored."""
    xids = [target.xid() for _ in range(20)]
    body: dict[str, list[object]] = {
        "Sessions": [{"XID": f"{xid}-s"} for xid in xids],
        "Traces": [trace(target, XID=xid) for xid in xids],
        "Spans": [span(target, xid) for xid in xids],
        "Events": [event(target, xid) for xid in xids],
        "Findings": [finding(target, xid) for xid in xids],
        "Executions": [execution(target, XID=f"{xid}-e") for xid in xids],
        "MetricValues": [metric(target, f"{xid}-e") for xid in xids],
        "MetricLists": [metric_list(target, f"{xid}-e") for xid in xids],
        "TelemetryRuns": [{"XID": f"{xid}-r"} for xid in xids],
        "TelemetryRecords": [{"XID": f"{xid}-t"} for xid in xids],
        "MetricIntervals": [metric_interval(target) for _ in xids],
    }
    body[member].insert(11, bad)
    answer = api.ingest(body)
    assert answer.status_code == 422
    locations = [error["location"] for error in answer.json()["errors"]]
    assert locations, answer.text
    assert all(found.startswith(location.format(11)) for found in locations), locations
    assert not any(api.has_trace(xid) for xid in xids)
    for path in ("/sessions/{}-s", "/executions/{}-e", "/telemetry/runs/{}-r"):
        assert all(api.get(path.format(xid)).status_code == 404 for xid in xids[:3])


def test_every_fault_is_named(api: Api, target: Target) -> None:
    """Several faults in one batch are all told at once, each at its place."""
    wrong = trace(target, Start="never", Metadata=5)
    answer = api.ingest(
        {"Traces": [wrong], "Findings": [finding(target, "t", Value=[])], "More": 1}
    )
    assert answer.status_code == 422
    locations = {error["location"] for error in answer.json()["errors"]}
    assert {
        "body.Traces[0].Start",
        "body.Traces[0].Metadata",
        "body.Findings[0].Value",
    } <= locations
    assert any("More" in str(error) for error in answer.json()["errors"])


@pytest.mark.parametrize("place", ["Metadata", "FamilyData", "Unknown"])
@pytest.mark.parametrize("opened", ["[", '{"a":'], ids=["lists", "objects"])
def test_deep_nesting_does_no_harm(api: Api, target: Target, place: str, opened: str) -> None:
    """Ten thousand levels are stored and read or refused, never a crash."""
    closed = "]" if opened == "[" else "}"
    deep = opened * DEEP + "1" + closed * DEEP
    value = f'{{"deep":{deep}}}' if place == "Metadata" else deep
    xid, span_xid = target.xid(), target.xid()
    target.sent.add(xid)
    text = (
        f'{{"Spans":[{{"XID":"{span_xid}","TraceID":"{xid}","Name":"deep","Start":"{START}",'
        f'"End":"{END}","{place}":{value}}}]}}'
    )
    answer = api.ingest(None, content=text.encode())
    assert answer.status_code in {200, 400, 413, 422}
    if answer.status_code == 200:
        assert api.has_trace(xid)
    assert api.get("/info").status_code == 200


def test_faults_are_bounded(api: Api) -> None:
    """A batch of nothing but faults does not get an endless answer."""
    answer = api.ingest({"Traces": [{"XID": n} for n in range(5_000)]})
    assert answer.status_code in {413, 422}
    assert len(answer.content) < 1_000_000
