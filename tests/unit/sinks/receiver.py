"""A server on loopback that answers with a script and remembers what it was sent."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from attrs import field, frozen


@frozen(kw_only=True)
class Answer:
    """One answer; an ingest that went well by default."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(factory=lambda: {"Content-Type": "application/json"})


@frozen(kw_only=True)
class Received:
    """One request: its body as it travelled, the port of the client's end of the connection."""

    path: str
    port: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The JSON of the body, inflated."""
        packed = self.headers.get("content-encoding") == "gzip"
        document: dict[str, Any] = json.loads(gzip.decompress(self.body) if packed else self.body)
        return document


def fault(location: str) -> Answer:
    """A refusal that names a place in the body."""
    errors = [{"location": location, "message": "does not fit"}]
    text = json.dumps({"type": "about:blank", "title": "No", "status": 422, "errors": errors})
    return Answer(
        status=422, body=text.encode(), headers={"Content-Type": "application/problem+json"}
    )


def problem(status: int, **headers: str) -> Answer:
    """A problem document."""
    text = json.dumps({"type": "about:blank", "title": "No", "status": status})
    return Answer(
        status=status,
        body=text.encode(),
        headers={"Content-Type": "application/problem+json", **headers},
    )


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that gave up is what some tests are about."""


class Receiver:
    """Answers as `script` says, then as `judge` does; `None` hangs up without a word."""

    def __init__(self, script: Iterator[Answer | None]) -> None:
        self.received: list[Received] = []
        self.script = script
        self.judge: Callable[[Received], Answer | None] = lambda _: Answer()
        self._server = _QuietServer(("127.0.0.1", 0), _handler_for(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.hang = threading.Event()
        self.hang.set()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, let go of those who hang."""
        self.hang.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Nothing:
    """The script is over."""


_NOTHING = _Nothing()


def _handler_for(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet for an answer, or the client waits 40 ms for the second one

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            port = self.client_address[1]
            received = Received(path=self.path, port=port, headers=headers, body=body)
            receiver.received.append(received)
            receiver.hang.wait(30)
            answer = next(receiver.script, _NOTHING)
            if isinstance(answer, _Nothing):
                answer = receiver.judge(received)
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST  # noqa: N815 - its name

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Say nothing."""

    return Handler


@contextmanager
def receiving(*script: Answer | None) -> Generator[Receiver]:
    """A receiver that listens."""
    receiver = Receiver(iter(script))
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()
