"""A real HTTP server on loopback that answers what a test tells it to."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

PROBLEM = {"Content-Type": "application/problem+json"}
JSON = {"Content-Type": "application/json"}


@dataclass
class Asked:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class ScriptedServer:
    """Answers every request with the same status, headers and body, and remembers requests."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: dict(JSON))
    body: bytes = b"{}"
    asked: list[Asked] = field(default_factory=list[Asked])
    answering: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def will(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Set the answer."""
        self.status, self.headers, self.body = status, headers, body


def _handler(script: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            script.asked.append(Asked(self.command, self.path, headers, body))
            script.answering.wait()
            self.send_response(script.status, "Scripted")
            for name, value in script.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(script.body)))
            self.end_headers()
            self.wfile.write(script.body)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the base's names

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                return  # the client did not wait for the answer

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
            """Say nothing."""

    return Handler


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A server that runs for one test."""
    script = ScriptedServer()
    script.answering.set()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(script))
    http.daemon_threads = False
    script.port = http.server_port
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield script
    finally:
        script.answering.set()
        http.shutdown()
        thread.join()
        http.server_close()
