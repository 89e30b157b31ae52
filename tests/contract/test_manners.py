"""At a server elsewhere the suite touches nothing that is not its own."""

from __future__ import annotations

from typing import Any, cast

from tests.contract.generation import keep_to_ourselves
from tests.contract.sent import Sent
from tests.contract.signals import finding, metric, trace
from tests.contract.target import Target


class OneCase:
    """As much of a case of schemathesis as is looked at."""

    def __init__(
        self, method: str, *, path: str = "/traces/{xid}", xid: str = "", body: Any = None
    ) -> None:
        self.method = method
        self.path = path
        self.path_parameters: dict[str, Any] = {"xid": xid}
        self.body = body


def kept(case: OneCase, run: str) -> OneCase:
    """The case, kept to what is ours."""
    keep_to_ourselves(cast("Any", case), run)
    return case


def test_only_our_own_traces_are_deleted(target: Target) -> None:
    """A link from somebody's trace to its deletion leads to a trace that is not there."""
    run = target.run
    assert kept(OneCase("DELETE", xid="theirs"), run).path_parameters == {"xid": f"{run}theirs"}
    assert kept(OneCase("DELETE", xid=f"{run}-a"), run).path_parameters == {"xid": f"{run}-a"}
    assert kept(OneCase("GET", xid="theirs"), run).path_parameters == {"xid": "theirs"}


def test_only_our_own_things_are_written(target: Target) -> None:
    """Every XID that a generated body names begins with the run's digits; other faults stay."""
    body: dict[str, Any] = {
        "Traces": [trace(target, XID="theirs", SessionID="theirs"), {"XID": 5}, "text"],
        "Findings": [
            finding(target, "theirs", SpanID="theirs"),
            finding(target, "t", TraceID=None),
        ],
    }
    kept(OneCase("POST", body=body), target.run)
    assert body["Traces"][0]["XID"] == f"{target.run}theirs"
    assert body["Traces"][0]["SessionID"] == f"{target.run}theirs"
    assert body["Traces"][1:] == [{"XID": 5}, "text"]
    assert body["Findings"][0]["SpanID"] == f"{target.run}theirs"
    assert body["Findings"][1]["TraceID"].startswith(target.run)


def test_only_our_own_executions_are_written(target: Target) -> None:
    """By what a path names, a body itself, and its lists; without an XID one gets ours."""
    run = target.run
    finish = OneCase("POST", path="/executions/{xid}/finish", xid="theirs", body={})
    assert kept(finish, run).path_parameters == {"xid": f"{run}theirs"}
    read = OneCase("GET", path="/executions/{xid}", xid="theirs")
    assert kept(read, run).path_parameters == {"xid": "theirs"}
    made = kept(OneCase("POST", path="/executions", body={"TraceID": "theirs"}), run).body
    assert made == {"XID": f"{run}-no-xid", "TraceID": f"{run}theirs"}
    sent: dict[str, Any] = {
        "MetricValues": [metric(target, "theirs")],
        "Runs": [{"XID": "theirs", "ExecutionID": "theirs"}],
        "Records": [{"XID": "theirs", "RunID": "theirs"}],
    }
    kept(OneCase("POST", path="/telemetry/records", body=sent), run)
    named = [sent["MetricValues"][0]["ExecutionID"], *sent["Runs"][0].values()]
    assert {*named, *sent["Records"][0].values()} == {f"{run}theirs"}


def test_reports_are_those_of_our_own_clients(target: Target) -> None:
    """Nobody else's report is replaced; what is no text stays."""
    assert kept(OneCase("POST", body={"XID": "x"}), target.run).body == {"XID": f"{target.run}x"}
    assert kept(OneCase("POST", body={"XID": 5}), target.run).body == {"XID": 5}


def test_only_our_own_things_are_remembered(target: Target) -> None:
    """What is cleaned up afterwards begins with the run's digits."""
    sent = Sent(target.run)
    theirs = trace(target, XID="theirs", SessionID="theirs")
    findings = [finding(target, "theirs")]
    sent.note({"Sessions": [{"XID": "theirs"}], "Traces": [theirs], "Findings": findings})
    assert sent.clean_up("http://127.0.0.1:1", "no request is made") == []
