"""Times: RFC 3339 with an offset, nothing less; and nothing that is valid is refused."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.contract.api import Api
from tests.contract.signals import finding, span, trace
from tests.contract.target import Target

WRONG: list[object] = [
    "2026-11-02T09:30:00",
    "2026-11-02 09:30:00Z",
    "2026-11-02 09:30:00+00:00",
    "2026-11-02T09:30:00+0000",
    "2026-11-02T09:30:00+00",
    "2026-11-02T09:30Z",
    "2026-11-02",
    "2026-11-02T24:00:00Z",
    "2026-11-02T09:30:00+24:00",
    "2026-11-02T09:30:00,5Z",
    "2026-11-02T09:30:00.Z",
    "2026-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-11-02T09:30:60Z",  # a leap second can only be the last second of a UTC day
    "10000-01-01T00:00:00Z",
    "٢٠٢٦-11-02T09:30:00Z",
    "2026-11-02T09:30:00Z\n",
    " 2026-11-02T09:30:00Z",
    "20261102T093000Z",
    "1762075800",
    "now",
    "",
    1762075800,
    1762075800.5,
    True,
    {},
    [],
]
ODD_BUT_VALID = [
    "2026-11-02t09:30:00z",
    "2026-11-02T09:30:00-00:00",
    "2026-11-02T09:30:00.5+23:59",
    "2026-11-02T09:30:00.123456789123456789Z",
    "2016-12-31T23:59:60Z",
    "2016-12-31T15:59:60.999-08:00",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "1969-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-23:59",
]


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_a_time_that_is_none_is_refused_and_named(api: Api, target: Target, wrong: object) -> None:
    """A time without an offset or otherwise wrong is a 422 at its location, in every list."""
    xid = target.xid()
    body = {
        "Traces": [trace(target, XID=xid), trace(target, Start=wrong)],
        "Spans": [span(target, xid, End=wrong)],
        "Findings": [finding(target, xid, At=wrong)],
    }
    answer = api.ingest(body)
    assert answer.status_code == 422, answer.text
    locations = {error["location"] for error in answer.json()["errors"]}
    assert locations == {"body.Traces[1].Start", "body.Spans[0].End", "body.Findings[0].At"}
    assert not api.has_trace(xid)


@pytest.mark.parametrize("odd", ODD_BUT_VALID)
def test_an_odd_time_that_is_valid_is_taken(api: Api, target: Target, odd: str) -> None:
    """Leap seconds, year 0, instants outside of year 1 to 9999 in UTC: stored, listed, read."""
    xid = target.xid()
    api.store(
        {
            "Traces": [trace(target, XID=xid, Start=odd, End=odd)],
            "Spans": [span(target, xid, Start=odd, End=odd)],
            "Findings": [finding(target, xid, At=odd)],
        }
    )
    read = api.trace(xid)
    assert read["DurationMs"] == 0
    assert datetime.fromisoformat(read["Start"]) == datetime.fromisoformat(
        read["Spans"][0]["Start"]
    )
    listed = api.read("/traces", session=target.session, limit=500, sort="start")
    assert xid in {found["XID"] for found in listed["Traces"]}


@pytest.mark.parametrize(
    ("sent", "instant"),
    [
        ("2026-11-02T09:30:00.123456Z", "2026-11-02T09:30:00.123456+00:00"),
        ("2026-11-02T09:30:00.123Z", "2026-11-02T09:30:00.123+00:00"),
        ("2026-11-02T09:30:00+00:00", "2026-11-02T09:30:00+00:00"),
        ("2026-11-02T15:00:00.000001+05:30", "2026-11-02T09:30:00.000001+00:00"),
        ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999+00:00"),
        ("2026-11-02T09:30:00.1234564Z", "2026-11-02T09:30:00.123456+00:00"),
    ],
)
def test_an_instant_is_kept_to_the_microsecond(
    api: Api, target: Target, sent: str, instant: str
) -> None:
    """Whatever its offset, an instant is read back exactly."""
    xid = target.xid()
    api.store({"Traces": [trace(target, XID=xid, Start=sent, End=None)]})
    assert datetime.fromisoformat(api.trace(xid)["Start"]) == datetime.fromisoformat(instant)


@pytest.mark.parametrize("wrong", ["2026-11-02T09:30:00", "2026-11-02", "yesterday", ""])
@pytest.mark.parametrize("name", ["start_after", "start_before", "found_after", "found_before"])
def test_a_wrong_time_in_a_query_is_refused(api: Api, name: str, wrong: str) -> None:
    """Query parameters hold times to the same rule."""
    answer = api.get("/traces", **{name: wrong})
    assert answer.status_code == 422
    assert {error["location"] for error in answer.json()["errors"]} == {f"query.{name}"}


@pytest.mark.parametrize("odd", ODD_BUT_VALID)
def test_an_odd_time_in_a_query_is_taken(api: Api, odd: str) -> None:
    """What may be stored may be asked for."""
    api.read("/traces", start_after=odd, limit=1)
    api.read("/traces", finding="contract.finding>0", found_after=odd, found_before=odd, limit=1)
    api.read("/totals", start_before=odd)
    api.read("/findings/series", name="contract.finding", start_after=odd)


def test_an_end_before_its_start_is_taken(api: Api, target: Target) -> None:
    """A trace may end before its start and before its spans (contract 8.18)."""
    xid = target.xid()
    early, late = "2026-11-02T09:30:00Z", "2026-11-02T09:30:05Z"
    api.store(
        {
            "Traces": [trace(target, XID=xid, Start=late, End=early)],
            "Spans": [span(target, xid, Start=early, End=late)],
        }
    )
    read = api.trace(xid)
    assert datetime.fromisoformat(read["End"]) == datetime.fromisoformat(early)
