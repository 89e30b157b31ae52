"""A real Prometheus that asks a registry of this process."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from modelmetry.metrics.port import MetricsServer
from modelmetry.metrics.registry import Registry

PATIENCE: Final = 60.0
CONFIGURATION: Final = """
global: {{scrape_interval: 500ms, scrape_timeout: 500ms}}
scrape_configs:
  - job_name: shop
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


@contextmanager
def scraping(registry: Registry, folder: Path) -> Generator[str]:
    """The address of a Prometheus that reads what a registry shows, while the block runs."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("there is no `prometheus` on PATH; as root: apt-get install prometheus")
    with MetricsServer(port=0, registry=registry) as served:
        (folder / "prometheus.yml").write_text(CONFIGURATION.format(port=served.port))
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        words = [
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
        ]
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen([program, *words], stdout=log, stderr=log) as process,
        ):
            try:
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()


def asked(url: str, expression: str) -> list[dict[str, Any]]:
    """What Prometheus answers, nothing while it is starting."""
    try:
        answer = httpx.get(f"{url}/api/v1/query", params={"query": expression})
    except httpx.TransportError:
        return []
    if not answer.is_success:
        return []
    found: list[dict[str, Any]] = json.loads(answer.content)["data"]["result"]
    return found


def until(true: Callable[[], bool], what: str) -> None:
    """Wait until Prometheus has seen something."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, what
        threading.Event().wait(0.1)
