"""A Prometheus, an application with two workers and a modelmetry server, all of them real."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
from attrs import frozen

from modelmetry.grafana import prometheus
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.files import export
from tests.dashboards import facts

ROOT = Path(__file__).parents[2]
CHOICES = Choices(jobs=("application",), scrape_interval="1s")
PATIENCE = 60.0
"""Seconds for a condition to come true."""


@frozen
class Live:
    """Where everything is."""

    application: str
    server: str
    prometheus: httpx.Client
    folder: Path

    def ask(self, path: str, **parameters: str) -> Any:
        """What the API of Prometheus answers."""
        found = self.prometheus.get(f"/api/v1/{path}", params=parameters)
        answer = found.json()
        if answer["status"] != "success":
            raise ValueError(answer["error"])
        return answer["data"]

    def number(self, expr: str) -> float:
        """The only value of an expression, NaN for none."""
        answer = self.prometheus.get("/api/v1/query", params={"query": expr})
        found = answer.raise_for_status().json()
        result = found["data"]["result"]
        return float(result[0]["value"][1]) if result else float("nan")


def until(condition: Callable[[], bool], said: Callable[[], object]) -> None:
    """Wait for a condition.

    Raises:
        TimeoutError: it does not come true.
    """
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited for {PATIENCE:g} s: {said()}")
        time.sleep(0.1)


def free_port() -> int:
    """A port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def program(name: str) -> str:
    """Where a program of Prometheus is.

    Raises:
        LookupError: it is nowhere.
    """
    found = shutil.which(name)
    if found is None:
        raise LookupError(f"there is no {name} on PATH; run it by: nox -s dashboards")
    return found


@contextmanager
def living(folder: Path) -> Generator[Live]:
    """Start everything, and end it."""
    ports = {name: free_port() for name in ("application", "server", "prometheus")}
    url = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    (folder / "prices.toml").write_text(facts.PRICES)
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'generated'}",
        "XDG_DATA_HOME": str(folder / "home"),
        "XDG_STATE_HOME": str(folder / "state"),
        "MODELMETRY_BASE_URL": url["server"],
        "MODELMETRY_PRICES": str(folder / "prices.toml"),
        "MODELMETRY_METRICS_FOLDER": str(folder / "workers"),
        "OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai/dup",
        "MODELMETRY_METRICS_INTERVAL": "0",  # the signals that the server stores are counted
        "PROOF_BEGAN": str(time.time()),
    }
    (folder / "workers").mkdir()
    with ExitStack() as stack:
        store = ["--store", f"sqlite:///{folder / 'store.db'}"]
        serve = [
            "-m",
            "modelmetry.cli",
            "serve",
            "--port",
            str(ports["server"]),
            *store,
            "--access-log",
            "off",
        ]
        stack.enter_context(running([sys.executable, *serve], environment, folder / "server.log"))
        workers = ["--workers", str(facts.WORKERS), "--port", str(ports["application"])]
        workers += ["--timeout-graceful-shutdown", "1"]  # the requests that are held end never
        app = ["-m", "uvicorn", "tests.dashboards.application:app", "--log-level", "critical"]
        words = [sys.executable, *app, *workers]
        stack.enter_context(running(words, environment, folder / "application.log"))
        words = prometheus_words(folder, ports)
        stack.enter_context(running(words, environment, folder / "prometheus.log"))
        client = stack.enter_context(httpx.Client(base_url=url["prometheus"], trust_env=False))
        live = Live(url["application"], url["server"], client, folder)
        try:
            until(lambda: is_up(live), lambda: "all targets up")
        except TimeoutError as error:
            logs = [f"{one}:\n{one.read_text()[-2000:]}" for one in folder.glob("*.log")]
            raise TimeoutError("\n".join([str(error), *logs])) from error
        yield live


def prometheus_words(folder: Path, ports: Mapping[str, int]) -> list[str]:
    """Start Prometheus with the configuration that we ship, at our ports."""
    export(folder / "files", CHOICES)
    told = prometheus.configuration(CHOICES)
    told = told.replace("localhost:8000", f"127.0.0.1:{ports['application']}")
    told = told.replace("localhost:8420", f"127.0.0.1:{ports['server']}")
    path = folder / "files/prometheus/prometheus.yml"
    path.write_text(told)
    return [
        program("prometheus"),
        f"--config.file={path}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{ports['prometheus']}",
        "--enable-feature=exemplar-storage",
        "--log.level=warn",
    ]


@contextmanager
def running(words: list[str], environment: Mapping[str, str], log: Path) -> Generator[None]:
    """A program, until the block is left."""
    with (
        log.open("wb") as output,
        subprocess.Popen(
            words, env=environment, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def is_up(live: Live) -> bool:
    """Whether Prometheus answers and reaches both targets."""
    try:
        return live.number('sum(up{job=~"application|modelmetry"})') == 2
    except (httpx.HTTPError, KeyError):
        return False
