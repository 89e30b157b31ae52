"""Keys of a server: who may do what for which tenant."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, Protocol

from attrs import frozen

Scope = Literal["ingest", "read", "check", "admin", "metrics"]
SCOPES: Final[tuple[Scope, ...]] = ("ingest", "read", "check", "admin", "metrics")


@frozen(kw_only=True)
class Key:
    """What is known of a key; its secret is not."""

    key_id: str
    tenant: str
    scopes: frozenset[Scope]
    label: str
    hint: str
    """The first 8 characters of the secret, to recognise it by."""
    created_at: datetime


class KeyStore(Protocol):
    """Where keys rest. All methods may be called from any thread.

    Only a hash of a secret is kept. A secret made here has 256 random bits, so that guessing it
    from a single fast SHA-256 is hopeless; slow password hashes exist for secrets that people
    choose, and would cost every request tens of milliseconds.
    """

    def create_key(self, tenant: str, scopes: frozenset[Scope], label: str = "") -> tuple[str, str]:
        """Make a key; returns its id and its secret, which cannot be read again."""
        ...

    def ensure_key(self, secret: str, tenant: str, scopes: frozenset[Scope]) -> str:
        """Make a key with a given secret unless it exists; returns its id.

        A known secret gets this tenant and these scopes. Raises `InvalidValueError` when the
        secret is shorter than 16 characters.
        """
        ...

    def find_key(self, secret: str) -> Key | None:
        """The key with this secret, None when there is none or it is revoked."""
        ...

    def key_of_id(self, key_id: str) -> Key | None:
        """The key with this id, None when there is none or it is revoked."""
        ...

    def list_keys(self, tenant: str | None = None) -> list[Key]:
        """All keys, oldest first, or those of one tenant."""
        ...

    def revoke_key(self, key_id: str) -> bool:
        """Forget a key; False when there is none of this id."""
        ...

    def has_keys(self) -> bool:
        """Whether any key exists."""
        ...

    @property
    def keys_version(self) -> int:
        """Another number after each `create_key`, `ensure_key` and `revoke_key` of this object.

        So that a server in the same process forgets at once what it remembers of keys; what
        other processes change is not seen here.
        """
        ...
