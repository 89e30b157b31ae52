"""What clients lose, and what is missing of their traces, is told by a real server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.application import Application, storing
from tests.unit.cli.cast import modelmetry
from tests.unit.sinks.receiver import Answer, Received, fault, receiving


@pytest.mark.parametrize("durability", ["batch", "memory"])
def test_spans_that_found_no_room_are_missed_by_the_server(tmp_path: Path, durability: str) -> None:
    """The trace says how many there should be, the report how many signals were lost and why."""
    with (
        storing(tmp_path / "store.db") as url,
        httpx.Client(base_url=url, trust_env=False) as http,
    ):
        app = Application(url, tmp_path / "spool")
        ended = app.run(
            """
            trace = client.trace("turn")
            for number in range(4_000):
                trace.span(f"s{number}").end()
            until(lambda: not client.stats().pending)
            trace.end()
            receipt = client.close(30)
            print(receipt.dropped["buffer_full"], receipt.created, receipt.delivered)
            """,
            durability=durability,
            max_buffer_signals="200",
        )
        assert ended.status == 0, ended.errors
        lost, created, delivered = map(int, ended.out.split())
        (listed,) = http.get("/traces").json()["Traces"]
        found = http.get(f"/traces/{listed['XID']}").json()["Completeness"]
        reports = http.get("/clients/reports", params={"lossy": True}).json()
        shown = modelmetry(tmp_path, "losses", "--base-url", url)
        drawn = modelmetry(tmp_path, "traces", "show", "last", "--base-url", url)
    assert (lost > 0, created) == (True, 4_001)
    assert (listed["MissingSpans"], found["Expected"], found["Stored"]) == (
        lost,
        4_000,
        4_000 - lost,
    )
    assert found["Whole"] is False
    assert (reports["Lost"], reports["Dropped"]) == (lost, {"buffer_full": lost})
    (report,) = reports["Reports"]
    assert (report["Created"], report["Delivered"]) == (created, delivered)
    assert f"{lost} dropped (buffer_full {lost}); raise" in ended.errors.splitlines()[-1]
    assert f"{lost:,} signals lost in all" in shown.stderr
    assert f"{lost:,} of 4,000 spans are missing" in drawn.stdout


@pytest.mark.parametrize("durability", ["batch", "each", "memory"])
def test_a_trace_of_two_processes_is_whole_when_both_have_sent(
    tmp_path: Path, durability: str
) -> None:
    """Each counts its own spans."""
    with (
        storing(tmp_path / "store.db") as url,
        httpx.Client(base_url=url, trust_env=False) as http,
    ):
        app = Application(url, tmp_path / "spool")
        first = app.run(
            """
            with client.trace("request"), client.span("a"), client.span("b"):
                print(client.inject()["traceparent"])
            client.close(30)
            """,
            durability=durability,
        )
        assert first.status == 0, first.errors
        (listed,) = http.get("/traces").json()["Traces"]
        assert completeness(http, listed["XID"]) == (True, 2, 2)
        second = app.run(
            f"""
            with client.extract({{"traceparent": {first.out.strip()!r}}}):
                with client.span("c"), client.span("d"), client.span("e"):
                    pass
                client.span("f").end()
            client.close(30)
            """,
            durability=durability,
        )
        assert second.status == 0, second.errors
        assert completeness(http, listed["XID"]) == (True, 6, 6)
        assert http.get("/clients/reports").json()["Reports"] == []


@pytest.mark.parametrize("durability", ["batch", "memory"])
def test_what_the_second_process_of_a_trace_did_not_send_is_missed(
    tmp_path: Path, durability: str
) -> None:
    """Its first span says how many there are below, also when they found no room."""
    with (
        storing(tmp_path / "store.db") as url,
        httpx.Client(base_url=url, trust_env=False) as http,
    ):
        app = Application(url, tmp_path / "spool")
        first = app.run(
            """
            with client.trace("request"), client.span("a"):
                print(client.inject()["traceparent"])
            client.close(30)
            """,
            durability=durability,
        )
        assert first.status == 0, first.errors
        second = app.run(
            f"""
            with client.extract({{"traceparent": {first.out.strip()!r}}}):
                with client.span("b") as above:
                    for number in range(4_000):
                        above.span(f"b{{number}}").end()
                    until(lambda: not client.stats().pending)
            print(client.close(30).dropped["buffer_full"])
            """,
            durability=durability,
            max_buffer_signals="200",
        )
        assert second.status == 0, second.errors
        lost = int(second.out)
        (listed,) = http.get("/traces").json()["Traces"]
        assert lost > 0
        assert completeness(http, listed["XID"]) == (False, 4_002, 4_002 - lost)


def completeness(http: httpx.Client, xid: str) -> tuple[Any, ...]:
    """Whether a trace is whole, how many spans it should have and how many it has."""
    found = http.get(f"/traces/{xid}").json()["Completeness"]
    return found["Whole"], found["Expected"], found["Stored"]


def test_a_server_that_hangs_does_not_hold_up_the_end(tmp_path: Path) -> None:
    """The report waits no longer than the rest: an end takes the time that it is given.

    A report is given two seconds of its own, too few to be told from a slow machine: here more.
    """

    def judge(request: Received) -> Answer | None:
        if request.path == "/clients/reports/v1":
            receiver.hang.clear()
            receiver.hang.wait(20)
        return fault("body.Events[0]") if b"Events" in request.body else Answer()

    with receiving() as receiver:
        receiver.judge = judge
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            from modelmetry.sinks import connection
            connection._LONGEST_REPORT = 20.0
            client.trace("turn").event("poison").end()
            client.flush_all(20)
            began = time.monotonic()
            receipt = client.close(0.5)
            print(began, receipt.delivered, receipt.dropped)
            """,
            exit_timeout="0.5",
            timeout="20",
        )
        receiver.hang.set()
    assert ended.status == 0, ended.errors
    began, *rest = ended.out.split(" ", 2)
    assert rest == ["1", "{'http_422': 1}\n"]
    assert [one.path for one in receiver.received].count("/clients/reports/v1") == 1
    assert ended.at - float(began) < 8
