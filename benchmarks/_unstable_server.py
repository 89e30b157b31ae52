"""A server that is up, busy, down, slow and rude in turn, and remembers what it has taken.

For `endurance.py`, which starts it as a process: it prints its port, and answers the line `steady`
by being up from then on, and `report` by a line of JSON. It reads no more of a body than the
identities, so that it is not what one waits for.
"""

from __future__ import annotations

import gzip
import itertools
import json
import socket
import struct
import sys
import threading
from collections import Counter
from contextlib import suppress
from typing import Final, cast

import msgspec

TROUBLES: Final = ("busy", "down", "slow", "reset", "limited", "forgetful")
_LONG: Final = 4  # times as long as other moods nobody listens
_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER of no time: closing resets
_STATUS: Final = {
    "up": b"200 OK",
    "slow": b"200 OK",
    "busy": b"503 Service Unavailable",
    "limited": b"429 Too Many Requests\r\nRetry-After: 1",
}


class Signal(msgspec.Struct):
    """What is read of a signal."""

    XID: str


class Body(msgspec.Struct):
    """What is read of a request."""

    Sessions: list[Signal] = []
    Traces: list[Signal] = []
    Spans: list[Signal] = []
    Events: list[Signal] = []
    Findings: list[Signal] = []


class Server:
    """Changes its mood every `seconds`: up, then a trouble, then up, then the next one."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._mood = "up"
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._steady = threading.Event()
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._xids: set[str] = set()
        self._received = self._digest = 0
        self._requests: Counter[str] = Counter()
        self._decode = msgspec.json.Decoder(Body).decode

    def start(self) -> None:
        """Listen and begin to change."""
        threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()
        threading.Thread(target=self._change, daemon=True).start()

    def steady(self) -> None:
        """Be up from now on."""
        self._steady.set()

    def report(self) -> dict[str, object]:
        """What came: signals, identities, their digest, requests by mood."""
        with self._lock:
            return {
                "received": self._received,
                "unique": len(self._xids),
                "digest": f"{self._digest:x}",
                "requests": dict(self._requests),
            }

    def _change(self) -> None:
        for trouble in itertools.cycle(TROUBLES):
            for mood in ("up", trouble):
                self._mood = mood
                if mood == "down":
                    self._go_down()
                self._steady.wait(self._seconds * (_LONG if mood == "down" else 1))
                if mood == "down":
                    self._come_back()
            if self._steady.is_set():
                self._mood = "up"
                return

    def _go_down(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _come_back(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        self._connections.add(connection)
        with suppress(OSError), connection, connection.makefile("rb") as stream:
            while (body := _read(stream)) is not None and self._answer(connection, body):
                pass
        self._connections.discard(connection)

    def _answer(self, connection: socket.socket, body: bytes) -> bool:
        mood = self._mood
        self._requests[mood] += 1
        if mood == "slow":
            self._steady.wait(self._seconds / 4)
        if mood in {"up", "slow", "forgetful"}:
            self._take(body)
        status = _STATUS.get(mood)
        if status is None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            return False
        head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        connection.sendall(head % status)
        return True

    def _take(self, body: bytes) -> None:
        found = self._decode(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
        told = [signal.XID for signal in (*found.Traces, *found.Spans)]
        rest = [s.XID for s in (*found.Sessions, *found.Events, *found.Findings)]
        with self._lock:
            for xid in told:
                if xid not in self._xids:
                    self._digest ^= digest(xid)
            self._xids.update(told, rest)
            self._received += len(told) + len(rest)


def digest(xid: str) -> int:
    """What an identity adds to the digest of all, in whatever order they come."""
    return int(xid.replace("-", ""), 16)


def _read(stream: object) -> bytes | None:
    """The body of the next request; `None` when there is none."""
    lines = cast("socket.SocketIO", stream)
    length = 0
    while (line := lines.readline().strip().lower()) or not length:
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
        elif not line:
            return None
    return lines.read(length)


def main() -> None:
    """Do what standard input says."""
    server = Server(float(sys.argv[1]))
    server.start()
    print(server.port, flush=True)
    for line in sys.stdin:
        if line == "steady\n":
            server.steady()
        else:
            print(json.dumps(server.report()), flush=True)


if __name__ == "__main__":
    main()
