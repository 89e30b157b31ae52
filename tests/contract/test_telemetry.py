"""Telemetry of jobs: recorded, read, and summed up."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.api import Api
from tests.contract.target import Target

START, END = "2026-11-07T08:00:00Z", "2026-11-07T08:00:01.5Z"


@pytest.fixture
def batch(target: Target) -> dict[str, Any]:
    """A run of a command of its own, with two records and an event."""
    run = target.xid()
    command = f"train {run}"

    def record(status: str | None, **members: Any) -> dict[str, Any]:
        return {"XID": target.xid(), "RunID": run, "Command": command, "Status": status, **members}

    return {
        "Runs": [{"XID": run, "Command": command, "Start": START, "System": {"cpu": "x"}}],
        "Records": [
            record("started", At=START),
            record("completed", At=END, Metrics={"duration_sec": 1.5, "note": "warm"}),
            record(None, At=END, Kind="event", Event="drift"),
        ],
    }


def record(api: Api, body: Any) -> Any:
    """Send telemetry by its own operation."""
    return api.send("POST", "/telemetry/records", json=body)


def test_what_is_recorded_is_read(api: Api, batch: dict[str, Any]) -> None:
    """And sent again it changes nothing, by whichever operation."""
    assert record(api, batch).json() == {"Accepted": 4}
    [run] = batch["Runs"]
    found = api.read(f"/telemetry/runs/{run['XID']}")
    assert (found["Command"], found["Status"], found["System"]) == (
        run["Command"],
        "completed",
        {"cpu": "x"},
    )
    records = api.read("/telemetry/records", run=run["XID"])
    assert {one["XID"] for one in records["Records"]} == {one["XID"] for one in batch["Records"]}
    api.store({"TelemetryRuns": batch["Runs"], "TelemetryRecords": batch["Records"]})
    assert api.read("/telemetry/records", run=run["XID"]) == records
    assert api.read("/telemetry/runs", command=run["Command"])["Runs"] == [found]


def test_numbers_are_summed_up(api: Api, batch: dict[str, Any]) -> None:
    """Texts among the values are no numbers."""
    record(api, batch)
    command = batch["Runs"][0]["Command"]
    [group] = api.read("/telemetry/aggregate", command=command, metric="duration_sec")["Groups"]
    assert (group["Numbers"]["Count"], group["Numbers"]["Mean"]) == (1, 1.5)
    summary = api.read("/telemetry/summary", command=command)
    assert summary["RecordCount"] == 3


def test_a_series_has_a_thousand_points_at_most(api: Api, batch: dict[str, Any]) -> None:
    """They get wider than was asked for, and the answer says how wide."""
    later = "2026-11-07T09:00:00Z"
    for one, at in zip(batch["Records"], (START, later, later), strict=True):
        one |= {"At": at, "Metrics": {"loss": 1}}
    record(api, batch)
    command = batch["Runs"][0]["Command"]
    asked = {"command": command, "metric": "loss"}
    found = api.read("/telemetry/series", **asked, bucket_seconds=1)
    assert 4 <= found["BucketSeconds"] < 60
    [first, last] = found["Series"][0]["Points"]
    assert (first["Count"], last["Count"]) == (1, 2)
    assert api.read("/telemetry/series", **asked, bucket_seconds=60)["BucketSeconds"] == 60


def test_a_summary_has_a_thousand_statuses_at_most(api: Api, batch: dict[str, Any]) -> None:
    """The most frequent ones; all of them are counted."""
    one = batch["Records"][0]
    batch["Records"] += [
        one | {"XID": f"{one['XID']}-{number}", "Status": f"epoch {number:04}"}
        for number in range(1_001)
    ]
    batch["Records"].append(one | {"XID": f"{one['XID']}-last", "Status": "epoch 1000"})
    record(api, batch)
    found = api.read("/telemetry/summary", command=one["Command"])
    assert found["RecordCount"] == 3 + 1_002
    assert len(found["Statuses"]) == 1_000
    assert found["Statuses"][0] == {"Name": "epoch 1000", "Count": 2}


@pytest.mark.parametrize(
    "bad", [{"XID": 5}, {"XID": "x", "Kind": "other"}, {"XID": "x", "At": "now"}, "text", None]
)
def test_one_bad_record_refuses_all(api: Api, batch: dict[str, Any], bad: object) -> None:
    """With its place; nothing of the batch is stored."""
    batch["Records"].insert(1, bad)
    answer = record(api, batch)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["location"].startswith("body.Records[1]")
    assert api.get(f"/telemetry/runs/{batch['Runs'][0]['XID']}").status_code == 404


def test_a_batch_over_the_limit_is_refused(api: Api) -> None:
    """Counted as other signals are."""
    limit = api.read("/info")["Limits"]["LargestBatch"]
    answer = record(api, {"Records": [{"XID": "x"}] * (limit + 1)})
    assert answer.status_code == 413
