"""Measures all contenders in this process, round after round, and prints what it took as JSON."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import uvicorn

from benchmarks.middlewares.contenders import PATH, App, contenders

HEADERS = [
    (b"host", b"127.0.0.1:8000"),
    (b"user-agent", b"benchmark"),
    (b"accept", b"*/*"),
    (b"accept-encoding", b"gzip, deflate"),
    (b"connection", b"keep-alive"),
]
REQUEST = f"GET {PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\n\r\n".encode()
ANSWER = b'{"item":42}'

Figures = dict[str, list[float]]


def scope() -> dict[str, Any]:
    """A request as uvicorn gives it."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": HEADERS,
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8_000),
        "state": {},
    }


async def receive() -> dict[str, Any]:
    """No body."""
    return {"type": "http.request", "body": b"", "more_body": False}


async def send(message: dict[str, Any]) -> None:
    """To nobody."""


async def called(app: App, requests: int) -> tuple[float, float]:
    """Call the application directly; microseconds of CPU and on the clock, each."""
    cpu, clock = time.thread_time(), time.perf_counter()
    for _ in range(requests):
        await app(scope(), receive, send)
    took = time.perf_counter() - clock
    return (time.thread_time() - cpu) / requests * 1e6, took / requests * 1e6


class Served:
    """The application behind uvicorn, in a thread of its own.

    Args:
        app: what is served.
    """

    def __init__(self, app: App) -> None:
        # asyncio lets small answers go at once only where TCP is named.
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        config = uvicorn.Config(app, log_level="critical", http="h11", loop="asyncio")
        config.timeout_keep_alive = 3_600  # while the others take their turns
        self._server = uvicorn.Server(config)
        serve = self._server.serve(sockets=[self._listener])
        self._thread = threading.Thread(target=asyncio.run, args=[serve], daemon=True)
        self._thread.start()
        self._connection = socket.create_connection(self._listener.getsockname())
        self.ask(100)

    def ask(self, requests: int) -> tuple[float, float]:
        """One request after the other; microseconds of the server's CPU and on the clock, each."""
        # Not in Windows.
        cpu_of: Callable[[int], int] = time.pthread_getcpuclockid
        identity = cpu_of(self._thread.ident or 0)
        cpu, clock = time.clock_gettime(identity), time.perf_counter()
        for _ in range(requests):
            self._connection.sendall(REQUEST)
            received = b""
            while not received.endswith(ANSWER):
                part = self._connection.recv(4_096)
                if not part:
                    raise ConnectionError("the server closed the connection")
                received += part
        took = time.perf_counter() - clock
        return (time.clock_gettime(identity) - cpu) / requests * 1e6, took / requests * 1e6

    def close(self) -> None:
        """End the server."""
        self._connection.close()
        self._server.should_exit = True
        self._thread.join(10)
        self._listener.close()


def main(rounds: int, requests: int) -> None:
    """Measure and print."""
    figures: dict[str, Figures] = defaultdict(lambda: defaultdict(list))
    apps = contenders()
    loop = asyncio.new_event_loop()
    for app in apps.values():
        loop.run_until_complete(called(app, 100))
    for _ in range(rounds):
        for name, app in apps.items():
            cpu, took = loop.run_until_complete(called(app, requests))
            figures[name]["cpu"].append(cpu)
            figures[name]["clock"].append(took)
    loop.close()
    servers = {name: Served(app) for name, app in apps.items()}
    for _ in range(rounds):
        for name, server in servers.items():
            cpu, took = server.ask(requests)
            figures[name]["uvicorn_cpu"].append(cpu)
            figures[name]["uvicorn_clock"].append(took)
    for server in servers.values():
        server.close()
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
