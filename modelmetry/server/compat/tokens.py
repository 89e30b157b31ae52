"""Access tokens: what a client gets for its key, for a quarter of an hour."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from enum import Enum
from typing import Any, Final, Protocol

import jwt
from attrs import frozen

from modelmetry.store.keys import SCOPES, Key, Scope
from modelmetry.store.signing_keys import SigningKey, SigningKeys

ALGORITHM: Final = "HS256"
ISSUER: Final = "modelmetry"
AUDIENCE: Final = "modelmetry-api"
LIFETIME: Final = 900
"""Seconds for which a token is good. Published clients fetch the next one 120 seconds before."""
CLOCK_SLACK: Final = 60
"""Seconds by which the clock may be set back without ending the newest tokens."""
LONGEST_TOKEN: Final = 2000

_CLAIMS: Final = ("iss", "aud", "sub", "jti", "iat", "exp", "tenant", "scope")


class Refusal(Enum):
    """Why a token is not good; the value is a message, which holds nothing of the token."""

    MALFORMED = "the access token is not a whole token of this server; fetch another one"
    ALGORITHM = f"the access token is not signed with {ALGORITHM}; fetch one from this server"
    UNKNOWN_KEY = (
        "the access token names a signing key that is not, or no longer, known here; "
        "fetch another one"
    )
    SIGNATURE = "the signature of the access token does not fit it; fetch another one"
    ISSUER = "the access token was not issued by modelmetry; fetch one from this server"
    AUDIENCE = "the access token is meant for something else; fetch one for this server"
    EXPIRED = "the access token has expired; fetch another one with the key"
    NOT_YET = (
        "the access token is from the future: the server's clock was set back; fetch another one"
    )
    REVOKED = (
        "the key of the access token was revoked, or belongs to another tenant now; use another key"
    )


class TokenRefusedError(Exception):
    """An access token is not good.

    Args:
        refusal: why.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@frozen(kw_only=True)
class Bearer:
    """Whom a token speaks for."""

    key_id: str
    tenant: str
    scopes: frozenset[Scope]
    """What the token and its key are both good for."""


class KeysById(Protocol):
    """The keys that tokens may stand for."""

    def key_of_id(self, key_id: str) -> Key | None:
        """The key with this id, None when there is none or it is revoked."""
        ...


class AccessTokens:
    """Issues access tokens for keys, and reads them.

    A token is a JWT that is signed with `ALGORITHM` and nothing else, whatever it says of itself.
    It names the id of its key, which is looked up each time: with the key its tokens end. Both
    methods ask the store, so they belong on a thread, not on the event loop; any may call them.

    Args:
        keys: where the keys of clients are.
        signing: where the keys are that tokens are signed with.
        clock: seconds since 1970.
    """

    def __init__(
        self, keys: KeysById, signing: SigningKeys, clock: Callable[[], float] = time.time
    ) -> None:
        self._keys = keys
        self._signing = signing
        self._clock = clock

    def issue(self, key: Key) -> str:
        """A token for a key that was just presented.

        Raises:
            StoreUnavailableError: there is no signing key, and none can be kept.
        """
        now = self._clock()
        issued = int(now)
        expires = issued + LIFETIME
        signing = self._signing.signing_key(now, expires)
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": key.key_id,
            "jti": secrets.token_urlsafe(16),
            "iat": issued,
            "exp": expires,
            "tenant": key.tenant,
            "scope": " ".join(sorted(key.scopes)),
        }
        # The types of keys that it names come from cryptography, which HMAC does without.
        return jwt.encode(  # pyright: ignore[reportUnknownMemberType]
            claims, signing.secret, ALGORITHM, headers={"kid": signing.kid}
        )

    def read(self, token: str) -> Bearer:
        """Whom a token speaks for.

        Raises:
            TokenRefusedError: it is not good; `refusal` says why.
            StoreUnavailableError: the store cannot be read.
        """
        now = self._clock()
        claims = _verified(token, self._signing_key(token, now))
        if claims["exp"] <= now:
            raise TokenRefusedError(Refusal.EXPIRED)
        if claims["iat"] > now + CLOCK_SLACK:
            raise TokenRefusedError(Refusal.NOT_YET)
        key = self._keys.key_of_id(claims["sub"])
        if key is None or key.tenant != claims["tenant"]:
            raise TokenRefusedError(Refusal.REVOKED)
        granted = claims["scope"].split()
        return Bearer(
            key_id=key.key_id,
            tenant=key.tenant,
            scopes=frozenset(scope for scope in SCOPES if scope in granted and scope in key.scopes),
        )

    def _signing_key(self, token: str, now: float) -> SigningKey:
        if len(token) > LONGEST_TOKEN or not token.isascii():
            raise TokenRefusedError(Refusal.MALFORMED)
        try:
            header = jwt.get_unverified_header(token)
        except jwt.InvalidTokenError:
            raise TokenRefusedError(Refusal.MALFORMED) from None
        if header.get("alg") != ALGORITHM:
            raise TokenRefusedError(Refusal.ALGORITHM)
        kid = header.get("kid")
        found = self._signing.verifying_key(kid, now) if isinstance(kid, str) else None
        if found is None:
            raise TokenRefusedError(Refusal.UNKNOWN_KEY)
        return found


def _verified(token: str, key: SigningKey) -> dict[str, Any]:
    """What a token claims, once its signature, issuer and audience are right."""
    try:
        claims = jwt.decode(  # pyright: ignore[reportUnknownMemberType]
            token,
            key.secret,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={
                "require": list(_CLAIMS),
                "strict_aud": True,
                "enforce_minimum_key_length": True,
                # The library reads the time of the machine, and ours is injected.
                "verify_exp": False,
                "verify_iat": False,
            },
        )
    except jwt.InvalidTokenError as error:
        raise TokenRefusedError(_meaning(error)) from None
    if not _fits(claims):
        raise TokenRefusedError(Refusal.MALFORMED)
    return claims


def _fits(claims: dict[str, Any]) -> bool:
    texts = ("sub", "jti", "tenant", "scope")
    return all(isinstance(claims[name], str) for name in texts) and all(
        type(claims[name]) is int for name in ("iat", "exp")
    )


def _meaning(error: jwt.InvalidTokenError) -> Refusal:
    for kind, refusal in _MEANINGS:
        if isinstance(error, kind):
            return refusal
    return Refusal.MALFORMED


_MEANINGS: Final = (
    (jwt.InvalidSignatureError, Refusal.SIGNATURE),
    (jwt.InvalidAudienceError, Refusal.AUDIENCE),
    (jwt.InvalidIssuerError, Refusal.ISSUER),
    (jwt.InvalidAlgorithmError, Refusal.ALGORITHM),
)
