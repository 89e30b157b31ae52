"""The keys that access tokens are signed with: half of each in the store's file."""

from __future__ import annotations

import hmac
import secrets
import sqlite3
from pathlib import Path
from typing import Any, Final

from modelmetry.store.signing_keys import SIGNS_SECONDS, SigningKey
from modelmetry.store.sqlite.connected import Connected
from modelmetry.store.sqlite.outside import ensure_secret, read_secret
from modelmetry.store.sqlite.writer import Work

_SALT_BYTES: Final = 32
_LONGEST_KID: Final = 64
_COLUMNS: Final = "kid, salt, proof, ends"
_MICROS: Final = 1_000_000


class KeptSigningKeys(Connected):
    """A `SigningKeys`.

    A key is HMAC-SHA256 of its salt, which is in the table `signing_key`, under the secret beside
    the file. So a copy of the store alone is not enough to sign, the secret alone is not either,
    and who copied both has nothing of the keys that are made later.
    """

    def signing_key(self, now: float, until: float) -> SigningKey:
        """The key to sign with; see `SigningKeys`. Raises `StoreUnavailableError`."""
        outside = read_secret(self._path)
        if outside is not None:
            with self._read() as connection:
                found = newest_key(connection, outside, now, until)
            if found is not None:
                return found
        made: SigningKey = self._write(
            lambda work: _find_or_make(work, self._path, now=now, until=until)
        )
        return made

    def verifying_key(self, kid: str, now: float) -> SigningKey | None:
        """The key with this name; see `SigningKeys`. Raises `StoreUnavailableError`."""
        if not kid.isascii() or len(kid) > _LONGEST_KID:
            return None
        outside = read_secret(self._path)
        if outside is None:
            return None
        with self._read() as connection:
            found = connection.execute(
                f"SELECT {_COLUMNS} FROM signing_key WHERE kid = ? AND ends > ?",
                (kid, _micros(now)),
            ).fetchone()
        return None if found is None else _key(found, outside)


def newest_key(
    connection: sqlite3.Connection, outside: bytes, now: float, until: float
) -> SigningKey | None:
    """The newest key that was made with a secret and lasts long enough."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM signing_key WHERE created <= ? AND ends >= ? "
        "ORDER BY created DESC, kid",
        (_micros(now), _micros(until)),
    )
    return next((key for row in rows if (key := _key(row, outside)) is not None), None)


def _find_or_make(work: Work, path: Path, *, now: float, until: float) -> SigningKey:
    # In a transaction that writes: another process may have been faster, and waits otherwise.
    outside = ensure_secret(path)
    found = newest_key(work.connection, outside, now, until)
    if found is not None:
        return found
    work.connection.execute("DELETE FROM signing_key WHERE ends <= ?", (_micros(now),))
    kid, salt = secrets.token_hex(8), secrets.token_bytes(_SALT_BYTES)
    secret = _derived(outside, salt)
    ends = _micros(until + SIGNS_SECONDS)
    work.connection.execute(
        f"INSERT INTO signing_key (created, {_COLUMNS}) VALUES (?, ?, ?, ?, ?)",
        (_micros(now), kid, salt, _proof(secret, kid), ends),
    )
    return SigningKey(kid=kid, secret=secret, ends_at=ends / _MICROS)


def _key(row: tuple[Any, ...], outside: bytes) -> SigningKey | None:
    """A row's key; None when it was made with another secret, as after that was replaced."""
    kid, salt, proof, ends = row
    secret = _derived(outside, salt)
    if not hmac.compare_digest(_proof(secret, kid), proof):
        return None
    return SigningKey(kid=kid, secret=secret, ends_at=ends / _MICROS)


def _derived(outside: bytes, salt: bytes) -> bytes:
    return hmac.digest(outside, b"modelmetry signing key\0" + salt, "sha256")


def _proof(secret: bytes, kid: str) -> bytes:
    # No JWT begins like this: what proves a key can never be the signature of a token.
    return hmac.digest(secret, b"\0modelmetry proof\0" + kid.encode(), "sha256")


def _micros(seconds: float) -> int:
    return round(seconds * _MICROS)
