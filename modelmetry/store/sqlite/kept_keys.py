"""The keys that a server is opened with, in the store's file."""

from __future__ import annotations

from modelmetry.store.keys import Key, Scope
from modelmetry.store.sqlite import keys
from modelmetry.store.sqlite.connected import Connected
from modelmetry.store.sqlite.writer import Work


class KeptKeys(Connected):
    """A `KeyStore`."""

    _keys_version = 0

    def create_key(self, tenant: str, scopes: frozenset[Scope], label: str = "") -> tuple[str, str]:
        """Make a key; returns its id and its secret. Raises `InvalidValueError`."""
        keys.check_tenant(tenant)
        keys.check_scopes(scopes)
        secret = keys.new_secret()
        return self._save_key(secret, tenant, scopes, label), secret

    def ensure_key(self, secret: str, tenant: str, scopes: frozenset[Scope]) -> str:
        """Make a key with a given secret unless it exists. Raises `InvalidValueError`."""
        keys.check_tenant(tenant)
        keys.check_scopes(scopes)
        keys.check_secret(secret)
        return self._save_key(secret, tenant, scopes, "bootstrap")

    def _save_key(self, secret: str, tenant: str, scopes: frozenset[Scope], label: str) -> str:
        def save(work: Work) -> str:
            return keys.save_key(work.connection, secret, tenant, scopes, label, work.tx.now)

        key_id = str(self._write(save))
        self._keys_version += 1
        return key_id

    def find_key(self, secret: str) -> Key | None:
        """The key with this secret."""
        with self._read() as connection:
            return keys.find_key(connection, secret)

    def key_of_id(self, key_id: str) -> Key | None:
        """The key with this id."""
        with self._read() as connection:
            return keys.key_of_id(connection, key_id)

    def list_keys(self, tenant: str | None = None) -> list[Key]:
        """All keys, oldest first, or those of one tenant."""
        with self._read() as connection:
            return keys.list_keys(connection, tenant)

    def revoke_key(self, key_id: str) -> bool:
        """Forget a key; False when there is none of this id."""
        revoked = bool(self._write(lambda work: keys.revoke_key(work.connection, key_id)))
        self._keys_version += 1
        return revoked

    def has_keys(self) -> bool:
        """Whether any key exists."""
        with self._read() as connection:
            return keys.has_keys(connection)

    @property
    def keys_version(self) -> int:
        """Another number after each change of the keys by this object."""
        return self._keys_version
