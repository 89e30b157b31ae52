"""Finalisers, signals and forks come in the middle of delivery: nobody hangs, nothing is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.application import Application
from tests.unit.sinks.receiver import receiving

NOWHERE = "http://127.0.0.1:9"
both = pytest.mark.parametrize("durability", ["each", "batch"])


@both
def test_a_finaliser_may_flush(tmp_path: Path, durability: str) -> None:
    """Garbage is collected at any moment, also while the same thread flushes."""
    with receiving() as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            import gc
            class Finalised:
                def __init__(self): self.cycle = self
                def __del__(self): client.flush_all(20)
            for number in range(150):
                gc.disable()
                gc.collect()
                Finalised()
                client.trace("turn").end()
                gc.enable()
                gc.set_threshold(1 + number, 5, 5)
                client.flush_all(20)
                gc.set_threshold(700, 10, 10)
            receipt = client.close(20)
            print(receipt)
            """,
            durability=durability,
        )
    assert (ended.status, ended.out, ended.errors) == (0, "150 created: 150 delivered\n", "")


@both
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_handler_may_record_while_the_process_forks(tmp_path: Path, durability: str) -> None:
    """It runs in the thread that keeps all others still."""
    with receiving() as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            def handler(*_): client.trace("handled").end()
            signal.signal(signal.SIGALRM, handler)
            signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
            codes = []
            for number in range(50):
                child = os.fork()
                if child == 0:
                    signal.setitimer(signal.ITIMER_REAL, 0)
                    client.trace("child").end()
                    os._exit(0 if client.close(20).ok else 1)
                codes.append(os.waitpid(child, 0)[1])
            signal.setitimer(signal.ITIMER_REAL, 0)
            print(set(codes), client.close(20).ok)
            """,
            durability=durability,
        )
    assert (ended.status, ended.out, ended.errors) == (0, "{0} True\n", "")


@both
def test_an_interruption_in_the_middle_costs_nothing(tmp_path: Path, durability: str) -> None:
    """Ctrl-C in a notebook: what was recorded before arrives, and recording goes on."""
    with receiving() as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            client.trace("first").end()
            client.flush_all(20)
            signal.signal(signal.SIGALRM, signal.default_int_handler)
            recorded = []
            for number in range(60):
                try:
                    signal.setitimer(signal.ITIMER_REAL, 0.0003 + 0.00002 * number)
                    while True:
                        trace = client.trace("turn")
                        trace.end()
                        recorded.append(trace.xid)
                except KeyboardInterrupt:
                    pass
                assert client.flush_all(20).pending == 0
            print(client.close(20).dropped)
            print(*recorded)
            """,
            durability=durability,
        )
    assert (ended.status, ended.errors) == (0, "")
    dropped, recorded = ended.out.splitlines()
    assert dropped == "{}"
    came = {trace["XID"] for request in receiver.received for trace in request.document["Traces"]}
    assert set(recorded.split()) <= came


def test_a_sigterm_that_comes_while_a_signal_is_kept_ends_the_program(tmp_path: Path) -> None:
    """It comes again where it belongs, and drops nothing."""
    app = Application(NOWHERE, tmp_path / "spool")
    ended = app.run(
        """
        def term(): os.kill(os.getpid(), signal.SIGTERM)
        client.trace("first").end()
        threading.Timer(0.05, term).start()
        def ended():
            print(client.stats().dropped)
        import atexit
        atexit.register(ended)
        while True: client.trace("turn").end()
        """,
        durability="each",
        end_on_sigterm="1",
        exit_timeout="0.2",
    )
    assert (ended.status, ended.out) == (143, "{}\n")
    assert "stay on disk" in ended.errors


@both
def test_what_cannot_send_still_keeps(tmp_path: Path, durability: str) -> None:
    """A library that is missing is one line, a count, and nothing that hangs."""
    app = Application("http://192.0.2.1", tmp_path / "spool")
    program = """
        os.environ["ALL_PROXY"] = "socks5://127.0.0.1:1"  # needs a library that is not here
        turns(1)
        print(client.flush_all(20).dropped, client.close(20).pending)
        """
    ended = app.run(program, durability=durability)
    assert (ended.status, ended.out) == (0, "{'ImportError': 7} 0\n")
    assert ended.errors.count("were lost") == 1
    assert [path.name for path in (tmp_path / "spool").glob("*/*")] == ["refused.jsonl"]


@pytest.mark.parametrize("durability", ["each", "batch", "memory"])
def test_a_client_that_was_collected_does_not_go_silently(tmp_path: Path, durability: str) -> None:
    """At the end of the process nobody else has its receipt."""
    app = Application(NOWHERE, tmp_path / "spool")
    ended = app.run(
        """
        import gc
        def main():
            warnings.simplefilter("ignore", ResourceWarning)
            modelmetry.Client().trace("turn").end()
        main()
        gc.collect()
        """,
        durability=durability,
        exit_timeout="0.5",
    )
    assert ended.status == 0
    if durability == "memory":
        assert "1 created: 0 delivered, 1 dropped (deadline 1)" in ended.errors
    else:
        assert "1 signals could not be delivered and stay on disk" in ended.errors
        assert len(app.left) == 1
