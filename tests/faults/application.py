"""An application that records turns with a client, in a process of its own, and may be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
from attrs import frozen

from modelmetry.server import EmbeddedServer
from modelmetry.store.open import open_store
from tests.faults.process import PATIENCE, ROOT, Ended
from tests.unit.sinks.receiver import Received, Receiver

# One turn makes this many signals: a trace, two spans, three findings, an event.
SIGNALS_PER_TURN = 7

# 3.12 warns of forks beside threads.
_QUIET = "import warnings\nwarnings.simplefilter('ignore', DeprecationWarning)\n"

_PRELUDE = """
import faulthandler, os, pathlib, signal, sys, threading, time
import modelmetry

faulthandler.register(signal.SIGUSR1, all_threads=True)

client = modelmetry.Client()

def turns(count, first=0):
    for number in range(first, first + count):
        with client.trace("turn", metadata={"number": number}) as trace:
            with trace.completion("generate") as generate:
                generate.user("hello").assistant("hi").finding("tokens", number)
            with trace.span("check") as check:
                check.finding("safe", True).event("checked")
            trace.finding("score", 0.5)

def kill():
    os.kill(os.getpid(), signal.SIGKILL)

def until(condition):
    latest = time.monotonic() + 40
    while not condition():
        assert time.monotonic() < latest, client.stats()
        time.sleep(0.005)

def left():
    return list(pathlib.Path(os.environ["MODELMETRY_SPOOL"]).glob("*/*.spool"))
"""


@frozen
class Application:
    """What is set for every process of one application.

    Args:
        url: the server that it sends to.
        spool: the folder where its signals wait.
    """

    url: str
    spool: Path

    def run(self, program: str, **settings: str) -> Ended:
        """Run `program` after the prelude in a new process and wait for its end."""
        return self._run(["-c", _QUIET + _PRELUDE + textwrap.dedent(program)], settings)

    def run_file(self, path: Path, program: str, **settings: str) -> Ended:
        """Run `program`, which is written to `path`, so that other processes can import it."""
        path.write_text(_QUIET + program)
        return self._run([str(path)], settings)

    def _run(self, arguments: list[str], settings: dict[str, str]) -> Ended:
        with subprocess.Popen(
            [sys.executable, *arguments],
            env=self.environment(**settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                out, errors = process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                raise AssertionError(f"it does not end:\n{_last_words(process)}") from None
        return Ended(process.returncode, out, errors)

    def bring_home(self) -> Ended:
        """The next process: it records nothing and ends when nothing waits any more."""
        return self.run("until(lambda: not left())")

    def environment(self, **settings: str) -> dict[str, str]:
        """The environment of its processes."""
        named = {f"MODELMETRY_{name.upper()}": value for name, value in settings.items()}
        return {
            **os.environ,
            "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}",
            "MODELMETRY_BASE_URL": self.url,
            "MODELMETRY_SPOOL": str(self.spool),
            **named,
        }

    @property
    def left(self) -> list[Path]:
        """The files in which signals wait."""
        return sorted(self.spool.glob("*/*.spool"))


def _last_words(process: subprocess.Popen[str]) -> str:
    """Where its threads and those of its children are, and their end."""
    os.killpg(process.pid, signal.SIGUSR1)  # `faulthandler` writes the stacks
    with suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=2)
    os.killpg(process.pid, signal.SIGKILL)
    return process.communicate()[1]


@contextmanager
def storing(path: Path) -> Generator[str]:
    """A real server over a real store; gives its address."""
    with open_store(f"sqlite:///{path}") as store, EmbeddedServer(store) as server:
        yield server.base_url


def stored(url: str) -> dict[str, int]:
    """How many things the server has."""
    found = httpx.get(f"{url}/totals").raise_for_status().json()
    return {kind: found[kind] for kind in ("Traces", "Spans", "Events", "Findings")}


def whole(turns: int) -> dict[str, int]:
    """What a server has that got every signal of this many turns, once."""
    return {"Traces": turns, "Spans": 2 * turns, "Events": turns, "Findings": 3 * turns}


def arrived_turns(receiver: Receiver) -> set[str]:
    """XIDs of the traces that arrived, however often."""
    return {
        trace["XID"]
        for request in receiver.received
        for trace in request.document.get("Traces", [])
        if trace["Name"] == "turn"
    }


def turns(requests: Iterable[Received]) -> Counter[str]:
    """How often each turn arrived."""
    return Counter(
        trace["XID"] for request in requests for trace in request.document.get("Traces", [])
    )
