"""One turn of a chatbot with the least that recording takes: what remains when all else is gone.

Objects with slots, the current span in a context variable, random identities, a deque, and a
thread that makes JSON of what is in it, packs it and posts it over one connection. Nothing is
checked, bounded, counted or tried again.
"""

from __future__ import annotations

import contextvars
import gzip
import json
import random
import threading
import time
from collections import deque
from http.client import HTTPConnection
from typing import Any, Self
from urllib.parse import urlsplit

from benchmarks.turns import bare
from benchmarks.turns.story import Story

_current: contextvars.ContextVar[Node | None] = contextvars.ContextVar("current", default=None)
_BATCH, _PAUSE = 500, 0.1


class Node:
    """A span."""

    __slots__ = ("_done", "_token", "fields")

    def __init__(
        self, done: deque[dict[str, Any]], name: str, metadata: dict[str, Any] | None
    ) -> None:
        above = _current.get()
        self._done = done
        self.fields: dict[str, Any] = {
            "id": f"{random.getrandbits(128):032x}",
            "parent": above.fields["id"] if above else None,
            "name": name,
            "metadata": dict(metadata or {}),
            "start": time.time_ns(),
            "facts": [],
        }

    def span(self, name: str, *, metadata: dict[str, Any] | None = None) -> Node:
        """A child."""
        return Node(self._done, name, metadata)

    def say(self, text: str) -> Self:
        """A message."""
        self.fields["facts"].append(("message", text))
        return self

    def event(self, name: str, metadata: dict[str, Any]) -> Self:
        """An event."""
        self.fields["facts"].append(("event", name, dict(metadata), time.time_ns()))
        return self

    def finding(self, name: str, value: float) -> Self:
        """A finding."""
        self.fields["facts"].append(("finding", name, value, time.time_ns()))
        return self

    def __enter__(self) -> Self:
        self._token = _current.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        self.fields["end"] = time.time_ns()
        _current.reset(self._token)
        self._done.append(self.fields)


class Recorder:
    """Sends to the server at `url`."""

    def __init__(self, url: str) -> None:
        self._done: deque[dict[str, Any]] = deque()
        self._connection = HTTPConnection(urlsplit(url).netloc)
        self._root = Node(self._done, "root", None)
        self._sending = threading.Lock()
        threading.Thread(target=self._run, daemon=True).start()

    def turn(self, story: Story) -> None:
        """Record one turn."""
        bare.turn(self._root, story)

    def flush(self) -> None:
        """Return when everything was sent."""
        with self._sending:
            while self._done:
                self._send()

    def _run(self) -> None:
        while True:
            time.sleep(_PAUSE)
            self.flush()

    def _send(self) -> None:
        batch = [self._done.popleft() for _ in range(min(_BATCH, len(self._done)))]
        body = gzip.compress(json.dumps(batch).encode(), 1)
        self._connection.request("POST", "/", body, {"Content-Type": "application/json"})
        self._connection.getresponse().read()
