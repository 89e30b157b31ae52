"""Access tokens: issued for a key, read again, and refused with the reason."""

from __future__ import annotations

import base64
import hmac
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.server.compat.tokens import (
    AUDIENCE,
    CLOCK_SLACK,
    LIFETIME,
    LONGEST_TOKEN,
    AccessTokens,
    Bearer,
    Refusal,
    TokenRefusedError,
)
from modelmetry.store.keys import SCOPES, Key, Scope
from modelmetry.store.open import open_store
from modelmetry.store.signing_keys import SIGNS_SECONDS
from modelmetry.store.sqlite.store import SqliteStore

ROOT = Path(__file__).parents[3]
BOTH: frozenset[Scope] = frozenset({"read", "ingest"})
READ: frozenset[Scope] = frozenset({"read"})
# Reads a token in a process of its own.
READ_ELSEWHERE = """
import sys
from modelmetry.server.compat.tokens import AccessTokens
from modelmetry.store.open import open_store

with open_store(sys.argv[1]) as store:
    print(AccessTokens(store, store, lambda: float(sys.argv[2])).read(sys.argv[3]).key_id)
"""


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.75

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Seconds since 1970."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store with nothing in it."""
    with open_store(str(tmp_path / "tokens.db")) as opened:
        yield opened


@pytest.fixture
def tokens(store: SqliteStore, clock: Clock) -> AccessTokens:
    """What is tested."""
    return AccessTokens(store, store, clock)


@pytest.fixture
def key(store: SqliteStore) -> Key:
    """A client's key."""
    return made(store)


def made(store: SqliteStore, scopes: frozenset[Scope] = BOTH, tenant: str = "shop") -> Key:
    """A new key."""
    key_id, _ = store.create_key(tenant, scopes)
    found = store.key_of_id(key_id)
    assert found is not None
    return found


def refusal(tokens: AccessTokens, token: str) -> Refusal:
    """Why a token is refused; the message holds no piece of it."""
    with pytest.raises(TokenRefusedError) as caught:
        tokens.read(token)
    assert str(caught.value) == caught.value.refusal.value
    assert not any(len(one) > 5 and one in str(caught.value) for one in token.split("."))
    assert caught.value.__cause__ is None
    return caught.value.refusal


def encoded(value: object) -> str:
    """JSON as a part of a token."""
    text = json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def part(token: str, index: int) -> dict[str, Any]:
    """The header (0) or the claims (1) of a token, read without the library."""
    text = token.split(".")[index]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def ends(token: str) -> int:
    """When a token expires, in seconds since 1970."""
    found: int = part(token, 1)["exp"]
    return found


def changed(tokens: AccessTokens, store: SqliteStore, key: Key, **claims: object) -> str:
    """A token with other claims, signed with the right key; `...` leaves one out."""
    token = tokens.issue(key)
    expires = ends(token)
    signing = store.verifying_key(part(token, 0)["kid"], expires)
    assert signing is not None
    kept = {name: value for name, value in (part(token, 1) | claims).items() if value is not ...}
    signed = f"{token.split('.')[0]}.{encoded(kept)}"
    signature = hmac.digest(signing.secret, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def test_a_token_speaks_for_its_key(tokens: AccessTokens, key: Key, clock: Clock) -> None:
    """It says the key, the tenant and what may be done, until it expires."""
    token = tokens.issue(key)
    expires = ends(token)
    assert expires == int(clock.now) + LIFETIME
    assert tokens.read(token) == Bearer(key_id=key.key_id, tenant="shop", scopes=BOTH)


def test_what_published_clients_read_is_in_it(tokens: AccessTokens, key: Key) -> None:
    """`iat` and `exp` as numbers, far enough apart that not each call fetches a new one."""
    claims = part(tokens.issue(key), 1)
    assert claims["exp"] - claims["iat"] == 900
    assert set(claims) == {"iss", "aud", "sub", "jti", "iat", "exp", "tenant", "scope"}


def test_each_token_is_another_one(tokens: AccessTokens, key: Key) -> None:
    """Also two of the same second, by their ids."""
    first, second = (part(tokens.issue(key), 1)["jti"] for _ in range(2))
    assert first != second


def test_a_token_expires(tokens: AccessTokens, key: Key, clock: Clock) -> None:
    """It is good until the second before, and never again."""
    token = tokens.issue(key)
    expires = ends(token)
    clock.now = expires - 0.01
    tokens.read(token)
    clock.now = float(expires)
    assert refusal(tokens, token) is Refusal.EXPIRED


def test_a_token_from_the_future_is_refused(tokens: AccessTokens, key: Key, clock: Clock) -> None:
    """One made while the clock was wrong is not good for longer; a small step back is allowed."""
    token = tokens.issue(key)
    clock.now = int(clock.now) - float(CLOCK_SLACK)
    tokens.read(token)
    clock.now -= 1
    assert refusal(tokens, token) is Refusal.NOT_YET


def test_a_revoked_key_ends_its_tokens_at_once(
    tokens: AccessTokens, store: SqliteStore, key: Key
) -> None:
    """And only its own."""
    other = made(store)
    mine, theirs = tokens.issue(key), tokens.issue(other)
    store.revoke_key(key.key_id)
    assert refusal(tokens, mine) is Refusal.REVOKED
    assert tokens.read(theirs).key_id == other.key_id


def test_a_token_is_good_for_what_its_key_is_good_for_now(
    tokens: AccessTokens, store: SqliteStore
) -> None:
    """What the key lost is lost; what it gained needs a new token; another tenant ends it."""
    secret = "a-secret-of-our-own"

    def ensured(tenant: str, scopes: frozenset[Scope]) -> Key:
        store.ensure_key(secret, tenant, scopes)
        found = store.find_key(secret)
        assert found is not None
        return found

    token = tokens.issue(ensured("shop", BOTH))
    ensured("shop", frozenset({"read", "admin"}))
    assert tokens.read(token).scopes == READ
    ensured("other", BOTH)
    assert refusal(tokens, token) is Refusal.REVOKED


@pytest.mark.parametrize("algorithm", ["none", "None", "HS384", "HS512", "RS256", "", None, 1, {}])
@pytest.mark.parametrize("signature", ["", "kept"])
def test_only_our_algorithm_is_read(
    tokens: AccessTokens, key: Key, algorithm: object, signature: str
) -> None:
    """Whatever a token says of itself, with a signature or without."""
    token = tokens.issue(key)
    _, claims, kept = token.split(".")
    header = encoded(part(token, 0) | {"alg": algorithm})
    forged = f"{header}.{claims}.{kept if signature else ''}"
    assert refusal(tokens, forged) is Refusal.ALGORITHM


def test_an_unsigned_token_is_refused(tokens: AccessTokens, key: Key) -> None:
    """Our algorithm in the header, and no signature behind it."""
    head, claims, _ = tokens.issue(key).split(".")
    assert refusal(tokens, f"{head}.{claims}.") is Refusal.SIGNATURE


def test_changed_claims_are_refused(tokens: AccessTokens, store: SqliteStore, key: Key) -> None:
    """Nobody makes a token for another key, or for more, out of their own."""
    head, claims, signature = tokens.issue(key).split(".")
    for change in ({"sub": made(store).key_id}, {"scope": " ".join(SCOPES)}, {"exp": 2**40}):
        forged = f"{head}.{encoded(part(f'.{claims}', 1) | change)}.{signature}"
        assert refusal(tokens, forged) is Refusal.SIGNATURE


def test_a_token_of_another_store_is_refused(
    tokens: AccessTokens, key: Key, clock: Clock, tmp_path: Path
) -> None:
    """Its signing key is unknown; under a name that is known, its signature does not fit."""
    ours = tokens.issue(key)
    with open_store(str(tmp_path / "other.db")) as elsewhere:
        theirs = AccessTokens(elsewhere, elsewhere, clock).issue(key)
    assert refusal(tokens, theirs) is Refusal.UNKNOWN_KEY
    renamed = encoded(part(theirs, 0) | {"kid": part(ours, 0)["kid"]})
    assert refusal(tokens, f"{renamed}.{theirs.split('.', 1)[1]}") is Refusal.SIGNATURE


@pytest.mark.parametrize("kid", [..., None, 7, [], "", "none", "../../etc/passwd", "ä", "k" * 500])
def test_an_unknown_signing_key_is_refused(tokens: AccessTokens, key: Key, kid: object) -> None:
    """No name of a key leads anywhere but to the keys in the store."""
    token = tokens.issue(key)
    header = {name: value for name, value in part(token, 0).items() if name != "kid"}
    forged = encoded(header if kid is ... else header | {"kid": kid})
    expected = {Refusal.UNKNOWN_KEY, Refusal.MALFORMED}
    assert refusal(tokens, f"{forged}.{token.split('.', 1)[1]}") in expected


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"aud": "another-api"}, Refusal.AUDIENCE),
        ({"aud": [AUDIENCE, "another-api"]}, Refusal.AUDIENCE),
        ({"aud": [AUDIENCE]}, Refusal.AUDIENCE),
        ({"aud": AUDIENCE[:-1]}, Refusal.AUDIENCE),
        ({"iss": "model"}, Refusal.ISSUER),
        ({"iss": "modelmetry2"}, Refusal.ISSUER),
        ({"exp": 10**10}, None),
        ({"exp": "1e99"}, Refusal.MALFORMED),
        ({"exp": True}, Refusal.MALFORMED),
        ({"exp": 1e300}, Refusal.MALFORMED),
        ({"iat": None}, Refusal.MALFORMED),
        ({"sub": 7}, Refusal.MALFORMED),
        ({"sub": "key_none"}, Refusal.REVOKED),
        ({"tenant": "other"}, Refusal.REVOKED),
        ({"tenant": None}, Refusal.MALFORMED),
        ({"scope": ["read"]}, Refusal.MALFORMED),
        *(({name: ...}, Refusal.MALFORMED) for name in ("aud", "iss", "sub", "jti", "iat", "exp")),
    ],
    ids=str,
)
def test_every_claim_is_looked_at(
    tokens: AccessTokens,
    store: SqliteStore,
    key: Key,
    claims: dict[str, object],
    reason: Refusal | None,
) -> None:
    """Even signed rightly, a token that lacks one or has another kind of value is refused."""
    token = changed(tokens, store, key, **claims)
    if reason is None:  # shows that the test signs as the server does
        assert tokens.read(token).key_id == key.key_id
    else:
        assert refusal(tokens, token) is reason


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b.c", "mm_secret", "e30.e30.e30", "\0", "ä.ä.ä", "x" * 100_000]
)
def test_what_is_no_token_is_refused(tokens: AccessTokens, token: str) -> None:
    """Also keys, which come by the same header."""
    assert refusal(tokens, token) in {Refusal.MALFORMED, Refusal.ALGORITHM}


def test_no_text_is_read_as_a_token(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Any text, and any headers and claims, get a refusal and no other error."""
    path = tmp_path_factory.mktemp("any") / "tokens.db"
    json_values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    )
    names = st.sampled_from(["alg", "kid", "typ", "crit", "b64", "exp", "sub"]) | st.text()
    headers = st.dictionaries(names, json_values | st.just("HS256"), max_size=5)
    built = st.tuples(headers, headers, st.text("abcXYZ-_", max_size=50)).map(
        lambda parts: f"{encoded(parts[0])}.{encoded(parts[1])}.{parts[2]}"
    )
    with open_store(str(path)) as store:
        tokens = AccessTokens(store, store)
        tokens.issue(made(store))

        @given(st.text() | built)
        def refused(token: str) -> None:
            with pytest.raises(TokenRefusedError):
                tokens.read(token)

        refused()


def test_a_new_key_signs_after_a_day(tokens: AccessTokens, key: Key, clock: Clock) -> None:
    """The old one still verifies what it signed; so nobody notices."""
    first = tokens.issue(key)
    clock.now += SIGNS_SECONDS - 1
    last = tokens.issue(key)
    expires = ends(last)
    clock.now += 2
    new = tokens.issue(key)
    assert part(first, 0)["kid"] == part(last, 0)["kid"] != part(new, 0)["kid"]
    clock.now = expires - 1.0
    assert tokens.read(last).key_id == tokens.read(new).key_id == key.key_id


def test_a_token_outlives_a_restart(
    tokens: AccessTokens, store: SqliteStore, key: Key, clock: Clock
) -> None:
    """Another process on the same store, or the next one, knows the key that it was signed with."""
    token = tokens.issue(key)
    done = subprocess.run(
        [sys.executable, "-c", READ_ELSEWHERE, str(store.path), str(clock.now), token],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}"},
    )
    assert done.stdout.strip() == key.key_id


def test_long_names_still_fit(tokens: AccessTokens, store: SqliteStore) -> None:
    """A token with every scope and a long tenant is well below the bound."""
    token = tokens.issue(made(store, frozenset(SCOPES), "t" * 500))
    assert len(token) < LONGEST_TOKEN
    assert len(tokens.read(token).scopes) == len(SCOPES)


def test_any_jwt_library_reads_it(tokens: AccessTokens, key: Key) -> None:
    """As the published client does: without the key, for the times alone."""
    token = tokens.issue(key)
    expires = ends(token)
    read = jwt.decode(  # pyright: ignore[reportUnknownMemberType]
        token, options={"verify_signature": False}
    )
    assert read["exp"] == expires
