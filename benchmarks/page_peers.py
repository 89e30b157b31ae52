"""A trace of 5,000 spans in the pages of Phoenix and MLflow, and in ours, in the same Chromium.

Each is started with its defaults and given such a trace over its own wire; the trace is then
opened by its address, in turns, in a window with nothing in its cache. Measured are the time from
the address to the first spans on the screen, until the browser is quiet again (its main thread has
been free for 500 ms), the elements of the document and the heap.

    python -m benchmarks.page_peers --peers DIR [--rounds 3]

`DIR/arize-phoenix` and `DIR/mlflow` are virtual environments of their own, made by hand:

    python -m venv DIR/mlflow && DIR/mlflow/bin/pip install mlflow
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import httpx
from attrs import field, frozen
from playwright.sync_api import Browser

from benchmarks import _browser as browsing
from benchmarks.http_ingest import server
from modelmetry.demo.traffic.month import large_trace
from modelmetry.store.sqlite.store import SqliteStore

SPANS: Final = 5_000
SENDER: Final = Path(__file__).parent / "peers" / "otlp_trace.py"
PATIENCE: Final = 300  # seconds for a peer to start, and to show a trace
PHOENIX_PORT, MLFLOW_PORT = 6106, 5106
QUIET: Final = """
() => new Promise((done) => {
  let last = performance.now(), busy = last;
  const look = () => {
    const now = performance.now();
    if (now - last > 100) busy = now;
    last = now;
    if (now - busy > 500) done(busy); else setTimeout(look, 20);
  };
  look();
})
"""


@frozen
class Shown:
    """A trace at an address, and what its spans are in the document."""

    name: str
    url: str
    span: str
    found: list[tuple[float, float, float, float]] = field(
        factory=list[tuple[float, float, float, float]]
    )

    def row(self, ours: float) -> str:
        """Its medians as a line of a table."""
        painted, quiet, elements, heap = (
            median(column) for column in zip(*self.found, strict=True)
        )
        return (
            f"| {self.name} | {painted / 1000:.2f} | {painted / ours:.1f} x | {quiet / 1000:.2f} "
            f"| {elements:,.0f} | {heap:.0f} |"
        )


def main(argv: Sequence[str]) -> None:
    """Start all of them, open the trace in turns, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args(argv)
    with (
        TemporaryDirectory() as folder,
        ours(Path(folder) / "ours.db") as first,
        phoenix(given.peers / "arize-phoenix", Path(folder)) as second,
        mlflow(given.peers / "mlflow", Path(folder)) as third,
        browsing.chromium() as browser,
    ):
        all_of_them = [first, second, third]
        for _ in range(given.rounds):
            for one in all_of_them:
                one.found.append(opened(browser, one))
        print("| | first spans, s | | quiet again, s | elements | heap, MiB |")
        print("|---|---|---|---|---|---|")
        fastest = median(round_[0] for round_ in first.found)
        for one in all_of_them:
            print(one.row(fastest))


def opened(browser: Browser, shown: Shown) -> tuple[float, float, float, float]:
    """Milliseconds until spans are painted and until all is quiet, elements, MiB of heap."""
    with browsing.window(browser, shown.url) as context:
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        painted = browsing.until_painted(page, shown.url, shown.span)
        quiet: float = page.evaluate(QUIET)
        elements: int = page.evaluate("() => document.querySelectorAll('*').length")
        heap = browsing.heap_mib(context.new_cdp_session(page))
    return painted, max(quiet, painted), elements, heap


@contextmanager
def ours(path: Path) -> Generator[Shown]:
    """A server of this checkout."""
    xid, body = large_trace(time.time_ns() // 1000, SPANS)
    with SqliteStore(path) as store:
        store.ingest("local", body)
        store.settle()
    with server(path) as (_, address, _):
        span = "main [role=row][aria-level], main [role=treeitem]"
        yield Shown("modelmetry", f"http://{address}/ui/traces/{xid}", span)


@contextmanager
def phoenix(environment: Path, folder: Path) -> Generator[Shown]:
    """Phoenix with its defaults, but for a folder and a port of its own."""
    url = f"http://127.0.0.1:{PHOENIX_PORT}"
    settings = {
        "PHOENIX_WORKING_DIR": str(folder),
        "PHOENIX_HOST": "127.0.0.1",
        "PHOENIX_PORT": str(PHOENIX_PORT),
        "PHOENIX_GRPC_PORT": str(PHOENIX_PORT + 1),
        "PHOENIX_TELEMETRY_ENABLED": "false",
    }
    python = environment / "bin/python"
    with running([str(python), "-m", "phoenix.server.main", "serve"], url, folder, settings):
        trace = sent(python, f"{url}/v1/traces")
        project = httpx.get(f"{url}/v1/projects").json()["data"][0]["id"]
        wait_until_stored(url, project)
        yield Shown("Phoenix", f"{url}/projects/{project}/traces/{trace}", ".span-node-wrap")


def wait_until_stored(url: str, project: str) -> None:
    """Phoenix stores behind its answer: return when it has all spans."""
    query = f'{{ node(id: "{project}") {{ ... on Project {{ recordCount }} }} }}'
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        answer = httpx.post(f"{url}/graphql", json={"query": query}, timeout=PATIENCE)
        if answer.json()["data"]["node"]["recordCount"] >= SPANS:
            return
        time.sleep(1)
    sys.exit(f"Phoenix has not stored {SPANS} spans after {PATIENCE} s")


@contextmanager
def mlflow(environment: Path, folder: Path) -> Generator[Shown]:
    """MLflow with one worker, which is how it starts soonest."""
    url = f"http://127.0.0.1:{MLFLOW_PORT}"
    command = [str(environment / "bin/mlflow"), "server", "--host", "127.0.0.1"]
    command += ["--port", str(MLFLOW_PORT), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"]
    settings = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    with running(command, url, folder, settings):
        trace = sent(environment / "bin/python", f"{url}/v1/traces", "x-mlflow-experiment-id=0")
        address = f"{url}/#/experiments/0/traces?selectedEvaluationId=tr-{trace}"
        yield Shown("MLflow", address, "[data-testid^=span-title-row-]")


@contextmanager
def running(
    command: list[str], url: str, folder: Path, settings: dict[str, str]
) -> Generator[None]:
    """A server that answers, with all the processes that it starts."""
    environment = os.environ | settings
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            wait_for(url, process)
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return when something answers there."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with suppress(httpx.TransportError):
            httpx.get(url, timeout=5)
            return
        time.sleep(0.5)
    sys.exit(f"nothing answers at {url}: start it by hand to see why: {process.args!r}")


def sent(python: Path, url: str, *headers: str) -> str:
    """Send the trace; its id."""
    command = [str(python), str(SENDER), url, str(SPANS), *headers]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main(sys.argv[1:])
