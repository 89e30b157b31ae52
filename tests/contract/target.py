"""Where the suite runs: a server of its own, or one that stands elsewhere."""

from __future__ import annotations

import os
import secrets
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from modelmetry.server import EmbeddedServer
from modelmetry.store.keys import SCOPES, KeyStore
from modelmetry.store.open import open_store
from tests.contract.sent import Sent

KEY_VARIABLE = "MODELMETRY_API_KEY"
INGEST_KEY_VARIABLE = "MODELMETRY_CONTRACT_INGEST_KEY"
OTHER_KEY_VARIABLE = "MODELMETRY_CONTRACT_OTHER_KEY"

# Chosen before any server runs: schemathesis puts it into its cases when tests are collected.
KEY = os.environ.get(KEY_VARIABLE) or f"mm_{secrets.token_urlsafe(32)}"


@dataclass(frozen=True)
class Target:
    """A server, the keys for it, and what this run may call its own there.

    Args:
        base_url: address, without a slash at its end.
        key: a key with every scope.
        ingest_key: a key of the same tenant that may only ingest, when there is one.
        other_key: a key with every scope of another tenant, when there is one.
        elsewhere: whether the tenant holds what is not ours.
        run: eight hexadecimal digits that begin every XID this run chooses.
    """

    base_url: str
    key: str = field(repr=False)
    ingest_key: str | None = field(repr=False)
    other_key: str | None = field(repr=False)
    elsewhere: bool
    run: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    sent: Sent = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Remember what is sent under the run's XIDs."""
        object.__setattr__(self, "sent", Sent(self.run))

    @property
    def session(self) -> str:
        """XID of the session that this run works in."""
        return f"{self.run}-contract-tests"

    def xid(self) -> str:
        """A new XID: a UUID in its canonical form that begins with the run's digits."""
        return self.run + str(uuid.uuid4())[8:]


@contextmanager
def embedded(folder: Path) -> Generator[Target]:
    """A server in this process on a new SQLite file, over a real socket."""
    store = open_store(f"sqlite:///{folder / 'contract.db'}")
    try:
        ingest_key, other_key = make_keys(store)
        with EmbeddedServer(store) as server:
            yield Target(server.base_url, KEY, ingest_key, other_key, elsewhere=False)
    finally:
        store.close()


def make_keys(store: KeyStore) -> tuple[str, str]:
    """Make `KEY` good for everything; also one that may only ingest, and one of another tenant."""
    store.ensure_key(KEY, "contract", frozenset(SCOPES))
    _, ingest_key = store.create_key("contract", frozenset({"ingest"}), "ingest only")
    _, other_key = store.create_key("other", frozenset(SCOPES), "another tenant")
    return ingest_key, other_key


def elsewhere(base_url: str) -> Target:
    """A server that somebody runs; its key comes from the environment.

    Raises `ValueError` when there is no key.
    """
    if not os.environ.get(KEY_VARIABLE):
        raise ValueError(
            f"{KEY_VARIABLE} is not set: --base-url {base_url} needs a key with the scopes ingest, "
            "read and admin of a tenant for tests (`modelmetry keys create --tenant NAME`)"
        )
    return Target(
        base_url.rstrip("/"),
        KEY,
        os.environ.get(INGEST_KEY_VARIABLE),
        os.environ.get(OTHER_KEY_VARIABLE),
        elsewhere=True,
    )
