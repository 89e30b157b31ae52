"""A network between an application and a server that goes wrong as it is told."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

_CHUNK: Final = 65_536
_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER of no time: closing resets

Trouble = Callable[[socket.socket, socket.socket, bytes], None]
"""Called with the client's side, the server's side and the request; both are closed afterwards."""


def reset(client: socket.socket, _: socket.socket, __: bytes) -> None:
    """The request is read, then the connection is gone."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def truncated(client: socket.socket, server: socket.socket, request: bytes) -> None:
    """The server has stored it, but its answer ends in the middle."""
    server.sendall(request)
    answer = server.recv(_CHUNK)
    client.sendall(answer[: len(answer) // 2])


def silent(client: socket.socket, server: socket.socket, request: bytes) -> None:
    """The server has stored it, but its answer never comes: the client goes first."""
    server.sendall(request)
    client.recv(1)


def nonsense(client: socket.socket, _: socket.socket, __: bytes) -> None:
    """What answers is no web server."""
    client.sendall(b"220 mail.example.com ESMTP\r\n")


def bad_gateway(client: socket.socket, _: socket.socket, __: bytes) -> None:
    """A proxy answers in HTML."""
    page = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
    head = b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
    client.sendall(head % len(page) + page)


class Network:
    """Forwards connections to `url`, but for the first ones, which meet `troubles` in turn."""

    def __init__(self, url: str, troubles: Sequence[Trouble]) -> None:
        parts = urlsplit(url)
        self._server = (str(parts.hostname), int(parts.port or 80))
        self._troubles = list(troubles)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self.connections = 0

    @property
    def url(self) -> str:
        """Where the application finds it."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            trouble = self._troubles.pop(0) if self._troubles else None
            self.connections += 1
            threading.Thread(target=self._serve, args=(client, trouble), daemon=True).start()

    def _serve(self, client: socket.socket, trouble: Trouble | None) -> None:
        with client, socket.create_connection(self._server) as server, suppress(OSError):
            if trouble is not None:
                trouble(client, server, _request(client))
                return
            back = threading.Thread(target=_forward, args=(server, client), daemon=True)
            back.start()
            _forward(client, server)
            back.join()


def _forward(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(_CHUNK):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)


def _request(client: socket.socket) -> bytes:
    """One whole request with a `Content-Length`."""
    request = b""
    while b"\r\n\r\n" not in request:
        request += _some(client)
    head, _, body = request.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    left = int(lengths[0].split(b":")[1]) - len(body)
    while left > 0:
        chunk = _some(client)
        request, left = request + chunk, left - len(chunk)
    return request


def _some(client: socket.socket) -> bytes:
    """What comes next; there has to be something."""
    chunk = client.recv(_CHUNK)
    if not chunk:
        raise ConnectionError("the client went in the middle of a request")
    return chunk


@contextmanager
def going_wrong(url: str, *troubles: Trouble) -> Generator[Network]:
    """A network in front of the server at `url`."""
    network = Network(url, troubles)
    network.start()
    try:
        yield network
    finally:
        network.stop()
