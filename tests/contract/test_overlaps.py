"""The same things sent at once, twice in one batch, in circles, or to another place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.contract.api import Api
from tests.contract.sent import segment
from tests.contract.signals import finding, span, trace
from tests.contract.target import Target


def test_many_clients_write_one_trace(api: Api, target: Target) -> None:
    """Eight clients at once, overlapping in what they send: every part is there exactly once."""
    xid = target.xid()

    def write(client: int) -> None:
        with Api(target.base_url, target.key, target.sent) as own:
            for number in range(10):
                own.store({
                    "Traces": [trace(target, XID=xid)],
                    "Spans": [span(target, xid, XID=f"{xid}-{client}-{number}")],
                    "Findings": [finding(target, xid, XID=f"{xid}-{(client + number) % 5}")],
                })  # fmt: skip

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    read = api.trace(xid)
    assert (read["SpanCount"], len(read["Spans"])) == (80, 80)
    assert (read["FindingCount"], len(read["Findings"])) == (5, 5)


def test_the_last_of_equals_in_a_batch_counts(api: Api, target: Target) -> None:
    """One XID twice in a batch is one thing, and what came last holds."""
    xid, span_xid = target.xid(), target.xid()
    body = {
        "Traces": [trace(target, XID=xid, Name="first"), trace(target, XID=xid, Name="last")],
        "Spans": [span(target, xid, XID=span_xid, Name=name) for name in ("first", "last")],
    }
    answer = api.ingest(body)
    assert answer.json()["Accepted"] == 4
    read = api.trace(xid)
    assert read["Name"] == "last"
    assert [found["Name"] for found in read["Spans"]] == ["last"]


def test_circles_of_parents_do_no_harm(api: Api, target: Target) -> None:
    """A span may claim to be its own parent, or its child's child."""
    xid, one, two = target.xid(), target.xid(), target.xid()
    links = [(one, two), (two, one), (xid, xid)]
    api.store({"Spans": [span(target, xid, XID=own, ParentID=above) for own, above in links]})
    read = api.trace(xid)
    assert {(found["XID"], found["ParentID"]) for found in read["Spans"]} == {*links}


def test_a_span_that_moves_takes_its_findings_along(api: Api, target: Target) -> None:
    """A span sent again under another trace is there, with what it had, and no longer here."""
    here, there, moving = target.xid(), target.xid(), target.xid()
    api.store({
        "Traces": [trace(target, XID=here), trace(target, XID=there)],
        "Spans": [span(target, here, XID=moving)],
        "Findings": [finding(target, here, SpanID=moving)],
    })  # fmt: skip
    api.store({"Spans": [span(target, there, XID=moving)]})
    before, after = api.trace(here), api.trace(there)
    assert (before["SpanCount"], after["SpanCount"]) == (0, 1)
    assert len(after["Spans"][0]["Findings"]) == 1


def test_a_finding_waits_for_its_span(api: Api, target: Target) -> None:
    """A finding that names only a span joins that span's trace when the span comes."""
    xid, span_xid = target.xid(), target.xid()
    api.store({"Findings": [finding(target, xid, TraceID=None, SpanID=span_xid)]})
    api.store({"Spans": [span(target, xid, XID=span_xid)]})
    read = api.trace(xid)
    assert (read["FindingCount"], len(read["Spans"][0]["Findings"])) == (1, 1)


def test_a_part_after_the_deletion_is_new(api: Api, target: Target) -> None:
    """What comes for a deleted trace begins it anew; nothing of the old one returns."""
    xid = target.xid()
    api.store({"Traces": [trace(target, XID=xid)], "Spans": [span(target, xid)]})
    assert api.send("DELETE", f"/traces/{segment(xid)}").status_code == 204
    api.store({"Findings": [finding(target, xid)]})
    read = api.trace(xid)
    assert (read["Name"], read["SpanCount"], read["FindingCount"]) == ("", 0, 1)


def test_sums_beyond_a_double_stay_finite(api: Api, target: Target) -> None:
    """Absurd amounts are summed to something that JSON can say, wherever they are summed."""
    xid = target.xid()
    huge = {"Amount": 1e308, "Unit": "tokens"}
    data = {"Usage": {"Input": huge}, "Cost": {"Total": {"Amount": 1e308, "Currency": "EUR"}}}
    api.store({
        "Traces": [trace(target, XID=xid)],
        "Spans": [span(target, xid, Family="completion", FamilyData=data) for _ in range(3)],
        "Findings": [
            finding(target, xid, Name="huge", Value=value) for value in (1e308, 1e308, -1e308)
        ],
    })  # fmt: skip
    assert api.trace(xid)["Usage"]["Input"]["Amount"] >= 1e308
    api.read("/totals")
    api.read(f"/sessions/{segment(target.session)}")
    api.read("/findings/series", name="huge")
