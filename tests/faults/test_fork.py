"""A program forks: parent and child both deliver what is theirs, and nothing twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.process import arrived, run
from tests.unit.sinks.receiver import Answer, receiving

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")

# 3.12 and later warn about any fork beside a thread; the warning goes to standard error.
QUIET = "import warnings\nwarnings.simplefilter('ignore', DeprecationWarning)\n"


def test_parent_and_child_deliver_their_own() -> None:
    """What waited at the fork is the parent's; both go on, with connections of their own."""
    with receiving() as receiver:
        ended = run(
            QUIET
            + """
put('before')
assert delivery.flush(30).delivered == 1
put('waiting')
child = os.fork()
if child == 0:
    assert delivery.stats().created == 0
    put('child-1')
    assert delivery.flush(30).delivered == 1
    put('child-2')
    sys.exit(0)
put('parent')
assert os.waitpid(child, 0)[1] == 0
assert delivery.flush(30).delivered == 3
""",
            receiver.url,
        )
    assert (ended.status, ended.errors) == (0, "")
    assert arrived(receiver) == dict.fromkeys(
        ("before", "waiting", "child-1", "child-2", "parent"), 1
    )
    ports = {
        event["XID"]: request.port
        for request in receiver.received
        for event in request.document["Events"]
    }
    assert ports["before"] == ports["waiting"] == ports["parent"]
    assert ports["child-1"] == ports["child-2"] != ports["before"]


@pytest.mark.parametrize("loaded", [0, 20, 60, 100, 140])
def test_a_fork_while_libraries_are_loaded(loaded: int) -> None:
    """What sends is loaded in the background; the child gets whole modules, or loads its own."""
    with receiving() as receiver:
        ended = run(
            QUIET
            + """
before = len(sys.modules)
put('parent')
delivery.stats()
known = sys.modules
while len(known) < before + int(sys.argv[2]) and 'httpcore' not in known: pass
child = os.fork()
if child == 0:
    put('child')
    sys.exit(0 if delivery.flush(30).delivered == 1 else 1)
assert os.waitpid(child, 0)[1] == 0
assert delivery.flush(30).delivered == 1
""",
            receiver.url,
            str(loaded),
        )
    assert (ended.status, ended.errors) == (0, "")
    assert arrived(receiver) == {"parent": 1, "child": 1}


def test_a_fork_while_a_line_goes_to_the_log() -> None:
    """The child does not wait for ever for a stream that nobody writes to in it."""
    with receiving() as receiver:
        receiver.judge = lambda _: Answer(status=503)
        ended = run(
            QUIET
            + """
import contextlib, logging, signal, threading, time

out, into = os.pipe()
os.set_blocking(into, False)
with contextlib.suppress(BlockingIOError):
    while True:
        os.write(into, b'.' * 4096)
os.set_blocking(into, True)
handler = logging.StreamHandler(open(into, 'w'))
log = logging.getLogger('modelmetry')
log.addHandler(handler)
log.propagate = False

forking = threading.Event()
def read_on():
    forking.wait()
    os.read(out, 1 << 20)
threading.Thread(target=read_on, daemon=True).start()
os.register_at_fork(before=forking.set)

def is_written_to():
    if is_free := handler.lock.acquire(blocking=False):
        handler.lock.release()
    return not is_free

put('parent')
threading.Thread(target=delivery.flush, daemon=True).start()
while not is_written_to():
    time.sleep(0.001)
child = os.fork()
if child == 0:
    signal.alarm(20)
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
""",
            receiver.url,
        )
    assert (ended.status, ended.errors) == (0, "")


def test_several_threads_fork_at_once() -> None:
    """What one of them holds still another one does not let go, nor forget."""
    with receiving() as receiver:
        ended = run(
            QUIET
            + """
import threading
from modelmetry.sinks.memory import MemorySink

deliveries = [Delivery(HttpSink(sys.argv[1]), batch_policy=LAZY), Delivery(MemorySink())]
stop = threading.Event()
def record():
    while not stop.wait(0.0005):
        for one in deliveries:
            one.put(EventRecord('e', 't', None, 'seen', 0, {}))
def fork():
    for _ in range(100):
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
recording = threading.Thread(target=record)
forking = [threading.Thread(target=fork) for _ in range(3)]
for thread in (recording, *forking): thread.start()
for thread in forking: thread.join()
stop.set()
recording.join()
for one in deliveries:
    receipt = one.close(30)
    assert receipt.ok and receipt.delivered == receipt.created > 0, receipt
""",
            receiver.url,
        )
    assert (ended.status, ended.errors) == (0, "")


def test_a_fork_in_the_middle_of_everything() -> None:
    """Other threads record and the worker sends while the process forks, many times."""
    with receiving() as receiver:
        ended = run(
            QUIET
            + """
import threading
delivery = Delivery(HttpSink(sys.argv[1]), batch_policy=BatchPolicy(first_age=0.001, max_age=0.01))
stop = threading.Event()
def record():
    number = 0
    while not stop.is_set():
        number += 1
        put(f'parent-{threading.get_ident()}-{number}')
        stop.wait(0.0005)
threads = [threading.Thread(target=record) for _ in range(3)]
for thread in threads: thread.start()
children = []
for number in range(15):
    child = os.fork()
    if child == 0:
        put(*[f'child-{number}-{n}' for n in range(5)])
        receipt = delivery.close(30)
        os._exit(0 if receipt.ok and receipt.created == 5 else 1)
    children.append(child)
codes = [os.waitpid(child, 0)[1] for child in children]
stop.set()
for thread in threads: thread.join()
receipt = delivery.close(30)
print(codes == [0] * 15, receipt.ok, receipt.created)
""",
            receiver.url,
        )
    assert (ended.status, ended.errors) == (0, "")
    assert ended.out.startswith("True True ")
    came = arrived(receiver)
    assert set(came.values()) == {1}
    assert sum(xid.startswith("child-") for xid in came) == 75
    assert sum(xid.startswith("parent-") for xid in came) == int(ended.out.split()[2])


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_children_of_multiprocessing_deliver_at_their_end(method: str, tmp_path: Path) -> None:
    """They end by `os._exit`, which skips what other processes do at exit."""
    program = tmp_path / "program.py"
    root = Path(__file__).parents[2]
    program.write_text(
        f"""
import multiprocessing, sys
sys.path[:0] = [{str(root)!r}, {str(root / "generated")!r}]
from modelmetry.delivery.delivery import Delivery
from modelmetry.delivery.policy import BatchPolicy
from modelmetry.signals.records import EventRecord
from modelmetry.sinks.http import HttpSink

LAZY = BatchPolicy(max_age=3600.0, first_age=3600.0)
delivery = Delivery(HttpSink(sys.argv[1]), batch_policy=LAZY)

def put(xid):
    delivery.put(EventRecord(xid, "trace-1", None, "seen", 0, {{}}))

if __name__ == "__main__":
    put("parent")
    context = multiprocessing.get_context({method!r})
    children = [context.Process(target=put, args=(f"child-{{n}}",)) for n in range(2)]
    for child in children: child.start()
    for child in children: child.join()
"""
    )
    with receiving() as receiver:
        ended = run(
            "import runpy, warnings\n"
            "warnings.simplefilter('ignore', DeprecationWarning)\n"
            "sys.argv[:] = [sys.argv[2], sys.argv[1]]\n"
            "runpy.run_path(sys.argv[0], run_name='__main__')",
            receiver.url,
            str(program),
        )
    assert ended.status == 0, ended.errors
    assert arrived(receiver) == {"parent": 1, "child-0": 1, "child-1": 1}


def test_the_local_store_survives_a_fork(tmp_path: Path) -> None:
    """Parent and child write to one file, and the file stays sound."""
    ended = run(
        QUIET
        + """
from modelmetry.sinks.local import LocalSink
from modelmetry.store.open import open_store
delivery = Delivery(LocalSink(sys.argv[2]), batch_policy=LAZY)
put('before')
assert delivery.flush(30).delivered == 1
child = os.fork()
if child == 0:
    put('child')
    sys.exit(0 if delivery.flush(30).delivered == 1 else 1)
put('parent')
assert os.waitpid(child, 0)[1] == 0
assert delivery.close(30).delivered == 2
store = open_store(sys.argv[2])
report = store.check()
found = store.get_trace('local', 'trace-1')
store.close()
print(report.ok, sorted(event.xid for event in found.events))
""",
        "http://127.0.0.1:1",
        f"sqlite:///{tmp_path}/signals.db",
    )
    assert (ended.status, ended.errors) == (0, "")
    assert ended.out == "True ['before', 'child', 'parent']\n"
