"""Keys: who may do what, and nothing learned about anybody else."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.api import INGEST, Api
from tests.contract.sent import segment
from tests.contract.signals import (
    cost_days,
    cost_row,
    event,
    execution,
    finding,
    metric,
    metric_interval,
    metric_list,
    span,
    trace,
)
from tests.contract.spec_document import Operation, operations
from tests.contract.target import Target

LOGIN = {"get-login", "log-in", "log-out"}
SECURED = [found for found in operations() if found.secured]
OPEN = [found for found in operations() if not found.secured and found.id not in LOGIN]
WRONG_KEY = "mm_0123456789-wrong-0123456789-wrong-0123456789"
WRONG = [
    {},
    {"X-API-KEY": ""},
    {"X-API-KEY": WRONG_KEY},
    {"X-API-KEY": "mm_"},
    {"X-API-KEY": "x" * 4_000},
    {"X-API-KEY": "' OR 1=1; --"},
    {"X-API-KEY": b"\xff\xfe"},
    {"Authorization": f"Bearer {WRONG_KEY}"},
    {"Authorization": "Bearer"},
    {"Authorization": WRONG_KEY},
    {"Authorization": f"Basic {WRONG_KEY}"},
    {"Cookie": f"X-API-KEY={WRONG_KEY}"},
]

BODIES: dict[str, dict[str, Any]] = {
    "ingest-signals-v1": {},
    "report-client-v1": {
        "XID": "contract", "At": "2026-11-02T09:30:00Z", "Created": 0, "Delivered": 0,
        "Pending": 0, "Spooled": 0, "Recovered": 0, "Dropped": {},
    },
    "create-execution": {},
    "finish-execution": {"Status": "completed"},
    "record-metric-value": {"Name": "n", "Value": 1},
    "append-metric-values": {"Name": "n", "Values": [1]},
    "record-telemetry": {},
    "replace-cost-days": {
        "Source": "contract", "From": "2026-11-01", "To": "2026-11-02", "Currency": "USD",
        "Rows": [],
    },
}  # fmt: skip
MAKING = {"create-execution", "record-metric-value", "append-metric-values"}


def call(api: Api, operation: Operation, **arguments: Any) -> httpx.Response:
    """A valid call of an operation, for something that is not there."""
    xid = api.xid(operation.id)
    path = operation.template.replace("{xid}", xid)
    needed = {one.name: "n" for one in operation.query_parameters.values() if one.required}
    body = dict(BODIES.get(operation.id, {}))
    if operation.id in MAKING:
        api.note({"Executions": [{"XID": xid}]})
    if operation.id == "create-execution":
        body["XID"] = xid
    sent = {"json": body} if operation.body is not None else {}
    return api.send(operation.method, path, params=needed, **sent, **arguments)


def by_name(operation: Operation) -> str:
    """The operation's id, for the report."""
    return operation.id


@pytest.mark.parametrize("operation", SECURED, ids=by_name)
@pytest.mark.parametrize("headers", WRONG, ids=lambda headers: str(headers)[:50])
def test_without_a_known_key_nothing_is_done(
    anonymous: Api, operation: Operation, headers: dict[str, Any]
) -> None:
    """No key or a wrong one is a 401 that says how to authenticate and repeats no key."""
    answer = call(anonymous, operation, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"]
    assert WRONG_KEY not in answer.text


@pytest.mark.parametrize(("name", "blank"), [("X-API-KEY", " "), ("Authorization", "Bearer \t ")])
def test_a_blank_key_is_none(anonymous: Api, name: str, blank: str) -> None:
    """White space is no key."""
    assert anonymous.raw("GET", "/traces", headers={name: blank}).status_code == 401


@pytest.mark.parametrize("operation", OPEN, ids=by_name)
def test_what_is_open_needs_no_key(anonymous: Api, api: Api, operation: Operation) -> None:
    """Health and info answer anybody, and the same to everybody."""
    without, with_key = call(anonymous, operation), call(api, operation)
    assert without.status_code == 200
    assert without.json() == with_key.json()
    assert call(anonymous, operation, headers={"X-API-KEY": WRONG_KEY}).status_code == 200


@pytest.mark.parametrize("operation", SECURED, ids=by_name)
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_bearer_token_is_as_good(
    anonymous: Api, target: Target, operation: Operation, scheme: str
) -> None:
    """The key may come as a bearer token; the scheme's case does not matter."""
    answer = call(anonymous, operation, headers={"Authorization": f"{scheme} {target.key}"})
    assert answer.status_code in {200, 404}
    assert target.key not in answer.text


def test_the_name_of_the_header_has_no_case(anonymous: Api, target: Target) -> None:
    """Published clients write `X-API-Key` and `x-api-key` (contract 8.1)."""
    for name in ("X-API-Key", "x-api-key", "X-Api-Key"):
        answer = anonymous.send("POST", INGEST, json={}, headers={name: target.key})
        assert answer.status_code == 200


def test_the_key_comes_before_everything(anonymous: Api) -> None:
    """Without a key, a wrong body or query is not even looked at."""
    assert anonymous.ingest(None, content=b"not json").status_code == 401
    assert anonymous.get("/traces", unknown="1").status_code == 401


@pytest.mark.parametrize("operation", SECURED, ids=by_name)
def test_a_key_does_what_its_scopes_say(ingest_only: Api, operation: Operation) -> None:
    """A key that may only ingest is a 403 everywhere else."""
    expected = {"finish-execution": 404}.get(operation.id, 200) if operation.id in BODIES else 403
    assert call(ingest_only, operation).status_code == expected


def test_a_key_without_the_scope_does_nothing(api: Api, ingest_only: Api, target: Target) -> None:
    """A refused deletion deletes nothing, and what that key ingests belongs to the tenant."""
    xid = target.xid()
    ingest_only.store({"Traces": [trace(target, XID=xid)]})
    assert ingest_only.send("DELETE", f"/traces/{segment(xid)}").status_code == 403
    assert api.has_trace(xid)


@pytest.fixture
def theirs(api: Api, target: Target) -> str:
    """The XID of a trace of the first tenant, with parts, a name of its own and a session."""
    xid = target.xid()
    mark = f"secret-{xid}"
    api.store({
        "Sessions": [{"XID": f"{xid}-s", "Name": mark}],
        "Traces": [trace(target, XID=xid, Name=mark, SessionID=f"{xid}-s", Metadata={"m": mark})],
        "Spans": [span(
            target, xid, XID=f"{xid}-p", Name=mark, Family="completion",
            FamilyData={"Options": {"Model": mark}},
        )],
        "Events": [event(target, xid, Name=mark)],
        "Findings": [finding(target, xid, Name=mark, Value=mark)],
        "Executions": [execution(
            target, XID=f"{xid}-e", PipelineName=mark, DeploymentName=mark, Message=mark
        )],
        "MetricValues": [metric(target, f"{xid}-e", Name=mark)],
        "MetricLists": [metric_list(target, f"{xid}-e", Name=mark)],
        "TelemetryRuns": [{"XID": f"{xid}-r", "Command": mark, "ExecutionID": f"{xid}-e"}],
        "TelemetryRecords": [{
            "XID": f"{xid}-t", "RunID": f"{xid}-r", "Command": mark, "Message": mark,
            "Metrics": {mark: 1},
        }],
        "MetricIntervals": [metric_interval(target, Service=mark, Name=mark)],
    })  # fmt: skip
    api.send("PUT", "/costs/days", json=cost_days(mark[:100], cost_row(service=mark)))
    return xid


def without_instance(answer: httpx.Response, *names: str) -> str:
    """The problem without what tells requests apart: its instance and the names asked for."""
    problem = answer.json()
    problem.pop("instance", None)
    text = str(problem)
    for name in names:
        text = text.replace(name, "XID")
    return text


@pytest.mark.parametrize(
    "path",
    [
        "/traces/{}",
        "/traces/{}/outline",
        "/traces/{}/matches?text=secret",
        "/spans/{}-p",
        "/sessions/{}-s",
        "/executions/{}-e",
        "/telemetry/runs/{}-r",
    ],
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_another_tenants_things_are_not_there(
    other: Api, api: Api, target: Target, theirs: str, *, path: str, method: str
) -> None:
    """Reading or deleting them is answered exactly as for what never was, and does nothing."""
    unknown = target.xid()
    real = other.send(method, path.format(theirs))
    made_up = other.send(method, path.format(unknown))
    assert real.status_code == made_up.status_code
    assert real.status_code in {404, 405}
    assert without_instance(real, theirs) == without_instance(made_up, unknown)
    assert {*real.headers} == {*made_up.headers}
    assert api.has_trace(theirs)


READS: list[tuple[str, dict[str, Any]]] = [
    ("/traces", {"limit": 500}),
    ("/traces", {"session": "{}-s"}),
    ("/traces", {"name": "secret-{}"}),
    ("/traces", {"q": "secret"}),
    ("/traces", {"model": "secret-{}"}),
    ("/traces", {"metadata": "m=secret-{}"}),
    ("/traces", {"finding": "secret-{}=secret-{}"}),
    ("/sessions", {"limit": 500}),
    ("/spans", {"limit": 500}),
    ("/spans", {"trace": "{}"}),
    ("/spans", {"model": "secret-{}"}),
    ("/findings/series", {"name": "secret-{}"}),
    ("/findings/histogram", {"name": "secret-{}"}),
    ("/totals/series", {"trace_name": "secret-{}"}),
    ("/names/traces", {"prefix": "secret"}),
    ("/names/spans", {"prefix": "secret"}),
    ("/names/findings", {"prefix": "secret"}),
    ("/names/models", {"prefix": "secret"}),
    ("/totals", {}),
    ("/executions", {"limit": 500}),
    ("/executions", {"pipeline_name": "secret-{}"}),
    ("/metrics/values", {"limit": 500}),
    ("/metrics/values", {"execution": "{}-e"}),
    ("/metrics/lists", {"name": "secret-{}", "include_values": "true"}),
    ("/metrics/lists", {"deployment_name": "secret-{}"}),
    ("/telemetry/records", {"limit": 500}),
    ("/telemetry/records", {"command": "secret-{}"}),
    ("/telemetry/runs", {"execution": "{}-e"}),
    ("/telemetry/summary", {}),
    ("/names/pipelines", {"prefix": "secret"}),
    ("/names/deployments", {"prefix": "secret"}),
    ("/names/metrics", {"prefix": "secret"}),
    ("/names/commands", {"prefix": "secret"}),
    ("/names/telemetry", {"prefix": "secret"}),
    ("/production/metrics", {"prefix": "secret"}),
    ("/production/summary", {}),
    ("/production/series", {"name": "secret-{}"}),
    ("/costs/days", {"group_by": "source"}),
    ("/costs/sources", {}),
    ("/costs/trend", {}),
]


@pytest.mark.parametrize(("path", "query"), READS, ids=str)
def test_no_read_shows_another_tenants_things(
    other: Api, api: Api, theirs: str, path: str, query: dict[str, Any]
) -> None:
    """Lists, names, series, searches and totals know the key's tenant only."""
    asked = {name: str(value).replace("{}", theirs) for name, value in query.items()}
    own = api.get(path, **asked)
    answer = other.get(path, **asked)
    assert own.status_code == answer.status_code == 200
    assert theirs not in own.text or theirs in own.text  # the first tenant may see it
    shown = (
        answer.text.replace(f'"Name":"secret-{theirs}"', "")
        if "/findings/" in path or path == "/production/series"
        else answer.text
    )
    assert theirs not in shown
    if path == "/findings/series":
        assert own.json()["Points"]
        assert answer.json()["Points"] == []


def test_tenants_do_not_share_xids(api: Api, other: Api, target: Target, theirs: str) -> None:
    """The same XIDs sent by another tenant make other things and change nothing."""
    before = api.trace(theirs)
    other.store({
        "Traces": [trace(target, XID=theirs, Name="taken over", SessionID=f"{theirs}-s")],
        "Spans": [span(target, theirs, XID=f"{theirs}-p", Name="taken over"), span(target, theirs)],
        "Findings": [finding(target, theirs, SpanID=f"{theirs}-p", Name="planted")],
    })  # fmt: skip
    assert api.trace(theirs) == before
    assert other.trace(theirs)["Name"] == "taken over"
    assert other.read("/traces", session=f"{theirs}-s")["Traces"][0]["Name"] == "taken over"
    assert other.send("DELETE", f"/traces/{theirs}").status_code == 204
    assert api.trace(theirs) == before


def test_metrics_do_not_reach_into_another_tenant(
    api: Api, other: Api, target: Target, theirs: str
) -> None:
    """What is recorded for another tenant's execution makes one of the sender's own."""
    path = f"/executions/{theirs}-e"
    before = api.read(path)
    other.note({"Executions": [{"XID": f"{theirs}-e"}]})
    for kind, body in (("values", {"Value": 2}), ("lists", {"Values": [2]})):
        sent = {"Name": f"secret-{theirs}", **body}
        answer = other.send("POST", f"{path}/metrics/{kind}", json=sent)
        assert answer.status_code == 200
    other.store({"Executions": [execution(target, XID=f"{theirs}-e", PipelineName="taken over")]})
    finished = other.send("POST", f"{path}/finish", json={"Status": "failed"})
    assert finished.json()["PipelineName"] == "taken over"
    assert api.read(path) == before
    [listed] = api.read("/metrics/lists", execution=f"{theirs}-e", include_values=True)["Lists"]
    assert listed["Values"] == [1, 2]
    assert other.send("DELETE", path).status_code == 204
    assert api.read(path) == before


def test_a_part_does_not_reach_into_another_tenant(
    api: Api, other: Api, target: Target, theirs: str
) -> None:
    """A span, event or finding for another tenant's trace stays with its sender."""
    before = api.trace(theirs)
    alone = finding(target, theirs, TraceID=None, SpanID=f"{theirs}-p")
    other.store({
        "Spans": [span(target, theirs, ParentID=f"{theirs}-p")],
        "Events": [event(target, theirs, SpanID=f"{theirs}-p")],
        "Findings": [alone],
    })  # fmt: skip
    assert api.trace(theirs) == before
    found = other.trace(theirs)
    assert "secret" not in str(found)
    assert (len(found["Spans"]), found["FindingCount"]) == (1, 0)
    other.store({"Findings": [{**alone, "TraceID": theirs}]})  # so that it can be deleted
    assert other.trace(theirs)["FindingCount"] == 1
    assert api.trace(theirs) == before


def test_server_ids_tell_nothing_of_other_tenants(
    api: Api, other: Api, target: Target, theirs: str
) -> None:
    """An `ID` counts nothing: two traces of one tenant do not tell how many others sent between."""
    other.store({"Traces": [trace(target) for _ in range(3)]})
    for item in (api.trace(theirs), *api.trace(theirs)["Spans"]):
        number = item["ID"].rpartition("_")[2]
        assert not number.isdecimal(), item["ID"]
