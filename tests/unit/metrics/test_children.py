"""Children of `multiprocessing`, however they begin and end: what they counted is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no flock here")

ROOT = Path(__file__).parents[3]
PATIENCE = 60
PROGRAM = """
import multiprocessing, os, re, signal, sys, time, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of forks beside threads
from modelmetry.metrics import Counter, MetricsApp

counter, app = Counter("c", attributes=["k"]), MetricsApp()

def told():
    text = app.answer("GET", {}).body.decode()
    return sum(float(one) for one in re.findall(r"^c_total\\S* (\\S+)$", text, re.MULTILINE))

def count(number):
    counter.add(k=str(number % 2))

def count_in_a_child(number):
    count(number)
    inner = multiprocessing.get_context("fork").Process(target=count, args=(number,))
    inner.start()
    inner.join()

def count_and_wait(told_so):
    count(1)
    told_so.set()
    time.sleep(600)

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
"""
ENDS = """
    for number in range(6):
        child = context.Process(target=TARGET, args=(number,))
        child.start()
        child.join()
        assert child.exitcode == 0
    print(told())
"""
KILLED = """
    event = context.Event()
    child = context.Process(target=count_and_wait, args=(event,))
    child.start()
    event.wait()
    while not told():
        time.sleep(0.01)
    child.kill()
    child.join()
    count(2)
    print(told())
"""


def run(folder: Path, program: str, method: str) -> float:
    """What a program prints, of which spawned children import the file anew."""
    (folder / "program.py").write_text(PROGRAM + program)
    ended = subprocess.run(
        [sys.executable, folder / "program.py", method],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}", "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert ended.stderr == ""
    return float(ended.stdout)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize(("target", "expected"), [("count", 6), ("count_in_a_child", 12)])
def test_a_child_that_ends_at_once_is_told(
    tmp_path: Path, method: str, target: str, expected: int
) -> None:
    """It is over before a second is, and before a thread of it did anything; so is its own."""
    assert run(tmp_path, ENDS.replace("TARGET", target), method) == expected


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_child_that_lives_is_told_and_stays_so_when_it_is_killed(
    tmp_path: Path, method: str
) -> None:
    """It lays down what it measures by itself, also if it began to share while it imported."""
    assert run(tmp_path, KILLED, method) == 2


PORT = """
import os, signal, socket, sys, time
from modelmetry.metrics import MetricsServer

server = MetricsServer(0)
read, write = os.pipe()
child = os.fork()
if not child:
    server.close()  # at once, though nothing of it runs here
    os.read(read, 1)
    os._exit(0)
server.close()
try:
    socket.create_connection((server.host, server.port)).close()
    print("somebody listens")
except ConnectionRefusedError:
    MetricsServer(server.port).close()
    print("free")
os.write(write, b"!")
assert os.waitpid(child, 0)[1] == 0
"""


def test_a_forked_child_does_not_keep_the_port() -> None:
    """It does not listen there, and its parent can close the port and open it again."""
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PORT],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert (ended.stdout, ended.stderr) == ("free\n", "")
