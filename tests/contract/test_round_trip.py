"""Recorded with the fluent API, sent over HTTP, stored, read with the generated client: equal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

import httpx
import pytest
from hypothesis import given
from modelmetry_api import models
from modelmetry_api.api import get_session, get_trace
from modelmetry_api.client import Client as ApiClient
from modelmetry_api.types import to_builtins

from modelmetry import Client, Receipt
from tests.contract.fluent_trees import (
    Json,
    Plan,
    expected_node,
    expected_span,
    in_order,
    plans,
    record,
    same,
)
from tests.contract.generation import QUICKLY
from tests.contract.spec_transport import SpecTransport, watched
from tests.contract.target import Target

FACT = {
    "Events": ("Name", "Metadata", "At"),
    "Findings": ("Name", "Value", "At", "Unit", "Comment", "Source", "Metadata"),
}


@pytest.fixture(scope="module")
def client(target: Target) -> Iterator[Client]:
    """The SDK's client, sending to the server under test, every request held to the document."""
    sdk = Client(base_url=target.base_url, api_key=target.key, new_id=target.xid)
    with watched(), sdk as opened:
        yield opened


@pytest.fixture(scope="module")
def reader(target: Target) -> Iterator[ApiClient]:
    """The generated client, every request held to the document."""
    transport = SpecTransport(httpx.HTTPTransport())
    with ApiClient(target.base_url, api_key=target.key, transport=transport) as opened:
        yield opened


def delivered(receipt: Receipt) -> None:
    """Fail unless everything arrived."""
    assert receipt.ok, receipt
    assert receipt.created == receipt.delivered, receipt


def node_of(read: dict[str, Json]) -> dict[str, Json]:
    """A read node as `expected_node` says it: times as times, facts in order."""
    node = dict(read)
    for name, members in FACT.items():
        listed = cast("list[dict[str, Json]]", read[name] or [])
        facts = [{member: one[member] for member in members} for one in listed]
        node[name] = in_order([{**one, "At": datetime.fromisoformat(one["At"])} for one in facts])
    for name in ("Start", "End"):
        node[name] = datetime.fromisoformat(read[name])
    return node


def differences(expected: dict[str, Json], read: dict[str, Json]) -> list[str]:
    """Members that are not as expected, in value and in type."""
    return [
        f"{name}: expected {expected[name]!r}, read {read.get(name, 'nothing')!r}"
        for name in expected
        if not same(expected[name], read.get(name))
    ]


@QUICKLY
@given(plan=plans())
def test_what_is_recorded_is_read(
    client: Client, reader: ApiClient, target: Target, plan: Plan
) -> None:
    """Names, nesting, values with their types, times to the microsecond, data, severity."""
    trace, spans = record(client, plan, target.session)
    target.sent.add(trace.xid)
    delivered(client.flush_all(timeout=30))
    read: dict[str, Json] = to_builtins(get_trace.sync(trace.xid, client=reader))

    assert not differences(expected_node(plan), node_of(read))
    assert read["SessionID"] == target.session
    failed = any(found.failure is not None for found in everyone(plan))
    assert (read["Failed"], read["Severity"]) == (failed, "error" if failed else "unset")
    assert not read["Open"]
    assert {found["XID"] for found in read["Spans"]} == spans.keys()
    for found in read["Spans"]:
        node, parent = spans[found["XID"]]
        expected = expected_span(node, found["XID"], parent)
        expected["Severity"] = "unset" if node.failure is None else "error"
        assert not differences(expected, node_of(found))
    starts = [datetime.fromisoformat(found["Start"]) for found in read["Spans"]]
    assert starts == sorted(starts)


def everyone(plan: Plan) -> list[Plan]:
    """The plan and all below it."""
    return [plan, *(found for child in plan.children for found in everyone(child))]


def test_what_is_said_late_is_read(client: Client, reader: ApiClient, target: Target) -> None:
    """Findings, events, metadata and failures after the end arrive, also after a flush."""
    trace = client.trace("late", session=target.session)
    target.sent.add(trace.xid)
    span = trace.completion("llm", model="m")
    span.end()
    trace.end()
    delivered(client.flush_all(timeout=30))
    trace.finding("score", 1).metadata(late=True)
    span.finding("score", 0.5, at=datetime.now().astimezone()).event("seen", {"n": 1})
    span.user("Hello?").fail("too late")
    delivered(client.flush_all(timeout=30))
    read = get_trace.sync(trace.xid, client=reader)
    assert (read.finding_count, read.event_count, read.span_count) == (2, 1, 1)
    assert read.metadata == {"late": True}
    assert (read.failed, read.severity) == (True, "error")
    (found,) = read.spans or []
    assert found.message == "too late"
    assert isinstance(found.completion, models.CompletionFamilyData)
    assert isinstance(found.completion.messages, list)


def test_an_open_trace_is_read_while_it_runs(
    client: Client, reader: ApiClient, target: Target
) -> None:
    """A flush sends what is open; the end comes later and closes it."""
    trace = client.trace("open", session=target.session)
    target.sent.add(trace.xid)
    span = trace.span("step")
    delivered(client.flush_all(timeout=30))
    read = get_trace.sync(trace.xid, client=reader)
    assert read.open_
    assert [found.open_ for found in read.spans or []] == [True]
    span.end().end()
    delivered(client.flush_all(timeout=30))
    read = get_trace.sync(trace.xid, client=reader)
    assert not read.open_
    assert [found.open_ for found in read.spans or []] == [False]


def test_an_exception_is_read(client: Client, reader: ApiClient, target: Target) -> None:
    """What leaves a block is the span's failure and an event under OpenTelemetry's names."""
    trace = client.trace("broken", session=target.session)
    target.sent.add(trace.xid)
    with pytest.raises(LookupError), trace, trace.retrieval("search"):
        raise LookupError("no such order")
    delivered(client.flush_all(timeout=30))
    read = get_trace.sync(trace.xid, client=reader)
    (found,) = read.spans or []
    assert (found.severity, found.message) == ("error", "LookupError: no such order")
    (event,) = found.events or []
    assert event.name == "exception"
    assert event.metadata["exception.type"] == "LookupError"
    assert event.metadata["exception.message"] == "no such order"
    assert "test_an_exception_is_read" in event.metadata["exception.stacktrace"]


def test_a_session_is_read(client: Client, reader: ApiClient, target: Target) -> None:
    """Its name, its metadata as they were last, and its traces oldest first."""
    session = client.session(f"{target.run}-sdk", name="An order", metadata={"channel": "web"})
    target.sent.note({"Sessions": [{"XID": session.xid}]})
    for number in range(3):
        session.trace(f"turn {number}").end()
    session.metadata(solved=True)
    delivered(client.flush_all(timeout=30))
    read = get_session.sync(f"{target.run}-sdk", client=reader)
    for found in read.traces:
        target.sent.add(found.xid)
    assert (read.name, read.metadata) == ("An order", {"channel": "web", "solved": True})
    assert [found.name for found in read.traces] == ["turn 0", "turn 1", "turn 2"]


def test_a_thousand_signals_are_read(client: Client, reader: ApiClient, target: Target) -> None:
    """Many signals travel in several batches and arrive once each."""
    with client.trace("many", session=target.session) as trace:
        target.sent.add(trace.xid)
        for number in range(500):
            trace.span(f"step {number}").finding("n", number).event("e").end()
    delivered(client.flush_all(timeout=60))
    read = get_trace.sync(trace.xid, client=reader)
    assert (read.span_count, read.finding_count, read.event_count) == (500, 500, 500)
    values = sorted(one.value for found in read.spans or [] for one in _findings(found))
    assert values == list(range(500))


def _findings(span: models.Span) -> list[Any]:
    return list(span.findings or [])
