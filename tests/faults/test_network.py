"""The network and what stands in it go wrong: all arrives in the end, and nobody is flooded."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.faults.application import Application, arrived_turns, stored, storing, whole
from tests.faults.network import (
    Trouble,
    bad_gateway,
    going_wrong,
    nonsense,
    reset,
    silent,
    truncated,
)
from tests.unit.sinks.receiver import Answer, Received, problem, receiving


@pytest.mark.parametrize("trouble", [reset, truncated, silent, nonsense, bad_gateway])
@pytest.mark.parametrize("durability", ["batch", "memory"])
def test_what_met_trouble_is_sent_again(tmp_path: Path, trouble: Trouble, durability: str) -> None:
    """Three times in a row; the store has everything once, and the log has one line of it."""
    with storing(tmp_path / "store.db") as url, going_wrong(url, *[trouble] * 3) as network:
        app = Application(network.url, tmp_path / "spool")
        ended = app.run(
            "turns(20); print(client.flush_all(50))",
            durability=durability,
            timeout="2" if trouble is silent else "30",  # only silence has to be waited out
        )
        assert (ended.status, ended.out) == (0, "140 created: 140 delivered\n")
        assert ended.errors.count("\n") == 1
        assert "trying again" in ended.errors
        assert stored(url) == whole(20)
        assert network.connections <= 5


def test_a_name_that_nobody_knows_costs_nothing(tmp_path: Path) -> None:
    """No address is found: all stays on disk, with two lines in the log."""
    app = Application("http://modelmetry.invalid", tmp_path / "spool")
    ended = app.run(
        """
        import logging
        failed = threading.Event()
        class Listening(logging.StreamHandler):
            def emit(self, record):
                super().emit(record)
                if "failed (connection: " in record.getMessage(): failed.set()
        logging.getLogger("modelmetry").addHandler(Listening())
        turns(20)
        client.flush_all(0)
        print(failed.wait(50))  # however long whoever resolves names takes
        with client: pass
        """,
        exit_timeout="1.0",
    )
    assert (ended.status, ended.out) == (0, "True\n")
    assert "failed (connection: " in ended.errors
    assert "140 signals could not be delivered and stay on disk" in ended.errors
    assert ended.errors.count("\n") == 2
    assert app.left


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_fails_for_long_is_not_hammered(tmp_path: Path, status: int) -> None:
    """Two seconds of failures are a handful of requests and one line in the log."""
    with receiving() as receiver:
        receiver.judge = lambda _: problem(status)
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            until_then = time.monotonic() + 2
            while time.monotonic() < until_then:
                turns(5)
                time.sleep(0.01)
            print(client.stats().dropped)
            client.close(0)
            """
        )
    assert (ended.status, ended.out) == (0, "{}\n")
    assert ended.errors.count("\n") == 1
    assert 2 <= len(receiver.received) <= 12


def test_a_server_that_says_when_it_is_back_is_believed(tmp_path: Path) -> None:
    """Neither a flush nor more signals bring the next request before its time."""
    moments: list[float] = []

    def judge(_: Received) -> Answer:
        moments.append(time.monotonic())
        return Answer() if moments[1:] else problem(429, **{"Retry-After": "3"})

    with receiving() as receiver:
        receiver.judge = judge
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            turns(5)
            client.flush_all(0.5)
            turns(5)
            client.flush_all(0.5)
            print(client.flush_all(50))
            """
        )
    assert (ended.status, ended.out) == (0, "70 created: 70 delivered\n")
    assert len(arrived_turns(receiver)) == 10
    # What was asked for, counted from a moment before it was said.
    assert moments[1] - moments[0] >= 3
    assert len(moments) <= 3
