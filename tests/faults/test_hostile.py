"""What applications hand over, and what their callbacks do: nothing of it hurts them or others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.faults.application import Application, arrived_turns, storing
from tests.faults.hostile import DOORS, MATRIX, VALUES
from tests.unit.sinks.receiver import Answer, Received, Receiver, problem, receiving


def metadata_of(receiver: Receiver) -> dict[str, Any]:
    """The metadata of each trace, by its name."""
    return {
        trace["Name"]: trace.get("Metadata")
        for request in receiver.received
        for trace in request.document.get("Traces", [])
    }


def test_no_value_at_any_door_hurts_anybody(tmp_path: Path) -> None:
    """The caller sees no exception but of a wrong argument, and no signal is lost with another."""
    with storing(tmp_path / "store.db") as url:
        app = Application(url, tmp_path / "spool")
        ended = app.run(VALUES + DOORS + MATRIX)
    assert (ended.status, ended.out) == (0, "['invalid_value']\n"), ended.errors
    assert "Traceback" not in ended.errors
    assert "please report" not in ended.errors


def test_what_arrives_is_what_was_there(tmp_path: Path) -> None:
    """Also of subclasses that misbehave; what has no JSON form is named and marked."""
    with receiving() as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            VALUES
            + """
for name, value in VALUES.items():
    client.trace(name, metadata={"v": value}).end()
assert client.close(50).ok
"""
        )
    assert (ended.status, ended.errors) == (0, "")
    arrived = {name: metadata["v"] for name, metadata in metadata_of(receiver).items()}
    assert arrived["text"] == arrived["equal text"] == "text"
    assert (arrived["int"], arrived["float"]) == (5, 5.5)
    assert (arrived["array"], arrived["scalar"], arrived["set"]) == ([1, 2], 3, [1, 2])
    assert arrived["lone surrogate"] == "a\ufffdb"
    assert (arrived["nan"], arrived["infinite"]) == ("nan", "-inf")
    assert (arrived["default"], arrived["proxy"]) == ({"a": 1}, {"a": 1})
    assert arrived["cycle"]["me"].startswith("<cycle of dict")
    assert "<too deep of list" in str(arrived["deep"])
    for name in ("keys", "changing", "len", "iter", "tolist", "item", "ratio"):
        assert arrived[name].startswith("<unreadable of "), name
    for name in ("repr", "both", "bytes", "complex", "function"):
        assert arrived[name].startswith("<repr of "), name


def test_what_is_huge_is_cut_and_says_so(tmp_path: Path) -> None:
    """50 MB of text at every door that takes a text; a list of a million numbers stays whole."""
    with receiving() as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            text, numbers = "x" * 50_000_000, list(range(1_000_000))
            trace = client.trace(text, metadata={"text": text, "inside": [text]})
            trace.finding("f", text).event("e", {"text": text}).fail(text)
            trace.end()
            span = client.trace("t").completion("c").user(text).tool_call("n", {"a": text})
            span.document("d", content=text).end().end()
            client.trace("numbers", metadata={"numbers": numbers}).end()
            receipt = client.close(50)
            print(receipt.ok, receipt.created)
            """,
            max_text_length="10000",
        )
    assert (ended.status, ended.out, ended.errors) == (0, "True 6\n", "")
    cut = "x" * 10_000 + "[... 49990000 more characters]"
    found = str([request.document for request in receiver.received])
    assert found.count(cut) == found.count("xx[... 49990000") == 9
    assert metadata_of(receiver)["numbers"] == {"numbers": list(range(1_000_000))}


def test_what_is_changed_later_arrives_as_it_was(tmp_path: Path) -> None:
    """By the caller right after the call, and by other threads all the time."""
    with receiving() as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            shared, stop = {"list": [], "dict": {}}, threading.Event()
            def change():
                for number in range(1 << 60):
                    if stop.is_set(): return
                    shared["list"].append(number)
                    shared["dict"][str(number)] = number
                    shared[str(number % 50)] = [number]
                    if number % 50 == 0:
                        shared["list"].clear(); shared["dict"].clear(); shared.pop("7", None)
            threads = [threading.Thread(target=change) for _ in range(2)]
            for thread in threads: thread.start()
            for number in range(500):
                mine = {"a": number, "b": [number, {"c": number}]}
                trace = client.trace(str(number), metadata=mine).event("e", mine)
                with trace.completion("c") as span:
                    span.tool_call("n", mine).document("d", content=mine, metadata=mine)
                    mine["a"] = mine["b"][0] = mine["b"][1]["c"] = "later"
                    mine["b"].append("later")
                    span.metadata(shared).event("e", shared).tool_call("n", shared)
                trace.end()
            stop.set()
            for thread in threads: thread.join()
            print(client.close(50).ok)
            """
        )
    assert (ended.status, ended.out, ended.errors) == (0, "True\n", "")
    arrived = metadata_of(receiver)
    assert arrived == {str(n): {"a": n, "b": [n, {"c": n}]} for n in range(500)}
    assert "later" not in str([request.document for request in receiver.received])


durabilities = pytest.mark.parametrize("durability", ["batch", "memory"])


def refusing(request: Received) -> Answer:
    """A server that finds fault with some of it."""
    return problem(422) if "refuse" in str(request.document) else Answer()


def test_callbacks_may_raise(tmp_path: Path) -> None:
    """Anything, each time: delivery goes on and the books add up; the log says each kind once."""
    with receiving() as receiver:
        receiver.judge = refusing
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            kinds, called = [ValueError, SystemExit, KeyboardInterrupt, GeneratorExit], []
            def raising(*_):
                called.append(1)
                raise kinds[len(called) % 4]
            client = modelmetry.Client(on_success=raising, on_failure=raising)
            for number in range(8):
                turns(1)
                client.trace("refuse").end()
                receipt = client.flush_all(50)
                assert (receipt.pending, receipt.spooled) == (0, 0), receipt
            receipt = client.close(50)
            print(len(called) >= 16, receipt.delivered, receipt.dropped)
            """
        )
    assert (ended.status, ended.out) == (0, "True 56 {'http_422': 8}\n")
    assert ended.errors.count("a delivery callback raised; it stays in use") == 4
    assert len(arrived_turns(receiver)) == 8


@durabilities
def test_a_callback_that_never_returns_holds_up_nobody(tmp_path: Path, durability: str) -> None:
    """Neither who records and asks, nor the end of the process; nothing is counted twice."""
    with receiving() as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            entered = threading.Event()
            def never(_):
                entered.set()
                threading.Event().wait()
            client = modelmetry.Client(on_success=never)
            turns(1)
            client.flush_all(0)
            called, began = entered.wait(30), time.monotonic()
            turns(200)
            receipt = client.flush_all(0.2)
            kept = receipt.delivered + receipt.pending + receipt.spooled
            print(began, called, receipt.created, kept, receipt.dropped)
            """,
            durability=durability,
            exit_timeout="0.2",
        )
        began, _, rest = ended.out.partition(" ")
        assert (ended.status, rest) == (0, "True 1407 1407 {}\n")
        assert ended.at - float(began) < 10
        if durability == "batch":
            assert app.bring_home().status == 0
            assert len(arrived_turns(receiver)) == 201


@durabilities
def test_callbacks_may_call_the_client(tmp_path: Path, durability: str) -> None:
    """They record, ask, flush and close in the very thread that delivers, and wait for nobody."""
    with receiving() as receiver:
        receiver.judge = refusing
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            called = []
            def calling(*_):
                called.append(1)
                if len(called) <= 20:
                    turns(1)
                receipt = client.stats()
                lost = sum(receipt.dropped.values())
                left = receipt.pending + receipt.spooled
                assert receipt.created == receipt.delivered + left + lost
                client.flush_all(50)
                if len(called) == 30:
                    client.close(50)
            client = modelmetry.Client(on_success=calling, on_failure=calling)
            while len(called) < 30:
                turns(1)
                client.trace("refuse").end()
                client.flush_all(50)
            receipt = client.close(50)
            print(receipt.pending, receipt.spooled, set(receipt.dropped) - {"closed"})
            """,
            durability=durability,
        )
    assert (ended.status, ended.out, ended.errors.count("Traceback")) == (
        0,
        "0 0 {'http_422'}\n",
        0,
    )
