"""Keys in the store: made, found by their hash, revoked."""

from __future__ import annotations

import secrets
import sqlite3
from hashlib import sha256
from typing import Any, Final, cast

from modelmetry.errors import InvalidValueError
from modelmetry.store.keys import SCOPES, Key, Scope
from modelmetry.store.sqlite.encode import Micros, from_micros

_PREFIX: Final = "mm_"
# Characters that tell two keys apart: of our own, whose first three are the same, five more.
_HINT: Final = 8
_FOREIGN_HINT: Final = 3
_SHORTEST: Final = 16
_COLUMNS: Final = "key_id, tenant, scopes, label, hint, created"


def new_secret() -> str:
    """A secret with 256 random bits."""
    return f"{_PREFIX}{secrets.token_urlsafe(32)}"


def check_secret(secret: str) -> None:
    """Refuse a secret that could be guessed."""
    if len(secret) < _SHORTEST:
        raise InvalidValueError(
            f"a key must have at least {_SHORTEST} characters, not {len(secret)}; "
            "make one with `modelmetry keys create`"
        )


def _hint(secret: str) -> str:
    return secret[: _HINT if secret.startswith(_PREFIX) else _FOREIGN_HINT]


def check_tenant(tenant: str) -> None:
    """Refuse a tenant that nobody could name."""
    if not tenant.strip():
        raise InvalidValueError(f"a tenant needs a name, not {tenant!r}; give such as shop")


def check_scopes(scopes: frozenset[Scope]) -> None:
    """Refuse scopes that do not exist."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise InvalidValueError(
            f"scopes of a key must be some of {', '.join(SCOPES)}, not {unknown or 'none'}"
        )


def save_key(
    connection: sqlite3.Connection,
    secret: str,
    tenant: str,
    scopes: frozenset[Scope],
    label: str,
    now: Micros,
) -> str:
    """Keep a key, or give the one that exists another tenant and other scopes; returns its id."""
    found = connection.execute("SELECT key_id FROM key WHERE hash = ?", (_hash(secret),)).fetchone()
    kept = " ".join(sorted(scopes))
    if found is not None:
        connection.execute(
            "UPDATE key SET tenant = ?, scopes = ? WHERE key_id = ?", (tenant, kept, found[0])
        )
        return str(found[0])
    key_id = f"key_{secrets.token_hex(8)}"
    connection.execute(
        "INSERT INTO key (key_id, hash, hint, tenant, scopes, label, created) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (key_id, _hash(secret), _hint(secret), tenant, kept, label, now),
    )
    return key_id


def find_key(connection: sqlite3.Connection, secret: str) -> Key | None:
    """The key with this secret."""
    # Looking up the hash by its index leaks no more than a part of the hash by its timing.
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM key WHERE hash = ?", (_hash(secret),)
    ).fetchone()
    return None if row is None else _key(row)


def key_of_id(connection: sqlite3.Connection, key_id: str) -> Key | None:
    """The key with this id."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM key WHERE key_id = ?", (key_id,)).fetchone()
    return None if row is None else _key(row)


def list_keys(connection: sqlite3.Connection, tenant: str | None) -> list[Key]:
    """All keys, or those of a tenant."""
    where, values = ("", ()) if tenant is None else ("WHERE tenant = ?", (tenant,))
    rows = connection.execute(f"SELECT {_COLUMNS} FROM key {where} ORDER BY id", values)
    return [_key(row) for row in rows]


def revoke_key(connection: sqlite3.Connection, key_id: str) -> bool:
    """Forget a key."""
    return connection.execute("DELETE FROM key WHERE key_id = ?", (key_id,)).rowcount > 0


def has_keys(connection: sqlite3.Connection) -> bool:
    """Whether there is any key."""
    return connection.execute("SELECT 1 FROM key LIMIT 1").fetchone() is not None


def _key(row: tuple[Any, ...]) -> Key:
    key_id, tenant, scopes, label, hint, created = row
    return Key(
        key_id=key_id,
        tenant=tenant,
        scopes=frozenset(cast("list[Scope]", scopes.split())),
        label=label,
        hint=hint,
        created_at=from_micros(created),
    )


def _hash(secret: str) -> bytes:
    return sha256(secret.encode(errors="surrogatepass")).digest()
