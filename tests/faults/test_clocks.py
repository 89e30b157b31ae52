"""Clocks are set back, stand still and jump: no duration is negative and delivery goes on."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

import modelmetry
from modelmetry.server.moments import moment
from tests.faults.application import Application, arrived_turns, stored, storing, turns
from tests.faults.forest import GROW, misplaced, traces_of
from tests.unit.sinks.receiver import Answer, problem, receiving

# Patched before anything of ours is loaded: what every part of the process reads.
_CLOCKS = """
import time
true_wall, true_monotonic, true_perf = time.time_ns, time.monotonic, time.perf_counter_ns
wall_offset = monotonic_offset = 0
stopped = None
time.time_ns = lambda: true_wall() + wall_offset
time.time = lambda: time.time_ns() / 1e9

def shift(nanoseconds):
    return nanoseconds + monotonic_offset if stopped is None else stopped

time.perf_counter_ns = lambda: shift(true_perf())
time.monotonic = lambda: shift(int(true_monotonic() * 1e9)) / 1e9

def set_wall(hours):
    global wall_offset
    wall_offset += int(hours * 3_600_000_000_000)

def sleep_through(hours):
    '''As a laptop does: the wall clock goes on, and the other one, on some systems, too.'''
    global monotonic_offset
    set_wall(hours)
    monotonic_offset += int(hours * 3_600_000_000_000)
"""


def negative(path: Path) -> list[Any]:
    """What of a store ends before it starts, or is not inside of what it belongs to."""
    found: list[Any] = []
    for trace in traces_of(path):
        above = {None: trace} | {span["XID"]: span for span in trace["Spans"]}
        for span in (trace, *trace["Spans"]):
            parent = above[span.get("ParentID")]
            begins, ends = moment(span["Start"]), moment(span["End"])
            inside = moment(parent["Start"]) <= begins <= ends <= moment(parent["End"])
            if not inside or span["DurationMs"] < 0:
                found.append(span["Name"])
    return found


def test_spans_are_inside_of_their_parents_whatever_the_clocks_do(tmp_path: Path) -> None:
    """Clocks jump in the middle of open spans, and before and after others."""
    with storing(tmp_path / "store.db") as url:
        app = Application(url, tmp_path / "spool")
        ended = app.run_file(
            tmp_path / "program.py",
            f"""{_CLOCKS}
import modelmetry
client = modelmetry.Client()
{GROW}
for hours in (0, -1, 0, 1, -20_000, 0, 9, 0):
    with client.trace("t") as trace:
        grow(client, "t/0")
        with client.span("t/1"):
            grow(client, "t/1/0")
            (sleep_through if hours == 9 else set_wall)(hours)
            grow(client, "t/1/1")
        open_span = trace.span("t/2")
        open_span.event("t/2")
        client.flush_all(0)
        grow(trace, "t/3")
print(client.close(50).ok)
""",
        )
        assert (ended.status, ended.out, ended.errors) == (0, "True\n", "")
        assert stored(url) == {"Traces": 8, "Spans": 112, "Events": 104, "Findings": 96}
    assert negative(tmp_path / "store.db") == []
    assert misplaced(tmp_path / "store.db") == []


def test_a_monotonic_clock_that_stands_still_gives_no_negative_time(tmp_path: Path) -> None:
    """Some virtual machines do that for a while: everything then takes no time at all."""
    with storing(tmp_path / "store.db") as url:
        ended = Application(url, tmp_path / "spool").run(
            GROW
            + """
from modelmetry.testing import FixedClock
clock = FixedClock()
client = modelmetry.Client(clock=clock)
for number in range(20):
    with client.trace("t") as trace:
        grow(client, "t/0")
        clock.set_back(3600)
        grow(client, "t/1")
        if number % 2: clock.advance(90_000)
        grow(trace, "t/2")
print(client.close(50).ok)
"""
        )
        assert (ended.status, ended.out, ended.errors) == (0, "True\n", "")
        assert stored(url) == {"Traces": 20, "Spans": 180, "Events": 180, "Findings": 180}
    assert negative(tmp_path / "store.db") == []
    assert misplaced(tmp_path / "store.db") == []


@pytest.mark.parametrize("jump", ["set_wall(-20_000)", "sleep_through(9)"])
def test_delivery_goes_on_whatever_the_clocks_do(tmp_path: Path, jump: str) -> None:
    """While a try has failed and signals wait on disk: nothing hangs, expires or is lost."""
    with receiving(*[problem(503)] * 2) as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run_file(
            tmp_path / "program.py",
            f"""{_CLOCKS}
import logging, threading
import modelmetry
failed = threading.Event()

class Listening(logging.Handler):
    def emit(self, record):
        if "trying again" in record.getMessage(): failed.set()

logging.getLogger("modelmetry").addHandler(Listening())
client = modelmetry.Client()
for number in range(10): client.trace("turn").end()
client.flush_all(0)
has_failed, before = failed.wait(50), client.stats()
{jump}
for number in range(10): client.trace("turn").end()
latest = true_monotonic() + 40
while client.stats().delivered < 20 and true_monotonic() < latest:  # a flush would cut waits short
    time.sleep(0.005)
receipt = client.close(0)
print(has_failed, before.spooled, receipt.created, receipt.delivered)
""",
        )
    assert (ended.status, ended.out) == (0, "True 10 20 20\n"), ended.errors
    assert len(receiver.received) > 2
    assert len(arrived_turns(receiver)) == 20


_MAX_AGE = modelmetry.Config().max_spool_age / 3_600


@pytest.mark.parametrize("hours", [20_000, 1 - _MAX_AGE])
def test_what_waits_on_disk_outlives_a_clock_that_was_wrong(tmp_path: Path, hours: float) -> None:
    """Ahead by anything, or behind by less than `max_spool_age`; the next process has it right."""
    with receiving() as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        receiver.judge = lambda _: problem(503)
        killed = app.run_file(
            tmp_path / "program.py",
            f"""{_CLOCKS}
set_wall({hours})
import modelmetry, os, signal
client = modelmetry.Client()
for number in range(10): client.trace("turn").end()
while client.stats().pending: time.sleep(0.005)
os.kill(os.getpid(), signal.SIGKILL)
""",
        )
        assert killed.status == -signal.SIGKILL, killed.errors
        receiver.judge = lambda _: Answer()
        refused = len(receiver.received)
        assert app.bring_home().status == 0
        assert len(turns(receiver.received[refused:])) == 10
