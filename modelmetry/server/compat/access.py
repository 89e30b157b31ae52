"""Access to the other protocol: a key is exchanged for an access token that speaks for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import Final

from modelmetry_api.types import encode_json
from starlette.datastructures import Headers

from modelmetry.server.auth import Caller, Doorkeeper, check_scope, unauthorized
from modelmetry.server.calls import Answer, Call, Handler
from modelmetry.server.compat.protocol import ANY_SCOPE, REFRESH
from modelmetry.server.compat.tokens import AccessTokens, Bearer, TokenRefusedError
from modelmetry.server.threads import Threads
from modelmetry.store.keys import SCOPES, Key, KeyStore

OPEN_ID: Final = "no-key"
"""Stands for the key of those who need none; no key has such an id."""

_HINT: Final = f"POST the key as refresh_token to {REFRESH}, and send the access_token as bearer"


class KnownKeys:
    """The keys that tokens may stand for; while there is none at all, one for everybody.

    Args:
        keys: where the keys are.
        open_tenant: whose the requests are while no key exists; None when a key is needed then.
    """

    def __init__(self, keys: KeyStore, open_tenant: str | None) -> None:
        self._keys = keys
        self.open: Key | None = None if open_tenant is None else _open_key(open_tenant)
        """The key of those who need none; good while the store has no key."""

    def key_of_id(self, key_id: str) -> Key | None:
        """The key with this id; the one for everybody ends with the first real one."""
        if key_id != OPEN_ID:
            return self._keys.key_of_id(key_id)
        return None if self._keys.has_keys() else self.open


def _open_key(tenant: str) -> Key:
    return Key(
        key_id=OPEN_ID,
        tenant=tenant,
        scopes=frozenset(SCOPES),
        label="no key needed",
        hint="",
        created_at=datetime.fromtimestamp(0, UTC),
    )


class TokenDoor:
    """Lets in who has an access token.

    Nothing is remembered: a token ends to the second, and with its key at once.
    """

    def __init__(self, tokens: AccessTokens, threads: Threads) -> None:
        self._tokens = tokens
        self._threads = threads

    async def caller(self, headers: Headers, scope: str, *, unsafe: bool) -> Caller:  # noqa: ARG002  # no browser sends tokens by itself
        """Who asks for something that needs `scope`.

        Raises:
            Problem: 401 without a token that is good, 403 when it is not good for `scope`.
        """
        bearer = await self.bearer(headers)
        found = Caller(bearer.tenant, bearer.scopes)
        if scope != ANY_SCOPE:
            check_scope(found, scope)
        return found

    async def bearer(self, headers: Headers) -> Bearer:
        """Whom the token of a request speaks for. Raises `Problem` (401)."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        token = token.strip() if scheme.lower() == "bearer" else ""
        if token.count(".") != 2:  # noqa: PLR2004  # the dots of a JWT
            raise unauthorized(f"an access token is needed here: {_HINT}")
        loop, executor = asyncio.get_running_loop(), self._threads.executor
        try:
            return await loop.run_in_executor(executor, self._tokens.read, token)
        except TokenRefusedError as error:
            raise unauthorized(str(error)) from None


def access_handlers(
    keys: KnownKeys, keeper: Doorkeeper, tokens: AccessTokens, door: TokenDoor, threads: Threads
) -> dict[str, Handler]:
    """Handlers by operation."""

    async def refresh(call: Call) -> Answer:
        key = keys.open if await keeper.is_open() else None
        if key is None:
            key = await keeper.presented(call.document["refresh_token"], call.address)
        token = await threads.run(partial(tokens.issue, key))
        return Answer(encode_json({"access_token": token}))

    async def who_am_i(call: Call) -> Answer:
        key_id = (await door.bearer(call.headers)).key_id
        key = await threads.run(partial(keys.key_of_id, key_id))
        name = "" if key is None else key.label  # it was revoked since
        return Answer(encode_json({"id": key_id, "name": name or key_id}))

    return {"refresh": refresh, "who-am-i": who_am_i}
