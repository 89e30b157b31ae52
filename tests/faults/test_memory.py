"""Memory has a bound, whatever the threads of an application record and whoever hangs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.application import Application, storing
from tests.faults.network import bad_gateway, going_wrong, nonsense, reset, truncated
from tests.unit.sinks.receiver import problem, receiving

STATUS = Path("/proc/self/status")


@pytest.mark.skipif(not STATUS.exists(), reason="reads memory as Linux tells it")
@pytest.mark.parametrize("durability", ["batch", "memory"])
def test_large_texts_of_many_threads_have_a_bound(tmp_path: Path, durability: str) -> None:
    """480 MB in texts of 20 KB, eight threads, a server that hangs: what finds no room is let go.

    So memory grows by far less than what is recorded; and the books add up.
    """
    with receiving() as receiver:
        receiver.hang.clear()
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run(
            """
            def resident():
                lines = pathlib.Path("/proc/self/status").read_text().splitlines()
                [line] = [line for line in lines if line.startswith("VmRSS:")]
                return int(line.split()[1]) / 1024
            turns(1)
            client.flush_all(1)  # loads what sends
            began = resident()
            def work(thread):
                for number in range(3_000):
                    with client.trace("turn") as trace, trace.completion("c") as span:
                        span.user(f"{thread}.{number} " + "x" * 20_000)
            threads = [threading.Thread(target=work, args=(thread,)) for thread in range(8)]
            for thread in threads: thread.start()
            most = 0.0
            while any(thread.is_alive() for thread in threads):
                most = max(most, resident())
                time.sleep(0.01)
            receipt = client.stats()
            lost = sum(receipt.dropped.values())
            kept = receipt.delivered + receipt.pending + receipt.spooled
            print(receipt.created, kept + lost, lost, most - began)
            client.close(0)
            """,
            durability=durability,
            max_buffer_bytes="2000000",
            max_spool_bytes="2000000",
            exit_timeout="0.2",
        )
        receiver.hang.set()
    assert ended.status == 0, ended.errors
    created, found, lost, grown = ended.out.split()
    # More when a trace is told again because spans of it that were refused came after it.
    assert int(created) == int(found) >= 2 * 8 * 3_000 + 7
    assert int(lost) > 0
    assert float(grown) < 150


# What only the garbage collector could free, of that which holds a body.
_LEFT = """
import gc
gc.collect()
gc.disable()
gc.set_debug(gc.DEBUG_SAVEALL)
turns(200)
client.flush_all(40)
gc.collect()
holding = {"frame", "traceback", "Request", "Response", "Call", "Packed"}
left = [thing for thing in gc.garbage if type(thing).__name__ in holding]
print(client.stats(), left, flush=True)
client.close()
os._exit(0)  # not told of `gc.garbage` at the end
"""


def test_what_failed_is_not_left_to_the_garbage_collector(tmp_path: Path) -> None:
    """Which may come rarely or be switched off: no cycle holds the body of a request."""
    troubles = [reset, bad_gateway, truncated, nonsense]
    with storing(tmp_path / "store.db") as url, going_wrong(url, *troubles) as network:
        ended = Application(network.url, tmp_path / "spool").run(_LEFT)
    assert ended.out == "1400 created: 1400 delivered []\n", ended.errors
    assert "trying again" in ended.errors


def test_what_was_refused_is_not_left_to_the_garbage_collector(tmp_path: Path) -> None:
    """Nor does one hold a body that was given up."""
    with receiving() as receiver:
        receiver.judge = lambda _: problem(400)
        ended = Application(receiver.url, tmp_path / "spool").run(_LEFT)
    assert ended.out == "1400 created: 0 delivered, 1400 dropped (http_400 1400) []\n", ended.errors
