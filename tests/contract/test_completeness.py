"""Whether a trace is whole, and what clients lost, as any client of the contract sees it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.api import Api
from tests.contract.signals import span, trace
from tests.contract.target import Target

REPORT = "/clients/reports/v1"


def test_a_trace_tells_what_is_missing(api: Api, target: Target) -> None:
    """How many spans of how many, which parents; then that it is whole, here and in the list."""
    xid, top, gone = target.xid(), target.xid(), target.xid()
    session = f"{target.run}-whole"
    told = trace(target, XID=xid, SessionID=session, Descendants=2)
    api.store({"Traces": [told], "Spans": [span(target, xid, XID=top, ParentID=gone)]})
    read = api.trace(xid)
    assert read["Descendants"] == 2
    assert read["Completeness"] == {
        "Whole": False, "Expected": 2, "Stored": 1, "Open": 0, "MissingParents": [gone]
    }  # fmt: skip
    assert missing(api, session) == [1]
    api.store({"Spans": [span(target, xid, XID=gone)]})
    assert api.trace(xid)["Completeness"]["Whole"] is True
    assert missing(api, session) == [0]


def missing(api: Api, session: str) -> list[Any]:
    """How many spans the traces of a session miss; `None` where nobody knows."""
    return [one.get("MissingSpans") for one in api.read("/traces", session=session)["Traces"]]


def test_spans_with_a_number_of_their_own_count_too(api: Api, target: Target) -> None:
    """Those with which another process goes on: themselves and what is below them."""
    xid, other = target.xid(), target.xid()
    api.store({
        "Traces": [trace(target, XID=xid, Descendants=0)],
        "Spans": [span(target, xid, XID=other, Descendants=1), span(target, xid, ParentID=other)],
    })  # fmt: skip
    read = api.trace(xid)
    assert (read["Completeness"]["Expected"], read["Completeness"]["Whole"]) == (2, True)
    assert sorted(one.get("Descendants", -1) for one in read["Spans"]) == [-1, 1]


def test_who_does_not_count_gets_no_verdict(api: Api, target: Target) -> None:
    """Clients that were built before send no number."""
    xid, session = target.xid(), f"{target.run}-uncounted"
    api.store({
        "Traces": [trace(target, XID=xid, SessionID=session)], "Spans": [span(target, xid)],
    })  # fmt: skip
    assert api.trace(xid)["Completeness"] == {"Stored": 1, "Open": 0, "MissingParents": []}
    assert missing(api, session) == [None]


def test_an_open_span_is_told(api: Api, target: Target) -> None:
    """Until its end comes."""
    xid, step = target.xid(), target.xid()
    open_ = span(target, xid, XID=step, End=None)
    api.store({"Traces": [trace(target, XID=xid, Descendants=1)], "Spans": [open_]})
    read = api.trace(xid)["Completeness"]
    assert (read["Whole"], read["Open"]) == (False, 1)
    api.store({"Spans": [span(target, xid, XID=step)]})
    assert api.trace(xid)["Completeness"]["Whole"] is True


@pytest.mark.parametrize("number", [-1, 1_000_000_001, "3", None, 1.5])
def test_a_number_that_is_none_is_refused(api: Api, target: Target, number: Any) -> None:
    """With its place, of traces and of spans."""
    told = trace(target, Descendants=number)
    answer = api.ingest({"Traces": [told]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["location"] == "body.Traces[0].Descendants"
    xid = target.xid()
    counted = span(target, xid, Descendants=number)
    assert api.ingest({"Spans": [counted]}).status_code == 422
    assert not api.has_trace(xid)


def report(xid: str, at: str = "2026-11-02T09:31:00Z", **members: Any) -> dict[str, Any]:
    """A report of a client that lost three signals."""
    return {
        "XID": xid, "At": at, "Created": 9, "Delivered": 5, "Pending": 1, "Spooled": 0,
        "Recovered": 0, "Dropped": {"buffer_full": 3}, **members,
    }  # fmt: skip


def reported(api: Api, xid: str) -> list[tuple[Any, ...]]:
    """The reports of one client."""
    found = api.read("/clients/reports", xid=xid)["Reports"]
    return [(one["At"], one["Lost"], one["Dropped"]) for one in found]


def test_a_client_reports_and_is_listed(api: Api, target: Target) -> None:
    """The same again and an older one change nothing; a later one takes the place."""
    xid = target.xid()
    for sent, stored in (
        (report(xid), True),
        (report(xid, Dropped={"closed": 9}), False),
        (report(xid, "2026-11-02T09:30:00Z", Dropped={}), False),
    ):
        answer = api.send("POST", REPORT, json=sent)
        assert (answer.status_code, answer.json()) == (200, {"Stored": stored})
        assert reported(api, xid) == [("2026-11-02T09:31:00Z", 3, {"buffer_full": 3})]
    later = report(xid, "2026-11-02T09:32:00Z", Dropped={"buffer_full": 3, "http_422": 1})
    assert api.send("POST", REPORT, json=later).json() == {"Stored": True}
    assert reported(api, xid)[0][1] == 4


def test_what_was_asked_for_is_no_loss(api: Api, target: Target) -> None:
    """A client that left out a share of its traces has lost nothing."""
    xid = target.xid()
    api.send("POST", REPORT, json=report(xid, Dropped={"sampled_out": 3}))
    assert api.read("/clients/reports", xid=xid, lossy="true")["Reports"] == []
    read = api.read("/clients/reports", xid=xid, lossy="false")
    assert (len(read["Reports"]), read["Lost"], read["Dropped"]) == (1, 0, {"sampled_out": 3})


def test_sums_and_pages_of_reports(api: Api, target: Target) -> None:
    """A range of a day of its own: sums over all, pages newest first, each client once."""
    if target.elsewhere:
        pytest.skip("the tenant elsewhere may have other reports of that day")
    xids = [target.xid() for _ in range(5)]
    for number, xid in enumerate(xids):
        api.send("POST", REPORT, json=report(xid, f"2031-05-0{number + 1}T00:00:00Z"))
    stretch = {"at_after": "2031-05-02T00:00:00Z", "at_before": "2031-05-05T00:00:00Z"}
    first = api.read("/clients/reports", limit=2, **stretch)
    assert (first["Lost"], first["Dropped"]) == (9, {"buffer_full": 9})
    rest = api.read("/clients/reports", limit=2, cursor=first["NextCursor"], **stretch)
    listed = [one["XID"] for one in [*first["Reports"], *rest["Reports"]]]
    assert (listed, rest["NextCursor"]) == ([xids[3], xids[2], xids[1]], None)


def test_another_tenant_sees_no_report(api: Api, other: Api, target: Target) -> None:
    """The same client id is another client there."""
    xid = target.xid()
    api.send("POST", REPORT, json=report(xid))
    assert reported(other, xid) == []


@pytest.mark.parametrize(
    "members", [{"At": "2026-11-02T09:31:00"}, {"Dropped": {"x": -1}}, {"Created": None}, {"X": 1}]
)
def test_a_report_that_does_not_fit_is_refused(
    api: Api, target: Target, members: dict[str, Any]
) -> None:
    """With a place, and nothing is stored."""
    xid = target.xid()
    answer = api.send("POST", REPORT, json=report(xid, **members))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["location"].startswith("body.")
    assert reported(api, xid) == []
