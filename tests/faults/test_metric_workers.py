"""Workers of real servers, of which each tells the metrics of all, also when some are killed."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.process import PATIENCE, ROOT

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")

_WSGI = """
import os
from modelmetry.metrics import Counter, MetricsWSGIApp

answers = Counter("answers")
metrics = MetricsWSGIApp()

def application(environ, start_response):
    if environ["PATH_INFO"] == "/metrics":
        return metrics(environ, start_response)
    answers.add()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Connection", "close")])
    return [str(os.getpid()).encode()]
"""

_ASGI = """
import os
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from modelmetry.metrics import Counter, MetricsApp

answers = Counter("answers")

async def answer(request):
    answers.add()
    return PlainTextResponse(str(os.getpid()), headers={"connection": "close"})

application = Starlette(routes=[Route("/", answer), Route("/metrics", MetricsApp())])
"""

_GUNICORN = ("gunicorn", "--workers", "3", "--bind", "127.0.0.1:0", "--no-control-socket")
_UVICORN = ("uvicorn", "--workers", "3", "--fd", "FD")


class Server:
    """Several workers behind one address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers = 0
        self.told: list[float] = []

    def ask(self) -> int:
        """Let one of them answer; its process."""
        with urllib.request.urlopen(self.url, timeout=PATIENCE) as response:
            process = int(response.read())
        self.answers += 1
        return process

    def scrape(self) -> float:
        """How many answers one of them tells."""
        request = urllib.request.Request(f"{self.url}/metrics", headers={"connection": "close"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            text = response.read().decode()
        found = re.search(r"^answers_total (\S+)$", text, re.MULTILINE)
        assert found is not None, text
        self.told.append(float(found[1]))
        return self.told[-1]

    def ask_all(self, workers: int, *, but: Sequence[int] = ()) -> set[int]:
        """Ask until so many of them have answered; their processes."""
        answered: set[int] = set()

        def all_answered() -> bool:
            answered.add(self.ask())
            return len(answered - set(but)) >= workers

        self.until(all_answered)
        return answered - set(but)

    def until(self, condition: Callable[[], bool]) -> None:
        """Try until it holds."""
        latest = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < latest, (self.answers, self.told[-10:])


@contextmanager
def serving(folder: Path, program: str, *command: str) -> Generator[Server]:
    """A server of three workers, which is gone afterwards."""
    (folder / "web.py").write_text(program)
    listening = socket.create_server(("127.0.0.1", 0))
    known = [str(listening.fileno()) if word == "FD" else word for word in command]
    process = subprocess.Popen(
        [sys.executable, "-m", *known, "web:application"],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": f"{folder}:{ROOT}:{ROOT / 'generated'}",
            "TMPDIR": str(folder),
        },
        pass_fds=[listening.fileno()],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process, listening:
        try:
            own = f"http://127.0.0.1:{listening.getsockname()[1]}"
            yield Server(_address(process) if "FD" not in command else own)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    log = ""
    for line in process.stderr:
        log += line
        if found := re.search(r"(?:Listening at:|running on) (http://[\d.:]+)", line):
            return found[1]
    raise AssertionError(log)


@pytest.mark.parametrize(
    ("program", "command"),
    [(_WSGI, (*_GUNICORN, "--preload")), (_WSGI, _GUNICORN), (_ASGI, _UVICORN)],
    ids=["gunicorn-preload", "gunicorn", "uvicorn"],
)
def test_workers_tell_what_all_counted(
    tmp_path: Path, program: str, command: tuple[str, ...]
) -> None:
    """Whichever is asked, sums never go back; those of a worker that is killed stay."""
    with serving(tmp_path, program, *command) as server:
        workers = server.ask_all(3)
        for _ in range(20):
            server.ask()
            server.scrape()
        server.until(lambda: server.scrape() == server.answers)

        killed = workers.pop()
        os.kill(killed, signal.SIGKILL)
        server.until(lambda: not _is_alive(killed))
        server.until(lambda: server.scrape() == server.answers)
        server.ask_all(3, but=[killed])
        server.until(lambda: server.scrape() == server.answers)

    assert server.told == sorted(server.told)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
