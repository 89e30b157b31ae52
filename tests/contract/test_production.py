"""Production metrics: sent, read back, summed up."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.api import Api
from tests.contract.signals import metric_interval
from tests.contract.target import Target

BEFORE, AFTER = "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z"
WINDOW = {"at_after": BEFORE, "at_before": AFTER}


@pytest.fixture
def service(target: Target) -> str:
    """A service that nobody else has."""
    return f"{target.xid()}-service"


def histogram(name: str, **attributes: str) -> dict[str, Any]:
    """Ten measurements in seconds."""
    shape = {"Kind": "histogram", "Name": name, "Unit": "s", "Attributes": attributes}
    return {**shape, "Sum": 5, "Bounds": [0.1, 1], "Counts": [2, 8, 0]}


def test_what_is_sent_is_read_back(api: Api, target: Target, service: str) -> None:
    """By name, over time, and sent again it changes nothing."""
    sent = metric_interval(target, Service=service)
    sent["Series"].append(histogram("duration", route="/a"))
    for _ in range(2):
        api.store({"MetricIntervals": [sent]})
    listed = api.read("/production/metrics", service=service)["Metrics"]
    assert [(one["Name"], one["Kind"], one["Attributes"]) for one in listed] == [
        ("duration", "histogram", ["route"]),
        ("orders", "counter", []),
    ]
    found = api.read("/production/series", name="orders", service=service, **WINDOW)
    [group] = found["Groups"]
    assert (group["Total"]["Sum"], len(group["Points"])) == (3, 1)
    found = api.read(
        "/production/series", name="duration", service=service, group_by="route",
        attribute="route=/a", quantile=[0.5, 0.95], **WINDOW,
    )  # fmt: skip
    [group] = found["Groups"]
    assert group["Attributes"] == {"route": "/a"}
    assert [one["Quantile"] for one in group["Total"]["Quantiles"]] == [0.5, 0.95]
    assert group["Total"]["Quantiles"][0]["UpTo"] == 1


def test_the_report_has_true_numbers_and_says_what_is_missing(
    api: Api, target: Target, service: str
) -> None:
    """Beside those of a baseline in which there was nothing."""
    requests = histogram("http.server.request.duration") | {
        "Attributes": {"http.response.status_code": "200"}
    }
    api.store({"MetricIntervals": [metric_interval(target, Service=service, Series=[requests])]})
    found = api.read("/production/summary", service=service, baseline_before=BEFORE, **WINDOW)
    assert found["Service"] == service
    count = found["Requests"]["Count"]
    assert (count["Value"], count["Samples"], count["Source"]) == (10, 10, "metrics")
    assert (count["Baseline"]["Value"], count["Change"]) == (None, None)
    assert found["Requests"]["LatencyP95"]["Bucket"] == {"Above": 0.1, "UpTo": 1}
    assert found["Predictions"]["Count"]["Note"].startswith("not measured")
    assert found["Runtime"]["Uptime"]["Value"] < 1


@pytest.mark.parametrize(
    ("spoilt", "location"),
    [
        ({"End": "2026-11-01T00:00:00Z"}, ".End"),
        ({"End": "2026-11-02T23:00:00Z"}, ".End"),
        (
            {"Series": [histogram("x") | {"Counts": [1]}]},
            ".Series[0].Counts",
        ),
        (
            {"Series": [histogram("x") | {"Bounds": [1, 1]}]},
            ".Series[0].Bounds",
        ),
        ({"Series": [{"Kind": "counter", "Name": "x"}]}, ".Series[0]"),
        ({"Series": [{"Kind": "other", "Name": "x"}]}, ".Series[0]"),
        ({"Series": None}, ".Series"),
        ({"Service": 5}, ".Service"),
    ],
)
def test_one_bad_interval_refuses_all(
    api: Api, target: Target, service: str, spoilt: dict[str, Any], location: str
) -> None:
    """With its place; nothing of the batch is stored."""
    good = metric_interval(target, Service=service)
    bad = metric_interval(target, Service=service) | spoilt
    answer = api.ingest({"MetricIntervals": [good, bad]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["location"].startswith(f"body.MetricIntervals[1]{location}")
    assert api.read("/production/metrics", service=service)["Metrics"] == []


@pytest.mark.parametrize(
    "query",
    [
        {"at_after": AFTER, "at_before": BEFORE},
        {"at_after": "2024-11-03T00:00:00Z", "at_before": AFTER},
        {"baseline_after": AFTER, "baseline_before": BEFORE},
        {"at_before": "yesterday"},
    ],
)
def test_a_window_has_limits(api: Api, query: dict[str, str]) -> None:
    """It begins before it ends and is 400 days long at most."""
    answer = api.get("/production/summary", **query)
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_any_window_that_can_be_is_answered(api: Api) -> None:
    """Also at both ends of time."""
    for at in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z"):
        assert api.get("/production/summary", at_before=at).status_code == 200
        assert api.get("/production/summary", baseline_after=at).status_code == 200
        assert api.get("/production/series", name="x", at_before=at).status_code == 200
