"""Costs of the cloud: stated, read back, compared."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.api import Api
from tests.contract.signals import cost_days, cost_row
from tests.contract.target import Target


@pytest.fixture
def source(target: Target) -> str:
    """A source that nobody else has."""
    return target.xid()


def test_what_is_stated_is_read_back(api: Api, source: str) -> None:
    """Exactly, and sent again it changes nothing."""
    sent = cost_days(source, cost_row(BilledCost="0.1000000000000000000001"), cost_row(2))
    first = api.send("PUT", "/costs/days", json=sent).json()
    again = api.send("PUT", "/costs/days", json=sent).json()
    assert (first["Rows"], first["Changed"], again["Changed"]) == (2, 2, 0)
    window = {"from": "2026-11-01", "to": "2026-11-05", "source": source}
    found = api.read("/costs/days", **window)
    assert [(one["Day"], one["BilledCost"]) for one in found["Sums"]] == [
        ("2026-11-01", "0.1000000000000000000001"),
        ("2026-11-02", "1"),
    ]
    assert (found["KnownDays"], found["Sources"]) == (2, [source])
    found = api.read("/costs/days", group_by=["service", "source"], service="S3", **window)
    [one] = found["Sums"]
    assert (one["Day"], one["Source"], one["BilledCost"]) == (
        None,
        source,
        "1.1000000000000000000001",
    )


def test_a_source_says_which_days_it_knows(api: Api, source: str) -> None:
    """Nobody polled it."""
    api.send("PUT", "/costs/days", json=cost_days(source, cost_row(2)))
    found = {one["Name"]: one for one in api.read("/costs/sources")["Sources"]}[source]
    assert (found["KnownFrom"], found["KnownTo"]) == ("2026-11-01", "2026-11-03")
    assert (found["Currency"], found["KnownDays"], found["Poll"]) == ("USD", 2, None)


def test_the_trend_has_amounts_and_reasons(api: Api, source: str) -> None:
    """A number where the days are known, else why there is none."""
    api.send("PUT", "/costs/days", json=cost_days(source, cost_row(1), cost_row(2, "EC2", "3")))
    found = api.read("/costs/trend", source=source, days=1)
    assert (found["Now"]["Amount"], found["Change"], found["Ratio"]) == ("3", "2", 2)
    assert found["Month"]["Amount"] is None
    assert "too few days" in found["Month"]["Reason"]
    found = api.read("/costs/trend", source=source, days=7, to="2026-11-03")
    assert (found["Change"], found["Now"]["MissingDays"]) == (None, 5)
    assert "too few days" in found["Reason"]


@pytest.mark.parametrize(
    ("spoilt", "location"),
    [
        ({"BilledCost": "1e5"}, "body.Rows[1].BilledCost"),
        ({"BilledCost": "NaN"}, "body.Rows[1].BilledCost"),
        ({"BilledCost": 1.5}, "body.Rows[1].BilledCost"),
        ({"ChargePeriodStart": "2026-12-01T00:00:00Z"}, "body.Rows[1].ChargePeriodStart"),
        ({"ChargePeriodEnd": "2026-11-01T00:00:00Z"}, "body.Rows[1].ChargePeriodEnd"),
        ({"ServiceName": "S3"}, "body.Rows[1]"),
        ({"Tags": {"team": 5}}, "body.Rows[1].Tags"),
        ({"Colour": "red"}, "body.Rows[1].Colour"),
    ],
)
def test_one_bad_row_refuses_all(
    api: Api, source: str, spoilt: dict[str, Any], location: str
) -> None:
    """With its place; nothing of the request is stored."""
    rows = cost_row(service="S3"), cost_row(service="EC2") | spoilt
    answer = api.send("PUT", "/costs/days", json=cost_days(source, *rows))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["location"].startswith(location)
    assert source not in api.get("/costs/sources").text


@pytest.mark.parametrize("days", [{"To": "2026-11-01"}, {"To": "2028-11-01"}, {"To": "0000-01-01"}])
def test_days_have_limits(api: Api, source: str, days: dict[str, str]) -> None:
    """One at least, 400 at most."""
    answer = api.send("PUT", "/costs/days", json=cost_days(source) | days)
    assert answer.status_code == 422


def test_currencies_are_not_mixed(api: Api, source: str) -> None:
    """A source has one."""
    api.send("PUT", "/costs/days", json=cost_days(source, cost_row(), cost_row(2)))
    euros = cost_days(source, cost_row(), To="2026-11-02", Currency="EUR")
    answer = api.send("PUT", "/costs/days", json=euros)
    assert answer.status_code == 409
    assert "EUR and USD" in answer.json()["detail"]


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-11-03", "to": "2026-11-03"},
        {"from": "2024-11-03", "to": "2026-11-03"},
        {"to": "0000-01-01"},
        {"to": "tomorrow"},
        {"group_by": "colour"},
    ],
)
def test_questions_have_limits(api: Api, query: dict[str, str]) -> None:
    """Days that are none, too many or unknown."""
    assert api.get("/costs/days", **query).status_code == 422
