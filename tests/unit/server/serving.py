"""A real server for tests, and signals to send to it."""

from __future__ import annotations

import socket
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from attrs import frozen

from modelmetry.server import EmbeddedServer, ServerSettings
from modelmetry.store.keys import SCOPES
from modelmetry.store.open import open_store
from modelmetry.store.sqlite.store import SqliteStore

START = "2026-11-02T09:30:00Z"
INGEST = "/signals/ingest/v1"
JSON = {"content-type": "application/json"}
EVERYTHING = frozenset(SCOPES)


@frozen
class Serving:
    """A server that runs, its store, and a client for it."""

    base_url: str
    store: SqliteStore
    http: httpx.Client

    def ingest(self, body: Mapping[str, Any], **headers: str) -> httpx.Response:
        """Send a batch."""
        return self.http.post(INGEST, json=body, headers=headers)

    def connected(self) -> socket.socket:
        """A connection of its own."""
        url = httpx.URL(self.base_url)
        return socket.create_connection((url.host, url.port or 80), timeout=10)

    def raw(self, sent: bytes, *, until_closed: bool = False) -> bytes:
        """Send bytes as they are and read what comes back at first, or until the server closes."""
        with self.connected() as connection:
            connection.sendall(sent)
            received = connection.recv(65536)
            while until_closed and (more := connection.recv(65536)):
                received += more
            return received


@contextmanager
def serving(folder: Path, key: str | None = None, **settings: Any) -> Generator[Serving]:
    """A server over a new store; with a key when one is given."""
    store = open_store(str(folder / f"{uuid4()}.db"))
    try:
        headers = {"X-API-KEY": key} if key else {}
        if key is not None:
            store.ensure_key(key, "local", EVERYTHING)
        with (
            EmbeddedServer(store, ServerSettings(port=0, **settings)) as server,
            httpx.Client(base_url=server.base_url, headers=headers, trust_env=False) as http,
        ):
            yield Serving(server.base_url, store, http)
    finally:
        store.close()


def trace(xid: str | None = None, **members: Any) -> dict[str, Any]:
    """A trace of a batch."""
    return {"XID": xid or str(uuid4()), "Name": "chat", "Start": START, "End": START} | members


def span(trace_xid: str, **members: Any) -> dict[str, Any]:
    """A span of a batch."""
    required = {"XID": str(uuid4()), "TraceID": trace_xid, "Name": "llm", "Start": START}
    return required | {"End": START} | members


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """The problem document of an answer, held to what every one of them has."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert document["status"] == status
    assert document["type"].startswith("urn:modelmetry:problem:")
    assert document["title"]
    assert document["detail"]
    assert document["instance"] == f"urn:uuid:{response.headers['x-request-id']}"
    return document
