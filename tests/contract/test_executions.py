"""Executions and their metrics: created, recorded for, read, finished, deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.api import Api
from tests.contract.sent import segment
from tests.contract.signals import execution, metric, metric_list
from tests.contract.target import Target

A_LIST = 50_000


@pytest.fixture
def run(api: Api, target: Target) -> str:
    """The XID of an execution that nobody has heard of yet."""
    xid = target.xid()
    api.note({"Executions": [{"XID": xid}]})
    return xid


def post(api: Api, path: str, body: dict[str, Any]) -> Any:
    """Send what must be taken; the answer."""
    answer = api.send("POST", path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_life_of_an_execution(api: Api, run: str) -> None:
    """Each step answers how the execution, or its metric, is then."""
    path = f"/executions/{run}"
    made = post(api, "/executions", {"XID": run, "PipelineName": f"p-{run}"})
    assert (made["Status"], made["ValueCount"], made["ListCount"]) == ("running", 0, 0)
    assert api.read(path) == made
    for number in (0.5, 0.75):
        value = post(api, f"{path}/metrics/values", {"Name": "accuracy", "Value": number})
    assert (value["Value"], value["HistoryCount"]) == (0.75, 2)
    listed = post(api, f"{path}/metrics/lists", {"Name": "loss", "Values": [3, 2]})
    listed = post(api, f"{path}/metrics/lists", {"Name": "loss", "Values": [1.5]})
    assert (listed["Count"], listed["Remaining"], listed["Last"]) == (3, A_LIST - 3, 1.5)

    found = api.read("/metrics/values", pipeline_name=f"p-{run}")
    assert found == {"Values": [value], "NextCursor": None, "TotalCount": 1}
    [whole] = api.read("/metrics/lists", execution=run, include_values=True)["Lists"]
    assert whole == {**listed, "Values": [3, 2, 1.5]}
    history = api.read("/metrics/history", execution=run, name="accuracy")["History"]
    assert [point["Value"] for point in history] == [0.5, 0.75]
    [curve] = api.read("/metrics/curves", execution=[run], name="loss")["Curves"]
    assert [point["Value"] for point in curve["Points"]] == [3, 2, 1.5]

    ended = post(api, f"{path}/finish", {"Status": "failed", "Message": "out of memory"})
    assert (ended["Status"], ended["Message"]) == ("failed", "out of memory")
    assert ended["End"] >= ended["Start"]
    assert post(api, f"{path}/finish", {"Status": "failed"}) == ended
    late = api.send("POST", f"{path}/metrics/values", json={"Name": "accuracy", "Value": 1})
    again = api.send("POST", f"{path}/finish", json={"Status": "completed"})
    assert (late.status_code, again.status_code) == (409, 409)
    assert api.read(path) == ended
    assert api.send("DELETE", path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.read("/metrics/lists", execution=run)["Lists"] == []


def test_what_a_batch_says_is_what_calls_say(api: Api, target: Target) -> None:
    """Whichever way it came; the same batch again changes nothing."""
    whole = execution(target)
    xid = whole["XID"]
    batch = {
        "Executions": [whole],
        "MetricValues": [metric(target, xid), metric(target, xid, Value=0.75, At=whole["Start"])],
        "MetricLists": [metric_list(target, xid)],
    }
    api.store(batch)
    found = api.read(f"/executions/{xid}"), api.read("/metrics/lists", execution=xid)
    api.store(batch)
    assert (api.read(f"/executions/{xid}"), api.read("/metrics/lists", execution=xid)) == found
    assert (found[0]["ValueCount"], found[0]["ListCount"]) == (1, 1)
    [value] = api.read("/metrics/values", execution=xid)["Values"]
    assert value["HistoryCount"] == 2


def test_a_full_list_comes_in_one_call(api: Api, run: str) -> None:
    """Its values are no signals; one more is refused whole, and says how many still fit."""
    path = f"/executions/{run}/metrics/lists"
    many = [float(number) for number in range(A_LIST)]
    refused = api.send("POST", path, json={"Name": "loss", "Values": [*many, 1]})
    assert refused.status_code == 422
    assert api.get(f"/executions/{run}").status_code == 404
    assert post(api, path, {"Name": "loss", "Values": many})["Remaining"] == 0
    refused = api.send("POST", path, json={"Name": "loss", "Values": [1]})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["location"] == "body.Values"
    [found] = api.read("/metrics/lists", execution=run, include_values=True)["Lists"]
    assert found["Values"] == many


def test_a_list_that_does_not_fit_refuses_its_whole_batch(api: Api, target: Target) -> None:
    """The fault says which of the lists it was; nothing else of the batch is stored either."""
    xid, other = target.xid(), target.xid()
    api.store({"MetricLists": [metric_list(target, xid, Values=[0] * (A_LIST - 1))]})
    batch = {"MetricLists": [metric_list(target, other), metric_list(target, xid)]}
    answer = api.ingest(batch)
    assert answer.status_code == 422
    locations = [error["location"] for error in answer.json()["errors"]]
    assert locations == ["body.MetricLists[1].Values"]
    assert api.get(f"/executions/{other}").status_code == 404


@pytest.mark.parametrize(
    "xid", ["a/b", "..", ".", "%2F", "a b+c", "?#", "📈", "é", "\x00", "x" * 900], ids=repr
)
def test_any_xid_is_recorded_for(api: Api, target: Target, xid: str) -> None:
    """In a path it is one step, whatever is in it."""
    whole = f"{target.run}{xid}"
    api.note({"Executions": [{"XID": whole}]})
    path = f"/executions/{segment(whole)}"
    value = post(api, f"{path}/metrics/values", {"Name": xid, "Value": 1})
    assert (value["ExecutionID"], value["Name"]) == (whole, xid)
    assert post(api, f"{path}/finish", {"Status": "completed"})["XID"] == whole
    assert api.read("/metrics/values", name=xid, limit=500)["TotalCount"] >= 1
    assert api.send("DELETE", path).status_code == 204


def test_an_xid_has_an_end(api: Api) -> None:
    """Also in a path, as in a body: 1,000 characters."""
    path = f"/executions/{'x' * 1_001}/metrics"
    for kind, value in (("values", {"Value": 1}), ("lists", {"Values": [1]})):
        answer = api.send("POST", f"{path}/{kind}", json={"Name": "n", **value})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["location"] == "path.xid"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "01", "0x1", "1_0"])
def test_what_json_has_no_number_for_is_refused(api: Api, run: str, number: str) -> None:
    """Some writers of JSON send it all the same."""
    headers = {"Content-Type": "application/json"}
    for kind, member in (("values", "Value"), ("lists", "Values")):
        written = number if kind == "values" else f"[1, {number}]"
        body = f'{{"Name": "n", "{member}": {written}}}'
        path = f"/executions/{run}/metrics/{kind}"
        assert api.send("POST", path, content=body, headers=headers).status_code == 400
    assert api.get(f"/executions/{run}").status_code == 404


@pytest.mark.parametrize("path", ["/metrics/values", "/metrics/lists"])
def test_metrics_have_one_scope(api: Api, path: str) -> None:
    """Two are refused with what was given; a name goes with each."""
    given = {"pipeline_name": "p", "deployment_name": "d", "execution": "e"}
    answer = api.get(path, **given)
    assert answer.status_code == 422
    assert all(name in answer.json()["detail"] for name in given)
    for name, value in given.items():
        api.read(path, name="n", **{name: value})


def test_pages_of_a_history_come_to_an_end(api: Api, target: Target) -> None:
    """Although all its values are of one moment, and their XIDs as long as they may be."""
    xid = target.xid()
    tail = "📈" * (1_000 - len(target.run) - 2)
    values = [metric(target, xid, XID=f"{target.run}{n:02}{tail}", Value=n) for n in range(7)]
    api.store({"MetricValues": values})
    seen: list[int] = []
    cursor: dict[str, str] = {}
    while True:
        page = api.read("/metrics/history", execution=xid, name="accuracy", limit=2, **cursor)
        seen += [point["Value"] for point in page["History"]]
        if page["NextCursor"] is None:
            break
        cursor = {"cursor": page["NextCursor"]}
    assert seen == list(range(7))
