"""The published client of pipelines, and a server of ours that it is pointed at."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import field, frozen

from modelmetry.server import EmbeddedServer
from modelmetry.store.keys import Scope
from modelmetry.store.open import open_store
from modelmetry.store.sqlite.store import SqliteStore

TENANT = "pipelines"
EXECUTION_VARIABLE = "CRAFT_AI_EXECUTION_ID"
REFRESH = "/api/v1/auth/refresh"
# It asks for pages without an end where the count of rows is too large; no test needs as many.
MOST_REQUESTS = 200
BOTH: frozenset[Scope] = frozenset({"ingest", "read"})


@frozen
class Served:
    """A server that runs, and its store."""

    base_url: str
    store: SqliteStore

    def key(self, scopes: frozenset[Scope] = BOTH, tenant: str = TENANT) -> tuple[str, str]:
        """The id and the secret of a new key."""
        return self.store.create_key(tenant, scopes)


@frozen
class Request:
    """What a client sent, and the status of the answer."""

    method: str
    path: str
    status: int
    body: bytes = field(repr=False)


@contextmanager
def serve(path: Path) -> Generator[Served]:
    """A server on a store in a file, which may have been served before."""
    with open_store(f"sqlite:///{path}") as store, EmbeddedServer(store) as server:
        yield Served(server.base_url, store)


class Craft:
    """Makes clients for one test and closes them.

    Args:
        served: where they are pointed at.
        patch: what sets the execution that they record for.
    """

    def __init__(self, served: Served, patch: pytest.MonkeyPatch) -> None:
        module: Any = pytest.importorskip("craft_ai_sdk", reason="nox -s published has it")
        self.client_type: Any = module.CraftAiSdk
        self.error_type: Any = module.exceptions.SdkException
        self.served = served
        self._patch = patch
        self._opened: list[Any] = []

    def client(self, token: str | None = None, kind: Any = None) -> Any:
        """A client with this token, or that of a new key; `kind` is a subclass of the published."""
        base_url = self.served.base_url
        secret = self.served.key()[1] if token is None else token
        made: Any = (kind or self.client_type)(secret, f"{base_url}/", f"{base_url}/", False)
        made._session.hooks["response"].append(_counter())
        self._opened.append(made)
        return made

    def close(self) -> None:
        """Close the connections of all clients."""
        for made in self._opened:
            made._session.close()

    def execution(self, name: str | None = None) -> str:
        """Be inside an execution from here to the end of the test; gives its id, a new one."""
        chosen = name or f"run-{uuid.uuid4().hex[:12]}"
        self._patch.setenv(EXECUTION_VARIABLE, chosen)
        return chosen


def listen(client: Any) -> list[Request]:
    """What a client sends from now on; the list grows."""
    heard: list[Request] = []

    def note(response: Any, *_: Any, **__: Any) -> None:
        asked = response.request
        body = asked.body or b""
        heard.append(
            Request(
                asked.method,
                asked.path_url.partition("?")[0],
                response.status_code,
                body.encode() if isinstance(body, str) else body,
            )
        )

    client._session.hooks["response"].append(note)
    return heard


def _counter() -> Callable[..., None]:
    sent = itertools.count(1)

    def count(response: Any, *_: Any, **__: Any) -> None:
        if next(sent) > MOST_REQUESTS:
            pytest.fail(f"the client does not come to an end: {response.request.path_url}")

    return count
