"""Several processes on one file, and processes that die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from modelmetry.store.queries import TraceQuery
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import TENANT, body, finding, span, trace

ROOT = Path(__file__).parents[3]
# Stores batches of three signals and prints the number of each when it was answered.
WRITE = """
import sys
from modelmetry.store.open import open_store
from tests.unit.store.cast import body, finding, span, trace

path, name, count = sys.argv[1:]
with open_store(path) as store:
    for n in range(int(count)):
        xid = f"{name}-{n}"
        parts = [span("p" + xid, xid)], [finding("f" + xid, xid, SpanID="p" + xid)]
        owned = trace(xid, n, n + 1, SessionID="shared")
        store.ingest("local", body(traces=[owned], spans=parts[0], findings=parts[1]))
        print(n, flush=True)
"""


def writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    """A process that writes."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITE, str(path), name, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}"},
    )


def test_two_processes_write_one_new_file_while_a_third_reads(path: Path) -> None:
    """Nothing is lost, and the file is made once."""
    both = [writer(path, name, 60) for name in ("a", "b")]
    with SqliteStore(path) as store:
        for n in range(20):
            store.ingest(TENANT, body(traces=[trace(f"mine-{n}")]))
            for one in store.list_traces(TENANT, TraceQuery(limit=5)).traces:
                assert one.span_count == (0 if one.xid.startswith("mine") else 1)
        for process in both:
            output, _ = process.communicate(timeout=60)
            assert process.returncode == 0
            assert len(output.split()) == 60
        report = store.check()
        assert report.problems == ()
        assert (report.traces, report.spans, report.findings) == (140, 120, 120)
        whole = store.get_session(TENANT, "shared")
        assert whole is not None
        assert whole.trace_count == 120
        found = store.list_traces(TENANT, TraceQuery(text="step", limit=500)).traces
        assert len(found) == 120


def test_a_killed_process_loses_nothing_that_was_answered(path: Path) -> None:
    """After `kill -9`, each answered batch is whole, and no batch is there in part."""
    for round_ in range(3):
        process = writer(path, f"r{round_}", 100_000)
        assert process.stdout is not None
        for _ in range(15 + round_):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split()
        process.wait(timeout=60)
        process.stdout.close()
        answered = 15 + round_ + len([line for line in rest if line])
        with SqliteStore(path) as store:
            assert store.check().ok
            for n in range(answered - 1):
                found = store.get_trace(TENANT, f"r{round_}-{n}")
                assert found is not None
                assert (found.span_count, found.finding_count) == (1, 1)


def test_a_forked_child_uses_the_store_on_its_own(path: Path) -> None:
    """Parent and child both write after a fork; neither disturbs the other."""
    code = f"""
import os, warnings
warnings.simplefilter("ignore")
from modelmetry.store.open import open_store
from tests.unit.store.cast import body, trace
store = open_store({str(path)!r})
store.ingest("local", body(traces=[trace("before")]))
child = os.fork()
if child == 0:
    store.ingest("local", body(traces=[trace("child")]))
    assert store.get_trace("local", "before") is not None
    store.close()
    os._exit(0)
_, status = os.waitpid(child, 0)
assert status == 0, status
store.ingest("local", body(traces=[trace("parent")]))
assert store.get_trace("local", "child") is not None
if os.fork() == 0:
    store.close()
    os._exit(0)
assert os.wait()[1] == 0
store.close()
"""
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        timeout=60,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}"},
    )
    with SqliteStore(path) as store:
        assert {one.xid for one in store.list_traces(TENANT, TraceQuery()).traces} == {
            "before", "child", "parent",
        }  # fmt: skip
        assert store.ingest(TENANT, body(spans=[span()], findings=[finding()])) == 2


def test_a_child_that_is_forked_while_the_parent_writes_can_write(path: Path) -> None:
    """What it inherits of the parent's transaction does not lock it out."""
    code = f"""
import os, threading, warnings
warnings.simplefilter("ignore")
from modelmetry.store.open import open_store
from tests.unit.store.cast import body, trace
store = open_store({str(path)!r})
stop = threading.Event()

def write():
    n = 0
    while not stop.is_set():
        n += 1
        store.ingest("local", body(traces=[trace(f"p{{n}}-{{m}}") for m in range(20)]))

writer = threading.Thread(target=write)
writer.start()
for n in range(20):
    child = os.fork()
    if child == 0:
        store.ingest("local", body(traces=[trace(f"c{{n}}")]))
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if status:
        break
stop.set()
writer.join()
store.close()
assert status == 0, (n, status)
"""
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        timeout=120,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}"},
    )
    with SqliteStore(path) as store:
        assert all(store.get_trace(TENANT, f"c{n}") is not None for n in range(20))
