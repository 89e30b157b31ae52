"""A day in ten minutes: two million signals through a server that is hardly ever well.

Claim: whatever the server does, with the default settings (signals wait on disk) every signal
arrives, the books add up at every moment (created = delivered + pending + spooled + dropped),
nothing is dropped, and memory is flat.

The server is a process of its own. It is up for a while, then in trouble, then up, and so on: 503;
nobody listens, four times as long; every answer is late; the connection is reset before the request
was stored, or after it; 429 with a `Retry-After`. The application records at a steady pace. Once a
second its memory and its books are read; in the end the server is well, and what it has must be
what was recorded: as many identities as signals, none unknown, none missing (an exclusive or of
those of traces and spans tells).

Memory is flat when the median of the last quarter of the run is at most 10 % above that of the
second quarter; the first one is left out, in which libraries are loaded.

    python -m benchmarks.endurance [--signals 2000000] [--seconds 540] [--mood 3]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from attrs import define, field, frozen

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "generated")]

import modelmetry  # noqa: E402
from benchmarks._unstable_server import digest  # noqa: E402

SIGNALS_PER_TURN = 10
_BEAT = 0.05
_MIB = 1024 * 1024
_PAGE = os.sysconf("SC_PAGE_SIZE")


class UnstableServer:
    """A server process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._in, self._out = process.stdin, process.stdout
        self.url = f"http://127.0.0.1:{int(self._out.readline())}"

    def steady(self) -> None:
        """Let it be well from now on."""
        print("steady", file=self._in, flush=True)

    def report(self) -> dict[str, Any]:
        """What came."""
        print("report", file=self._in, flush=True)
        report: dict[str, Any] = json.loads(self._out.readline())
        return report


@contextmanager
def unstable_server(mood: float) -> Generator[UnstableServer]:
    """A server that changes its mood every `mood` seconds."""
    command = [sys.executable, "-m", "benchmarks._unstable_server", str(mood)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield UnstableServer(process)
        finally:
            process.kill()


@define
class Observer:
    """Reads memory and books once in a while, in a thread of its own.

    Args:
        client: whose books.
        every: seconds.
    """

    client: modelmetry.Client
    every: float
    memory: list[int] = field(factory=list[int])
    wrong: list[str] = field(factory=list[str])
    most_waiting: int = 0
    _stop: threading.Event = field(factory=threading.Event)

    @contextmanager
    def observing(self) -> Generator[None]:
        """Observe while the block runs."""
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _run(self) -> None:
        created = delivered = 0
        while not self._stop.wait(self.every):
            self.memory.append(resident())
            now = self.client.stats()
            waiting = now.pending + now.spooled
            self.most_waiting = max(self.most_waiting, waiting)
            if now.created != now.delivered + waiting + sum(now.dropped.values()):
                self.wrong.append(f"the books do not add up: {now!r}")
            if now.created < created or now.delivered < delivered:
                self.wrong.append(f"the books went back: {now!r}")
            created, delivered = now.created, now.delivered


@frozen
class Result:
    """How it went."""

    recorded: int
    digest: str
    receipt: modelmetry.Receipt
    report: dict[str, Any]
    observer: Observer
    seconds: float

    @property
    def faults(self) -> list[str]:
        """What was not as it was claimed, memory apart."""
        held = {
            "everything recorded was counted": self.receipt.created == self.recorded,
            "everything was delivered": self.receipt.delivered == self.recorded,
            "each identity arrived, and no other": self.report["unique"] == self.recorded,
            "those that were recorded": self.report["digest"] == self.digest,
        }
        return [claim for claim, holds in held.items() if not holds] + self.observer.wrong

    @property
    def quarters(self) -> tuple[float, float]:
        """Memory in MiB: the medians of the second and of the last quarter."""
        memory = self.observer.memory
        quarter = len(memory) // 4
        return median(memory[quarter : 2 * quarter]) / _MIB, median(memory[-quarter:]) / _MIB

    @property
    def is_flat(self) -> bool:
        """Whether memory is."""
        early, late = self.quarters
        return late <= 1.1 * early


def resident() -> int:
    """Bytes of memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def turn(client: modelmetry.Client, number: int) -> int:
    """Ten signals; the digest of the identities that one knows."""
    with client.trace("chatbot.turn", metadata={"number": number}) as trace:
        with trace.completion("llm.generate", model="gpt-4o") as generate:
            generate.user("Where is my order?").assistant("It is on its way.")
            generate.finding("input_tokens", number % 1000).finding("output_tokens", 17)
        with trace.span("llm.tools") as tools:
            tools.event("tool.asked", {"order": number}).event("tool.answered")
        with trace.span("llm.check") as check:
            check.finding("safe", True).finding("score", 0.5)
    return digest(trace.xid) ^ digest(generate.xid) ^ digest(tools.xid) ^ digest(check.xid)


def record(client: modelmetry.Client, turns: int, seconds: float) -> int:
    """Record so many turns in about so many seconds; their digest."""
    began, known, done = time.monotonic(), 0, 0
    while done < turns:
        due = min(turns, int(turns * (time.monotonic() - began + _BEAT) / seconds) + 1)
        for number in range(done, due):
            known ^= turn(client, number)
        done = due
        time.sleep(_BEAT)
    return known


def run(
    *, signals: int, seconds: float, mood: float, every: float, folder: str, **settings: Any
) -> Result:
    """Record, let the server be well, wait until everything has arrived."""
    began = time.monotonic()
    with unstable_server(mood) as server:
        config = modelmetry.Config(base_url=server.url, spool=folder, **settings)
        with modelmetry.Client(config=config) as client:
            observer = Observer(client, every)
            with observer.observing():
                known = record(client, signals // SIGNALS_PER_TURN, seconds)
                server.steady()
                client.flush_all(120)
            receipt = client.close(60)
        return Result(
            signals // SIGNALS_PER_TURN * SIGNALS_PER_TURN,
            f"{known:x}",
            receipt,
            server.report(),
            observer,
            time.monotonic() - began,
        )


def main() -> None:
    """Run it and print a table."""
    parser = argparse.ArgumentParser(description="Signals through an unstable server.")
    parser.add_argument("--signals", type=int, default=2_000_000)
    parser.add_argument("--seconds", type=float, default=540.0, help="of recording")
    parser.add_argument("--mood", type=float, default=3.0, help="seconds of each mood")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = run(
            signals=asked.signals,
            seconds=asked.seconds,
            mood=asked.mood,
            every=1.0,
            folder=folder,
        )
    early, late = result.quarters
    again = result.report["received"] - result.report["unique"]
    requests = ", ".join(f"{mood} {n}" for mood, n in sorted(result.report["requests"].items()))
    print("| signals | s | delivered | dropped | sent again | most waiting | MiB, early, late |")
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {result.recorded:,} | {result.seconds:.0f} | {result.receipt.delivered:,} "
        f"| {sum(result.receipt.dropped.values()):,} | {again:,} "
        f"| {result.observer.most_waiting:,} | {early:.0f}, {late:.0f} |"
    )
    print(f"requests: {requests}; books read {len(result.observer.memory)} times")
    faults = result.faults + ([] if result.is_flat else ["memory is not flat"])
    print("\n".join(faults) or "all of the claim holds")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
