"""Batches over HTTP, to a real server on loopback."""

from __future__ import annotations

import socket
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from msgspec.structs import replace

from modelmetry.delivery.delivery import Delivery
from modelmetry.delivery.policy import IMMEDIATE
from modelmetry.delivery.receipt import Receipt
from modelmetry.delivery.sink import Batch, ClientReport, SinkFailure
from modelmetry.sinks.http import HttpSink
from tests.unit.delivery.cast import PATIENCE, event, finding, trace
from tests.unit.sinks.receiver import Answer, Received, Receiver, fault, problem, receiving

KEY = "key-that-nobody-may-see"


def small() -> Batch:
    return Batch.of([finding()])


def large() -> Batch:
    return Batch.of([event(text="a long text " * 200)])


@contextmanager
def sending_to(receiver: Receiver, *, compress: bool = True) -> Generator[HttpSink]:
    sink = HttpSink(receiver.url, api_key=KEY, timeout=5.0, compress=compress)
    try:
        yield sink
    finally:
        sink.close()


def failure_of(answer: Answer | None) -> SinkFailure:
    with (
        receiving(answer) as receiver,
        sending_to(receiver) as sink,
        pytest.raises(SinkFailure) as caught,
    ):
        sink.write(small())
    return caught.value


def test_a_batch_is_one_request_of_the_contract() -> None:
    """To the operation's path, with the key, as JSON."""
    batch = small()
    with receiving() as receiver, sending_to(receiver) as sink:
        sink.write(batch)
    (request,) = receiver.received
    assert request.path == "/signals/ingest/v1"
    assert request.headers["x-api-key"] == KEY
    assert request.headers["content-type"] == "application/json"
    assert "content-encoding" not in request.headers
    assert request.document["Findings"][0]["XID"] == batch.signals[0].xid


def test_a_large_body_is_compressed() -> None:
    """It arrives whole and takes less."""
    with receiving() as receiver, sending_to(receiver) as sink:
        sink.write(large())
    (request,) = receiver.received
    assert request.headers["content-encoding"] == "gzip"
    assert len(request.body) < 500
    assert request.document["Events"][0]["Metadata"]["text"].startswith("a long text")


def test_compression_can_be_switched_off() -> None:
    """For a server that is known not to take it."""
    with receiving() as receiver, sending_to(receiver, compress=False) as sink:
        sink.write(large())
    assert "content-encoding" not in receiver.received[0].headers


def test_a_server_that_refuses_compression_is_obeyed_from_then_on() -> None:
    """The refused batch is sent again at once, as it is."""
    with receiving(problem(415)) as receiver, sending_to(receiver) as sink:
        sink.write(large())
        sink.write(large())
    assert ["content-encoding" in request.headers for request in receiver.received] == [
        True,
        False,
        False,
    ]


def test_the_connection_is_kept_between_batches() -> None:
    """And opened anew when the server closed it."""
    with receiving(Answer(), None) as receiver, sending_to(receiver) as sink:
        sink.write(small())
        with pytest.raises(SinkFailure, match="connection"):
            sink.write(small())
        sink.write(small())
    assert len(receiver.received) == 3


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_status_that_may_pass_asks_for_a_retry(status: int) -> None:
    """The server is behind, or broken for now."""
    failure = failure_of(problem(status))
    assert (failure.reason, failure.retry) == (f"http_{status}", True)


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 413, 415, 422])
def test_a_refusal_asks_for_none(status: int) -> None:
    """The same batch would be refused again."""
    failure = failure_of(problem(status))
    assert (failure.reason, failure.retry) == (f"http_{status}", False)


@pytest.mark.parametrize(("asked", "seconds"), [("7", 7.0), ("soon", None)])
def test_retry_after_is_passed_on(asked: str, seconds: float | None) -> None:
    """As seconds; nonsense is as if it were not there."""
    assert failure_of(problem(429, **{"Retry-After": asked})).retry_after == seconds
    busy_proxy = Answer(status=503, body=b"<h1>busy</h1>", headers={"Retry-After": asked})
    assert failure_of(busy_proxy).retry_after == seconds


def test_retry_after_may_be_a_date() -> None:
    """Counted from now, by the server's own clock."""
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    waits = failure_of(problem(503, **{"Retry-After": date})).retry_after
    assert waits is not None
    assert 3_500 < waits <= 3_600


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=202),
        Answer(status=204, body=b""),
        Answer(body=b""),
        Answer(body=b'{"Accepted": 3, "more": "to come"}'),
    ],
)
def test_whatever_a_server_says_with_success_is_success(answer: Answer) -> None:
    """Servers of this API differ in what they answer with."""
    with receiving(answer) as receiver, sending_to(receiver) as sink:
        sink.write(small())
    assert len(receiver.received) == 1


def test_no_connection_may_pass() -> None:
    """The server may be starting."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        sink = HttpSink(f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(SinkFailure) as caught:
            sink.write(small())
        sink.close()
    assert (caught.value.reason, caught.value.retry) == ("connection", True)


def test_a_server_that_does_not_answer_times_out() -> None:
    """It may have stored the batch: sending it again is harmless."""
    with receiving() as receiver:
        receiver.hang.clear()
        sink = HttpSink(receiver.url, timeout=0.05)
        with pytest.raises(SinkFailure) as caught:
            sink.write(small())
        sink.close()
    assert (caught.value.reason, caught.value.retry) == ("timeout", True)


def test_the_key_is_shown_nowhere() -> None:
    """Not in what the sink shows, and not in an error, even when the server repeats it."""
    echo = Answer(status=401, body=f"bad key {KEY}".encode(), headers={"X-Echo": KEY})
    failure = failure_of(echo)
    assert KEY not in "".join(traceback.format_exception(failure))
    assert KEY not in repr(HttpSink("http://127.0.0.1:1", api_key=KEY))


def test_closing_an_unused_sink_is_harmless() -> None:
    """It holds nothing until it writes."""
    HttpSink("http://127.0.0.1:1").close()


def counted() -> Batch:
    """A trace that says how many spans it has, and metadata of the user that look like it."""
    told = replace(trace(), descendants=3, metadata={"Descendants": 7})
    return Batch.of([told, finding()])


def refuse_newer(request: Received) -> Answer:
    """What a server does that was built before traces said so."""
    unknown = any("Descendants" in item for item in request.document.get("Traces", []))
    return fault("body.Traces[0].Descendants") if unknown else Answer()


def test_a_server_that_does_not_know_the_number_gets_traces_without_it() -> None:
    """It is asked once; nothing is lost, and nothing else is left out."""
    with receiving() as receiver, sending_to(receiver) as sink:
        receiver.judge = refuse_newer
        sink.write(counted())
        sink.write(counted())
    first, *rest = [request.document["Traces"][0] for request in receiver.received]
    assert len(rest) == 2
    assert first["Descendants"] == 3
    for request in rest:
        assert "Descendants" not in request
        assert request["Metadata"] == {"Descendants": 7}
        assert request.keys() | {"Descendants"} == first.keys()


def test_a_server_that_knows_the_number_is_not_asked_again() -> None:
    """A fault that it finds later is one of the signals."""
    with receiving(Answer(), problem(422)) as receiver, sending_to(receiver) as sink:
        sink.write(counted())
        with pytest.raises(SinkFailure, match="http_422"):
            sink.write(counted())
    assert [len(request.document["Traces"]) for request in receiver.received] == [1, 1]
    assert all("Descendants" in request.document["Traces"][0] for request in receiver.received)


def test_a_fault_of_a_signal_is_told_where_it_is_not_the_number() -> None:
    """The refusal of what was sent without the number names the same places."""
    faults = (fault("body.Traces[0].Descendants"), fault("body.Findings[0]"))
    with (
        receiving(*faults) as receiver,
        sending_to(receiver) as sink,
        pytest.raises(SinkFailure) as caught,
    ):
        sink.write(counted())
    assert set(caught.value.faults) == {("Findings", 0)}
    assert len(receiver.received) == 2


def lossy() -> ClientReport:
    """A report of a client that lost two signals."""
    receipt = Receipt(
        created=9, delivered=4, pending=1, spooled=2, dropped={"closed": 2}, recovered=5
    )
    return ClientReport("client-1", 1_767_225_600_000_000_000, receipt)


def test_a_report_is_one_request_of_the_contract() -> None:
    """To its own path, with the key and every count."""
    with receiving() as receiver, sending_to(receiver) as sink:
        assert sink.report_losses(lossy())
    (request,) = receiver.received
    assert request.path == "/clients/reports/v1"
    assert request.headers["x-api-key"] == KEY
    assert request.document == {
        "XID": "client-1", "At": "2026-01-01T00:00:00.000000Z", "Name": "modelmetry",
        "Version": request.document["Version"], "Created": 9, "Delivered": 4, "Pending": 1,
        "Spooled": 2, "Recovered": 5, "Dropped": {"closed": 2},
    }  # fmt: skip


@pytest.mark.parametrize("status", [400, 404, 405, 422, 501])
def test_an_older_server_knows_no_reports(status: int) -> None:
    """That is told apart from a failure."""
    with receiving(problem(status)) as receiver, sending_to(receiver) as sink:
        assert not sink.report_losses(lossy())


@pytest.mark.parametrize("answer", [None, problem(401), problem(429), problem(503)])
def test_a_report_that_does_not_arrive_is_a_failure(answer: Answer | None) -> None:
    """It may be sent again, later."""
    with (
        receiving(answer) as receiver,
        sending_to(receiver) as sink,
        pytest.raises(SinkFailure),
    ):
        sink.report_losses(lossy())


def test_an_empty_answer_to_a_report_is_an_arrival() -> None:
    """As with signals."""
    with receiving(Answer(status=202, body=b"")) as receiver, sending_to(receiver) as sink:
        assert sink.report_losses(lossy())


def test_a_client_asks_an_older_server_for_reports_once() -> None:
    """Whatever is lost after that, and also at the end."""
    with receiving() as receiver:
        receiver.judge = lambda request: (
            problem(404) if request.path == "/clients/reports/v1" else fault("body.Findings[0]")
        )
        delivery = Delivery(HttpSink(receiver.url), batch_policy=IMMEDIATE)
        for _ in range(3):
            delivery.put(finding())
            delivery.flush(PATIENCE)
        assert delivery.close(PATIENCE).dropped == {"http_422": 3}
    asked = [one.path for one in receiver.received if one.path == "/clients/reports/v1"]
    assert len(asked) == 1
