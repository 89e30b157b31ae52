"""Readings in the background."""

from __future__ import annotations

import logging
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from modelmetry.machine.reader import Reading
from modelmetry.machine.sampler import Sampler, shared_sampler

LONG = 30  # seconds after which a test gives up
NEVER = 3600.0


class Counting:
    """Gives 1, 2, 3, and so on; remembers the threads that asked, and whether it was closed."""

    def __init__(self) -> None:
        self.count = 0
        self.threads: set[str] = set()
        self.is_closed = False

    def read(self) -> Reading:
        """Give the next number."""
        self.count += 1
        self.threads.add(threading.current_thread().name)
        return {"count": float(self.count)}

    def close(self) -> None:
        """Remember."""
        self.is_closed = True


@pytest.fixture(name="source")
def counting() -> Counting:
    return Counting()


@pytest.fixture(name="quick")
def hurrying(source: Counting) -> Iterator[Sampler]:
    """A sampler that hardly waits."""
    with Sampler(interval=0.001, reader=lambda: source) as sampler:
        yield sampler


@pytest.fixture(name="slow")
def waiting(source: Counting) -> Iterator[Sampler]:
    """A sampler that takes one reading and then waits longer than any test."""
    with Sampler(interval=NEVER, reader=lambda: source) as sampler:
        yield sampler


def threads() -> list[threading.Thread]:
    """The threads of samplers."""
    return [thread for thread in threading.enumerate() if thread.name == "modelmetry-machine"]


def test_nothing_runs_before_the_first_use(source: Counting) -> None:
    """Neither importing the module nor making a sampler starts a thread."""
    sampler = Sampler(reader=lambda: source)
    assert shared_sampler() is shared_sampler()
    assert threads() == []
    sampler.close()
    assert source.count == 0


def test_followers_get_every_reading(quick: Sampler) -> None:
    """In order, and the same ones, from when they began to follow."""
    first: queue.Queue[Reading] = queue.Queue()
    second: queue.Queue[Reading] = queue.Queue()
    quick.follow(first.put)
    assert first.get(timeout=LONG) == {"count": 1.0}
    quick.follow(second.put)
    later = second.get(timeout=LONG)["count"]
    assert second.get(timeout=LONG)["count"] == later + 1
    assert [first.get(timeout=LONG)["count"] for _ in range(3)] == [2, 3, 4]


def test_who_stops_gets_no_more(quick: Sampler) -> None:
    """The others go on."""
    mine: list[Reading] = []
    others: queue.Queue[Reading] = queue.Queue()
    stop = quick.follow(mine.append)
    stop()
    seen = len(mine)
    quick.follow(others.put)
    others.get(timeout=LONG)
    others.get(timeout=LONG)
    assert len(mine) <= seen + 1  # a round that was under way
    stop()


def test_the_latest_is_there_for_whoever_asks(slow: Sampler) -> None:
    """Asking starts the thread; a copy is given, which may be changed."""
    arrived = threading.Event()
    slow.follow(lambda _: arrived.set())
    assert arrived.wait(LONG)
    slow.latest.clear()
    assert slow.latest == {"count": 1.0}


def test_one_thread_serves_all(quick: Sampler, source: Counting) -> None:
    """However many begin at once."""
    with ThreadPoolExecutor(16) as pool:
        wait([pool.submit(lambda: quick.latest) for _ in range(200)], timeout=LONG)
    seen = threading.Event()
    quick.follow(lambda _: seen.set())
    assert seen.wait(LONG)
    assert source.threads == {"modelmetry-machine"}
    assert len({thread.ident for thread in threads()}) == 1


def test_close_does_not_wait_for_the_interval(slow: Sampler, source: Counting) -> None:
    """A sampler that waits for an hour stops, closes its reader, and may be used again."""
    arrived: queue.Queue[Reading] = queue.Queue()
    slow.follow(arrived.put)
    arrived.get(timeout=LONG)
    slow.close()
    assert threads() == []
    assert source.is_closed
    assert slow.latest in ({}, {"count": 2.0})
    assert arrived.get(timeout=LONG) == {"count": 2.0}


def test_a_follower_may_close(slow: Sampler) -> None:
    """From the thread itself, which does not wait for itself."""
    closed = threading.Event()

    def close(_: Reading) -> None:
        slow.close()
        closed.set()

    slow.follow(close)
    assert closed.wait(LONG)


def test_a_follower_that_fails_is_said_once(
    quick: Sampler, caplog: pytest.LogCaptureFixture
) -> None:
    """It gets the next reading, and so do the others."""
    got: queue.Queue[Reading] = queue.Queue()
    tries: list[Reading] = []

    def fail(reading: Reading) -> None:
        tries.append(reading)
        raise ValueError("no place for it")

    with caplog.at_level(logging.ERROR, "modelmetry.machine"):
        quick.follow(fail)
        quick.follow(got.put)
        for _ in range(3):
            got.get(timeout=LONG)
        quick.close()
    assert len(tries) >= 3
    assert len(caplog.records) == 1
    assert "failed with a reading" in caplog.text


FORK = """
import os, queue, threading
from modelmetry.machine.sampler import Sampler
sampler = Sampler(interval=0.001)
seen = queue.Queue()
sampler.follow(lambda reading: seen.put((os.getpid(), threading.active_count())))
seen.get(timeout=30)
for _ in range(50):
    child = os.fork()
    if child == 0:
        code = 3
        try:
            quiet = threading.active_count() == 1
            while not seen.empty():
                seen.get()
            sampler.latest
            begun = seen.get(timeout=30)[0] == os.getpid()
            sampler.close()
            code = 0 if quiet and begun and threading.active_count() == 1 else 1
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
while not seen.empty():
    seen.get()
assert seen.get(timeout=30)[0] == os.getpid()
print("both go on")
"""

FORK_IN_THE_MIDDLE = """
import os, threading
from modelmetry.machine.sampler import Sampler
reading, forking, is_done = threading.Event(), threading.Event(), []

class Long:
    def read(self):
        reading.set()
        forking.wait(30)
        sum(range(1_000_000))
        is_done.append(True)
        return {}
    def close(self):
        pass

# what is registered last comes first, so the reading goes on while the fork is under way
os.register_at_fork(before=forking.set)
Sampler(reader=Long, interval=3600).follow([].append)
reading.wait(30)
child = os.fork()
if child == 0:
    os._exit(0 if is_done else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""

END = """
from modelmetry.machine.sampler import shared_sampler
shared_sampler().follow([].append)
shared_sampler().latest
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program of its own to its end."""
    return subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_forked_child_starts_its_own_when_it_wants_a_reading() -> None:
    """It has no thread until then, and no fork of fifty finds a lock taken; the parent goes on."""
    done = run(FORK)
    assert (done.returncode, done.stdout) == (0, "both go on\n"), done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_fork_waits_for_the_end_of_a_reading() -> None:
    """So that no child has a driver, an import or a log line that nobody completes."""
    assert run(FORK_IN_THE_MIDDLE).stdout.splitlines()[-1] == "0"


def test_it_does_not_keep_a_process_from_its_end() -> None:
    """A program that forgets to close ends at once, without a word of complaint."""
    done = run(END)
    assert (done.returncode, done.stderr) == (0, "")
