"""Servers of others fork, patch and end applications in their own ways: nothing is lost."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.application import Application, stored, storing, turns
from tests.faults.process import PATIENCE
from tests.unit.sinks.receiver import Answer, problem, receiving

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")

# Each request says which worker answered and the trace that it recorded.
_WEB = """
import os
import modelmetry

client = modelmetry.Client()
client.trace("turn").end()
client.flush_all(30)

def application(environ, start_response):
    with client.trace("turn") as trace, client.span("answer") as answer:
        answer.finding("tokens", 3)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Connection", "close")])
    return [f"{os.getpid()} {trace.xid}".encode()]
"""

_TASKS = """
import os, pathlib, signal
import celery
import modelmetry

here = pathlib.Path(__file__).parent
client = modelmetry.Client()
client.trace("turn").end()
client.flush_all(30)
app = celery.Celery("tasks", broker="memory://")
app.conf.broker_transport_options = {"polling_interval": 0.01}
app.conf.task_ignore_result = True

@app.task
def record():
    with client.trace("turn") as trace, client.span("answer") as answer:
        answer.finding("tokens", 3)
    with open(here / "ran", "a") as ran:
        print(os.getpid(), trace.xid, file=ran)

@app.task
def end():
    record()
    os.kill(os.getppid(), signal.SIGTERM)

for _ in range(20):
    record.delay()
end.delay()
app.worker_main(["worker", "--pool", "prefork", "--concurrency", "2", "--loglevel", "ERROR"])
"""

_GREENLETS = """
from gevent import monkey
monkey.patch_all()
import gevent
import modelmetry

client = modelmetry.Client()

def work(number):
    with client.trace("turn") as turn, client.span("outer") as outer:
        gevent.sleep(0.001 * (number % 7))
        with client.span("inner") as inner:
            gevent.sleep(0)
            inner.finding("number", number)
            found = client.current_span() is inner and inner.trace_xid == turn.xid
        if number % 50 == 0:
            client.flush_all(30)
        return found and client.current_span() is outer

for _ in range(2):
    greenlets = [gevent.spawn(work, number) for number in range(150)]
    gevent.joinall(greenlets)
    print(all(greenlet.value for greenlet in greenlets))
"""


class Web:
    """A gunicorn that answers."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.url = ""
        self.log = ""
        self.xids: list[str] = []

    def start(self) -> None:
        """Wait until it listens."""
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.log += line
            if found := re.search(r"Listening at: (http://\S+)", line):
                self.url = found[1]
                return

    def ask(self, times: int, workers: int) -> None:
        """So often at least, and until so many of its processes have answered."""
        answered: Counter[str] = Counter()
        latest = time.monotonic() + PATIENCE
        while answered.total() < times or len(answered) < workers:
            assert time.monotonic() < latest, answered
            with urllib.request.urlopen(self.url, timeout=PATIENCE) as response:
                pid, xid = response.read().decode().split()
            answered[pid] += 1
            self.xids.append(xid)

    def end(self) -> int:
        """As a supervisor does it; its status."""
        self._process.send_signal(signal.SIGTERM)
        _, rest = self._process.communicate(timeout=PATIENCE)
        self.log += rest
        return self._process.returncode


@contextmanager
def gunicorn(app: Application, folder: Path, kind: str, **settings: str) -> Generator[Web]:
    """A gunicorn that loads the application, forks two workers, and is gone afterwards."""
    (folder / "web.py").write_text(_WEB)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "--preload", "--workers", "2"),
            *("--worker-class", kind, "--bind", "127.0.0.1:0", "--no-control-socket"),
            *("--graceful-timeout", "50", "--chdir", str(folder), "web:application"),
        ],
        env=app.environment(**settings),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that its workers can be ended with it
    )
    with process:
        web = Web(process)
        try:
            web.start()
            yield web
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("kind", "durability"),
    [("sync", "batch"), ("gevent", "batch"), ("gevent", "memory")],
)
def test_workers_of_gunicorn_deliver_what_they_record(
    tmp_path: Path, kind: str, durability: str
) -> None:
    """Loaded and used before the fork; `gevent` replaces all locks after it."""
    with receiving() as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        with gunicorn(app, tmp_path, kind, durability=durability, exit_timeout="40") as web:
            web.ask(40, workers=2)
            status = web.end()
    assert (status, app.left) == (0, [])
    assert "Traceback" not in web.log
    arrived = turns(receiver.received)
    assert set(web.xids) <= set(arrived)
    assert (len(arrived), set(arrived.values())) == (len(web.xids) + 1, {1})


def test_workers_that_end_without_a_server_leave_it_to_the_next_process(tmp_path: Path) -> None:
    """The server fails from the fork on: nobody waits for it, and all of it comes home."""
    with receiving() as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        with gunicorn(app, tmp_path, "sync", exit_timeout="0.2") as web:
            receiver.judge = lambda _: problem(503)
            first = len(receiver.received)
            web.ask(40, workers=2)
            assert web.end() == 0
        assert app.left
        refused = len(receiver.received)
        receiver.judge = lambda _: Answer()
        assert app.bring_home().status == 0
    arrived = turns(receiver.received[:first] + receiver.received[refused:])
    assert set(web.xids) <= set(arrived)
    assert set(arrived.values()) == {1}


def test_workers_of_celery_deliver_what_their_tasks_record(tmp_path: Path) -> None:
    """Children of a pool that end by `os._exit`, in a warm shutdown that one task asks for."""
    with receiving() as receiver:
        app = Application(receiver.url, tmp_path / "spool")
        ended = app.run_file(tmp_path / "tasks.py", _TASKS, batch_age="3600", exit_timeout="50")
        assert (ended.status, "Traceback" in ended.errors) == (0, False), ended.errors
    assert app.left == []
    ran = [line.split() for line in (tmp_path / "ran").read_text().splitlines()]
    arrived = turns(receiver.received)
    assert len(ran) >= 20
    assert {xid for _, xid in ran} <= set(arrived)
    assert set(arrived.values()) == {1}


def test_greenlets_record_flush_and_end(tmp_path: Path) -> None:
    """A process that gevent has patched: each finds its own parent, and the end is like any."""
    with storing(tmp_path / "store.db") as url:
        app = Application(url, tmp_path / "spool")
        ended = app.run_file(tmp_path / "greenlets.py", _GREENLETS, exit_timeout="50")
        assert (ended.status, ended.out, ended.errors) == (0, "True\nTrue\n", "")
        assert stored(url) == {"Traces": 300, "Spans": 600, "Events": 0, "Findings": 300}
