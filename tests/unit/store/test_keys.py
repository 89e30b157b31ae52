"""Keys: made, found, listed, revoked; secrets are not kept."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from modelmetry.errors import InvalidValueError
from modelmetry.store.keys import Scope
from modelmetry.store.sqlite.encode import from_micros
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.conftest import Clock

READ: frozenset[Scope] = frozenset({"read"})
BOTH: frozenset[Scope] = frozenset({"read", "ingest"})


def test_a_key_is_found_by_its_secret(store: SqliteStore, clock: Clock) -> None:
    """And by nothing else."""
    assert not store.has_keys()
    key_id, secret = store.create_key("team", BOTH, "laptop")
    assert store.has_keys()
    assert secret.startswith("mm_")
    assert len(secret) == 46
    found = store.find_key(secret)
    assert found is not None
    assert (found.key_id, found.tenant, found.scopes, found.label) == (
        key_id,
        "team",
        BOTH,
        "laptop",
    )
    assert (found.hint, found.created_at) == (secret[:8], from_micros(clock.now))
    for other in ("", secret[:-1], secret.swapcase(), key_id, "\ud800"):
        assert store.find_key(other) is None


def test_keys_are_listed_and_revoked(store: SqliteStore) -> None:
    """Oldest first, of all tenants or of one; a revoked one is gone."""
    first, secret = store.create_key("a", READ)
    second, _ = store.create_key("b", READ)
    assert [key.key_id for key in store.list_keys()] == [first, second]
    assert [key.key_id for key in store.list_keys("b")] == [second]
    assert store.revoke_key(first)
    assert not store.revoke_key(first)
    assert store.find_key(secret) is None
    assert [key.key_id for key in store.list_keys()] == [second]


def test_a_given_secret_is_one_key(store: SqliteStore) -> None:
    """Ensured again, it gets the tenant and the scopes of the last time."""
    secret = "a-secret-of-our-own"
    key_id = store.ensure_key(secret, "a", READ)
    assert store.ensure_key(secret, "b", BOTH) == key_id
    found = store.find_key(secret)
    assert found is not None
    assert (found.tenant, found.scopes) == ("b", BOTH)
    assert len(store.list_keys()) == 1


def test_secrets_are_not_in_the_file(store: SqliteStore, path: Path) -> None:
    """Only a hash and the first 8 characters are."""
    _, secret = store.create_key("~", READ)  # stands behind the 8 characters, and is in no key
    store.vacuum()
    store.close()
    data = path.read_bytes()
    assert secret.encode() not in data
    assert secret[:9].encode() not in data
    assert secret[:8].encode() in data


def test_weak_keys_are_refused(store: SqliteStore) -> None:
    """Short secrets, unknown scopes and none at all."""
    with pytest.raises(InvalidValueError, match="16 characters"):
        store.ensure_key("short", "a", READ)
    with pytest.raises(InvalidValueError, match=r"\['write'\]"):
        store.create_key("a", frozenset({cast("Scope", "write")}))
    with pytest.raises(InvalidValueError, match="a tenant needs a name, not ' '"):
        store.create_key(" ", READ)
    with pytest.raises(InvalidValueError, match="not none"):
        store.create_key("a", frozenset())
    assert not store.has_keys()
