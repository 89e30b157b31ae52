"""A server of this machine that plays Cost Explorer."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from tests.unit.costs.answers import day, group, page


class Fake(ThreadingHTTPServer):
    """Answers from a list, each with its status, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.ready: list[tuple[int, dict[str, Any] | None]] = []
        self.asked: list[tuple[str, str, dict[str, str], dict[str, Any]]] = []

    def answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any] | None]:
        """What a request is answered: the next of the list."""
        del body
        return self.ready.pop(0)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    def do_POST(self) -> None:
        """Give the next answer; `None` closes the connection without one."""
        server = cast("Fake", self.server)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server.asked.append((self.command, self.path, dict(self.headers), body))
        status, told = server.answer(body)
        if told is None:
            return
        answer = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class Cloud(Fake):
    """Answers every question: each day cost 10 US dollars, tax included.

    Attributes:
        refusal: what it says instead, if anything.
        going_on: is waited for before each answer.
    """

    def __init__(self) -> None:
        super().__init__()
        self.refusal: tuple[int, dict[str, Any]] | None = None
        self.going_on = threading.Event()
        self.going_on.set()
        self.was_asked = threading.Event()

    def answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any] | None]:
        """As it is told to."""
        self.was_asked.set()
        self.going_on.wait(60)
        if self.refusal is not None:
            return self.refusal
        start, end = (date.fromisoformat(body["TimePeriod"][name]) for name in ("Start", "End"))
        days = [start + timedelta(days=place) for place in range((end - start).days)]
        services = group("Amazon S3", "Usage", usd="9.75"), group("Tax", "Tax", usd="0.25")
        told = [
            day(f"{one}", f"{one + timedelta(days=1)}", *services, estimated=one == days[-1])
            for one in days
        ]
        return 200, page(*told)

    @property
    def environment(self) -> dict[str, str]:
        """What a process has to be told to ask here, and nobody else."""
        return {
            "AWS_ENDPOINT_URL_COST_EXPLORER": self.address,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/nowhere/config",
            "AWS_SHARED_CREDENTIALS_FILE": "/nowhere/credentials",
            "AWS_ACCESS_KEY_ID": "AKIANOBODY",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "NO_PROXY": "127.0.0.1",
        }


@contextmanager
def cloud() -> Generator[Cloud]:
    """A cloud that answers until the end of the block."""
    with Cloud() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.going_on.set()
            server.shutdown()
            thread.join()
