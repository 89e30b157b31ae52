"""Finalisers, signals and forks come in the middle of delivery: nobody hangs, nothing is lost."""

from __future__ import annotations

import os
from collections import Counter
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
                def __del__(self):
                    where[is_flushing and threading.current_thread() is main] += 1
                    client.flush_all(20)
            main, is_flushing, where = threading.main_thread(), False, {True: 0, False: 0}
            for number in range(150):
                gc.disable()
                gc.collect()
                Finalised()
                client.trace("turn").end()
                gc.enable()
                gc.set_threshold(1 + number, 5, 5)
                is_flushing = True
                client.flush_all(20)
                is_flushing = False
                gc.set_threshold(700, 10, 10)
            gc.collect()
            receipt = client.close(20)
            print(receipt, *where.values())
            """,
            durability=durability,
        )
    assert (ended.status, ended.errors) == (0, "")
    *receipt, inside, outside = ended.out.split()
    assert " ".join(receipt) == "150 created: 150 delivered"
    assert int(inside) >= 1
    assert int(inside) + int(outside) == 150


@both
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_handler_may_record_while_the_process_forks(tmp_path: Path, durability: str) -> None:
    """It runs in the thread that keeps all others still: by chance, and once in each fork."""
    with receiving() as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run_file(
            tmp_path / "program.py",
            """
import os, signal
handled = {"alarm": 0, "forking": 0}

# Hooks run in the reverse order: this one when those of the package keep everything still.
os.register_at_fork(before=lambda: signal.raise_signal(signal.SIGUSR1))
import modelmetry
client = modelmetry.Client()

def handler(number, _):
    name = "alarm" if number == signal.SIGALRM else "forking"
    handled[name] += 1
    client.trace(name).end()

signal.signal(signal.SIGALRM, handler)
signal.signal(signal.SIGUSR1, handler)
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
receipt = client.close(20)
print(set(codes), receipt.delivered == receipt.created, *handled.values())
""",
            durability=durability,
        )
    assert (ended.status, ended.errors) == (0, "")
    codes, has_delivered, alarms, forking = ended.out.split()
    assert (codes, has_delivered, forking) == ("{0}", "True", "50")
    assert int(alarms) >= 1
    came = Counter(
        trace["Name"] for request in receiver.received for trace in request.document["Traces"]
    )
    assert came == {"alarm": int(alarms), "forking": 50, "child": 50}


@both
def test_an_interruption_in_the_middle_costs_nothing(tmp_path: Path, durability: str) -> None:
    """Ctrl-C in a notebook: what was recorded before arrives, and recording goes on at once."""
    with receiving() as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            client.trace("first").end()
            client.flush_all(20)
            signal.signal(signal.SIGALRM, signal.default_int_handler)
            recorded, left, slowest = [], [], 0.0
            for number in range(60):
                try:
                    signal.setitimer(signal.ITIMER_REAL, 0.0003 + 0.00002 * number)
                    while True:
                        trace = client.trace("turn")
                        trace.end()
                        recorded.append(trace.xid)
                except KeyboardInterrupt:
                    pass
                began = time.monotonic()
                flushed = client.flush_all(20)
                slowest = max(slowest, time.monotonic() - began)
                if flushed.created != flushed.delivered:
                    left.append((number, flushed.pending, flushed.spooled))
            began = time.monotonic()
            receipt = client.close(20)
            slowest = max(slowest, time.monotonic() - began)
            print(receipt.created - receipt.delivered, dict(receipt.dropped), left)
            print(slowest)
            print(*recorded)
            """,
            durability=durability,
        )
    assert (ended.status, ended.errors) == (0, "")
    books, slowest, recorded = ended.out.splitlines()
    assert books == "0 {} []"
    assert float(slowest) < 10
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
