"""A server for documents that point at one."""

from __future__ import annotations

import os
import queue
import re
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "mm_a_key_that_only_this_test_knows"
COMMAND = (sys.executable, "-m", "modelmetry.cli")


@dataclass(frozen=True)
class Server:
    """Where a server listens, and the key that it takes."""

    address: str
    key: str


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a server on a free port of this machine, with a store of its own."""
    store = tmp_path_factory.mktemp("server") / "modelmetry.db"
    environment = os.environ | {
        "MODELMETRY_SERVER_BOOTSTRAP_KEY": KEY,
        "MODELMETRY_SERVER_BOOTSTRAP_TENANT": "readers",
        "NO_COLOR": "1",
    }
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--store", f"sqlite:///{store}"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield Server(address_in(process.stdout), KEY)
        finally:
            process.terminate()


def address_in(output: IO[str]) -> str:
    """Wait until the server says where it listens; go on reading, so that it is never held up."""
    lines: queue.Queue[str] = queue.Queue()

    def drain() -> None:
        for line in output:
            lines.put(line)
        lines.put("")

    threading.Thread(target=drain, daemon=True).start()
    said = ""
    while line := lines.get(timeout=60):
        said += line
        if found := re.search(r"http://127\.0\.0\.1:[1-9]\d*", line):
            return found[0]
    pytest.fail(f"the server stopped before it listened:\n{said}")
