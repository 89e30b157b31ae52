"""Ctrl-C at each place where it can come: nothing is lost, and the books add up."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from modelmetry import Client, Config
from modelmetry.testing import MemorySink

# A trace, two spans, an event and a finding on each.
SIGNALS = 5
NOBODY = "http://127.0.0.1:9"


def interrupted(act: Callable[[], object], place: int) -> bool:
    """Do `act`, with a Ctrl-C as function number `place` of ours begins; whether it came."""
    calls = 0

    def trace(frame: FrameType, event: str, argument: object) -> None:
        del argument
        nonlocal calls
        if event == "call" and "modelmetry" in frame.f_code.co_filename:
            calls += 1
            if calls == place:
                sys.settrace(None)
                raise KeyboardInterrupt

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def turn(client: Client) -> Any:
    """A turn that is about to end."""
    trace = client.trace("turn").finding("score", 1)
    trace.span("step").event("seen").end()
    trace.span("other").end()
    return trace


@pytest.mark.parametrize("word", ["stats", "flush_all"])
def test_whoever_asks_may_be_interrupted_anywhere(word: str) -> None:
    """All that had ended is delivered in the end, once."""
    for place in range(1, 2_000):
        sink = MemorySink()
        client = Client(sink=sink)
        vars(client)["_delivery"].inbox.notice = lambda: None  # the thread would be quicker
        turn(client).end()
        came = interrupted(getattr(client, word), place)
        assert client.stats().created == SIGNALS, place
        receipt = client.close()
        assert (receipt.created, receipt.delivered) == (SIGNALS, SIGNALS), place
        assert (len(sink.traces), len(sink.spans), len(sink.findings)) == (1, 2, 1)
        if not came:
            return
    raise AssertionError("it has no end")


def test_who_ends_a_turn_may_be_interrupted_anywhere(tmp_path: Path) -> None:
    """With `each`, where the end writes to disk."""
    clients = list[Client]()  # kept: a finaliser must not be what is interrupted
    for place in range(1, 2_000):
        folder = tmp_path / str(place)
        config = Config(base_url=NOBODY, durability="each", spool=str(folder), exit_timeout=0.0)
        client = Client(config=config)
        clients.append(client)
        turn(client).end()
        last = turn(client)
        came = interrupted(last.end, place)
        last.end()
        assert client.stats().created == 2 * SIGNALS, place
        receipt = client.close(0)
        assert (receipt.created, receipt.spooled) == (2 * SIGNALS, 2 * SIGNALS), place
        if not came:
            return
    raise AssertionError("it has no end")
