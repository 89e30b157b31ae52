"""A Prometheus, an application with two workers and a modelmetry server, all of them real."""

from __future__ import annotations

import contextlib
import os
import secrets
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
from prometheus_client.parser import text_string_to_metric_families

from modelmetry.grafana import prometheus
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.files import export
from tests.dashboards import facts
from tests.dashboards.before import bill, yesterday

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

    def told(self) -> list[tuple[str, Mapping[str, str], float]]:
        """What both tell at this moment, without Prometheus; nothing while one does not answer."""
        found: list[tuple[str, Mapping[str, str], float]] = []
        for job, url in (("application", self.application), ("modelmetry", self.server)):
            try:
                page = httpx.get(f"{url}/metrics", trust_env=False).raise_for_status().text
            except httpx.HTTPError:
                return []
            families = text_string_to_metric_families(page)
            found += [
                (one.name, {**one.labels, "job": job}, one.value)
                for each in families
                for one in each.samples
            ]
        return found

    def number(self, expr: str, at: float | None = None) -> float:
        """The only value of an expression, NaN for none."""
        when = {} if at is None else {"time": str(at)}
        answer = self.prometheus.get("/api/v1/query", params={"query": expr, **when})
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
    """A port that nobody has, and that no connection to somewhere else takes in the meantime."""
    while True:
        port = secrets.randbelow(12_000) + 20_000  # below those that Linux gives away
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


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
    """Start the application and the server, and end them; Prometheus is not there yet."""
    ports = {name: free_port() for name in ("application", "server", "prometheus")}
    url = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    place = f"sqlite:///{folder / 'store.db'}"
    environment = prepared(folder, url["server"])
    yesterday(place)
    serve = ["-m", "modelmetry.cli", "serve", "--port", str(ports["server"]), "--store", place]
    app = ["-m", "uvicorn", "tests.dashboards.application:app", "--log-level", "critical"]
    workers = ["--workers", str(facts.WORKERS), "--port", str(ports["application"])]
    workers += ["--timeout-graceful-shutdown", "1"]  # the requests that are held end never
    told = {"server": [*serve, "--access-log", "off"], "application": [*app, *workers]}
    with ExitStack() as stack:
        for name, words in told.items():
            log = folder / f"{name}.log"
            stack.enter_context(running([sys.executable, *words], environment, log))
        client = stack.enter_context(httpx.Client(base_url=url["prometheus"], trust_env=False))
        live = Live(url["application"], url["server"], client, folder)
        until(lambda: bool(live.told()), lambda: f"who answers?\n{logs(folder)}")
        yield live


def prepared(folder: Path, server: str) -> dict[str, str]:
    """The environment of both, and the files that it names."""
    (folder / "prices.toml").write_text(facts.PRICES)
    (folder / "workers").mkdir()
    return {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'generated'}",
        "XDG_DATA_HOME": str(folder / "home"),
        "XDG_STATE_HOME": str(folder / "state"),
        "MODELMETRY_BASE_URL": server,
        "MODELMETRY_PRICES": str(folder / "prices.toml"),
        "MODELMETRY_METRICS_FOLDER": str(folder / "workers"),
        "OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai/dup",
        "MODELMETRY_SERVER_COSTS": str(bill(folder)),
        "MODELMETRY_METRICS_INTERVAL": "0",  # the signals that the server stores are counted
        "PROOF_BEGAN": str(time.time()),
    }


@contextmanager
def asked(live: Live) -> Generator[None]:
    """A Prometheus that asks both, from now on until the block is left."""
    words = prometheus_words(live)
    with running(words, os.environ, live.folder / "prometheus.log"):
        until(lambda: is_up(live), lambda: f"all targets up\n{logs(live.folder)}")
        yield


def logs(folder: Path) -> str:
    """The last words of all programs."""
    return "\n".join(f"{one}:\n{one.read_text()[-2000:]}" for one in folder.glob("*.log"))


def prometheus_words(live: Live) -> list[str]:
    """Start Prometheus with the configuration that we ship, at our ports."""
    folder = live.folder
    export(folder / "files", CHOICES)
    told = prometheus.configuration(CHOICES)
    told = told.replace("localhost:8000", live.application.removeprefix("http://"))
    told = told.replace("localhost:8420", live.server.removeprefix("http://"))
    path = folder / "files/prometheus/prometheus.yml"
    path.write_text(told)
    return [
        program("prometheus"),
        f"--config.file={path}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address={live.prometheus.base_url.netloc.decode()}",
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
