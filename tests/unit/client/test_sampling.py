"""Traces that a client keeps, and what it tells other processes."""

from __future__ import annotations

from typing import Any

import pytest

import modelmetry
from modelmetry.client.client import Client
from modelmetry.config import Config
from modelmetry.errors import ConfigError, InvalidTypeError
from modelmetry.testing import CountingIds, MemorySink
from tests.unit.sinks.receiver import receiving

HALF = Config(sample_rate=0.5)


def header(trace: str = "4bf92f3577b34da6a3ce929d0e0e4736", flags: str = "01") -> dict[str, str]:
    return {"traceparent": f"00-{trace}-00f067aa0ba902b7-{flags}"}


def test_a_rate_from_the_environment_keeps_a_share_of_the_traces() -> None:
    """Each of them says for how many it stands, on the wire too."""
    with receiving() as server:
        environ = {"MODELMETRY_SAMPLE_RATE": "0.5", "MODELMETRY_BASE_URL": server.url}
        with Client(config=Config.from_env(environ), new_id=CountingIds()) as client:
            for _ in range(40):
                client.trace("turn", session="chat").finding("score", 1).end()
            receipt = client.flush_all()
        traces = [one for got in server.received for one in got.document.get("Traces", [])]
        sessions = [one for got in server.received for one in got.document.get("Sessions", [])]
    assert 8 < len(traces) < 32
    assert {trace["Weight"] for trace in traces} == {2}
    assert [session["XID"] for session in sessions] == ["chat"]
    assert (receipt.delivered, receipt.sampled_out) == (2 * len(traces) + 1, 80 - 2 * len(traces))
    assert receipt.ok


def test_another_process_is_told_what_was_decided() -> None:
    """By the flag of `traceparent`, which it follows, whatever its own rate."""
    here, there = MemorySink(), MemorySink()
    one = Client(sink=here, config=HALF)
    other = Client(sink=there, config=Config(sample_rate=0.01))
    told: dict[str, str] = {}
    for _ in range(50):
        with one.trace("request") as trace:
            headers = one.inject()
            told[trace.xid] = headers["traceparent"][-2:]
        with other.extract(headers), other.span("job") as job:
            assert other.inject()["traceparent"][-2:] == told[trace.xid]
            job.finding("pages", 3)
    one.close()
    receipt = other.close()
    kept = {trace.xid for trace in here.traces}
    assert kept == {xid for xid, flags in told.items() if flags == "01"}
    assert set(told.values()) == {"00", "01"}
    assert {span.trace_xid for span in there.spans} == kept
    assert len(there.findings) == len(kept)
    assert receipt.dropped == {"sampled_out": 2 * (50 - len(kept))}


@pytest.mark.parametrize("config", [Config(), HALF])
def test_a_trace_that_its_beginner_left_out_is_left_out_here(config: Config) -> None:
    """All that is said of it, also of the caller, and late; nothing asks `keep` about it."""
    sink = MemorySink()
    asked: list[str] = []

    def keep(trace: modelmetry.FinishedTrace) -> bool:
        asked.append(trace.name)
        return True

    with Client(sink=sink, config=config, keep=keep) as client:
        with client.extract(header(flags="00")), client.span("job") as job:
            job.event("e", {"a": 1})
            client.completion("ask").end()
        client.flush_all()
        job.finding("late", 1).metadata(late=True)
        job.events[0].metadata(b=2)
        with client.extract(header(flags="03")), client.span("other"):
            pass
        receipt = client.flush_all()
    assert [span.name for span in sink.spans] == ["other"]
    assert asked == []
    assert receipt.dropped == {"sampled_out": 6}
    assert receipt.ok


def test_a_trace_can_be_kept_for_what_it_was() -> None:
    """As a user writes it."""
    sink = MemorySink()

    def keep(trace: modelmetry.FinishedTrace) -> bool | float:
        return trace.failed or trace.finding("groundedness", 1.0) < 0.5 or 0.05

    with Client(sink=sink, config=Config(), keep=keep, new_id=CountingIds()) as client:
        for number in range(60):
            with client.trace(f"turn {number}") as turn, turn.completion("ask") as ask:
                ask.finding("groundedness", 0.1 if number == 7 else 0.9)
                if number == 11:
                    ask.fail("no answer")
    weights = {trace.name: trace.weight for trace in sink.traces}
    assert (weights.pop("turn 7"), weights.pop("turn 11")) == (1, 1)
    assert set(weights.values()) <= {20}
    assert len(weights) < 15


def test_what_is_open_is_held_by_a_flush_and_kept_by_the_close() -> None:
    """Nobody knows yet what becomes of it."""
    sink = MemorySink()
    client = Client(sink=sink, config=Config(), keep=lambda _: False)
    turn = client.trace("turn").event("began")
    turn.span("step").end()
    receipt = client.flush_all()
    assert (receipt.pending, receipt.delivered) == (3, 0)
    turn.end()
    assert client.flush_all().dropped == {"sampled_out": 4}
    client.trace("never ended").span("step").end()
    assert client.close().delivered == 2
    assert [trace.name for trace in sink.traces] == ["never ended"]


@pytest.mark.parametrize("rate", ["1.5", "-0.1", "half", "nan"])
def test_a_rate_that_is_none_is_refused(rate: str) -> None:
    """With what was expected."""
    with pytest.raises(
        ConfigError, match=r"MODELMETRY_SAMPLE_RATE is .*; expected a number from 0 to 1"
    ):
        Config.from_env({"MODELMETRY_SAMPLE_RATE": rate})


def test_what_cannot_decide_is_refused_at_once() -> None:
    """A rate is a setting."""
    wrong: Any = 0.1
    with pytest.raises(
        InvalidTypeError, match=r"keep must be a function .* not 0\.1; .*sample_rate"
    ):
        Client(sink=MemorySink(), config=Config(), keep=wrong)
