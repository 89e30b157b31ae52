"""Who asks: a key, or a session that stands for one, tells the tenant and what may be done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from hashlib import sha256
from typing import cast

from attrs import frozen
from starlette.datastructures import Headers

from modelmetry.server.guard import check_same_origin
from modelmetry.server.problems import Problem
from modelmetry.server.sessions import MOST_GUESSES, Guesses, Sessions, sent_token
from modelmetry.store.keys import SCOPES, Key, KeyStore, Scope

CACHE_SECONDS = 2.0
MOST_CACHED = 1000
LONGEST_KEY = 1000
UNKNOWN_KEY = "this key is not known here, or it was revoked"


@frozen
class Caller:
    """A tenant and what may be done for it."""

    tenant: str
    scopes: frozenset[Scope]


class Doorkeeper:
    """Tells the caller of a request.

    Args:
        keys: where the keys are.
        threads: where they are looked up, off the event loop.
        open_tenant: whose the requests are while no key exists at all; None when a key is needed
            even then.
        clock: seconds, for the age of what is remembered.

    A key that was found is remembered for two seconds, by its hash. A change of the keys by this
    process is seen at once (`KeyStore.keys_version`), one by another process after these seconds.
    """

    def __init__(
        self,
        keys: KeyStore,
        threads: Executor,
        open_tenant: str | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self._threads = threads
        self._clock = clock
        self._open = None if open_tenant is None else Caller(open_tenant, frozenset(SCOPES))
        self.sessions: Sessions = Sessions(clock)
        self.guesses: Guesses = Guesses(clock)
        # Until it is looked up a right key counts as a guess: fewer of them than make too many.
        self._presented = asyncio.Semaphore(MOST_GUESSES // 2)
        self._known: dict[bytes | str, Caller] = {}
        self._is_open = False
        self._version = -1
        self._until = 0.0

    async def caller(self, headers: Headers, scope: str, *, unsafe: bool = False) -> Caller:
        """Who asks for something that needs `scope`; `unsafe` when it changes something.

        Raises:
            Problem: 401 without a key or a session that is known, 403 when it is not good for
                `scope`, or when a session changes something from a foreign page.
        """
        self._forget_what_is_old()
        found = await self._open_door(headers)
        if found is None and not has_key(headers):
            found = await self.by_cookie(headers)
            if found is not None and unsafe:
                check_same_origin(headers)
        found = found or await self._by_key(headers)
        check_scope(found, scope)
        return found

    def _forget_what_is_old(self) -> None:
        version, now = self._keys.keys_version, self._clock()
        if version != self._version or now >= self._until or len(self._known) > MOST_CACHED:
            self._known.clear()
            self._is_open = False
            self._version, self._until = version, now + CACHE_SECONDS

    async def is_open(self) -> bool:
        """Whether no key is needed, because none exists."""
        self._forget_what_is_old()
        if self._open is None or self._known:
            return False
        if not self._is_open:
            version = self._version
            if await self._look_up(self._keys.has_keys):
                return False
            self._is_open = version == self._version  # no key was made while it was looked up
        return True

    async def by_cookie(self, headers: Headers) -> Caller | None:
        """Whose session a request belongs to; None without one."""
        token = sent_token(headers.get("cookie", ""))
        key_id = None if token is None else self.sessions.key_id(token)
        if token is None or key_id is None:
            return None
        self._forget_what_is_old()
        found = self._known.get(key_id)
        if found is None:
            found = await self._remembered(key_id, lambda: self._keys.key_of_id(key_id))
            if found is None:  # revoked
                self.sessions.end(token)
        return found

    async def presented(self, secret: str, address: str) -> Key:
        """The key with a secret that somebody presents to be let in from now on.

        Raises:
            Problem: 401 when it is not known, 429 after too many of these from one address.
        """
        async with self._presented:
            self.guesses.begin(address)
            key = cast("Key | None", await self._look_up(lambda: self._keys.find_key(secret)))
            if key is None:
                raise unauthorized(UNKNOWN_KEY)
            self.guesses.right(address)
            return key

    async def _open_door(self, headers: Headers) -> Caller | None:
        if not await self.is_open():
            return None
        if has_key(headers):
            # Whoever sends one means another store, whose tenant it would name.
            raise unauthorized(
                "this server has no keys, so it knows none: send none, or look whether it was "
                "started with the store in which the key was made"
            )
        return self._open

    async def _by_key(self, headers: Headers) -> Caller:
        secret = sent_key(headers)
        digest = sha256(secret.encode("utf-8", "surrogateescape")).digest()
        found = self._known.get(digest)
        if found is None:
            found = await self._remembered(digest, lambda: self._keys.find_key(secret))
        if found is None:
            raise unauthorized(UNKNOWN_KEY)
        return found

    async def _remembered(
        self, known_by: bytes | str, question: Callable[[], Key | None]
    ) -> Caller | None:
        version = self._version
        key = cast("Key | None", await self._look_up(question))
        if key is None:
            return None
        found = Caller(key.tenant, key.scopes)
        if version == self._version:  # not revoked while it was looked up
            self._known[known_by] = found
        return found

    async def _look_up(self, question: Callable[[], object]) -> object:
        return await asyncio.get_running_loop().run_in_executor(self._threads, question)


def has_key(headers: Headers) -> bool:
    """Whether a request names a key, good or not."""
    return bool(headers.get("x-api-key") or headers.get("authorization"))


def sent_key(headers: Headers) -> str:
    """The key of a request, from `X-API-KEY` or as a bearer token.

    Raises:
        Problem: 401 when there is none.
    """
    key = headers.get("x-api-key")
    if key is None:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        key = token.strip() if scheme.lower() == "bearer" else ""
    if not key or len(key) > LONGEST_KEY:
        raise unauthorized("a key is needed: send it as X-API-KEY, or as a bearer token")
    return key


def check_scope(caller: Caller, scope: str) -> None:
    """Refuse what a caller may not do. Raises `Problem` (403)."""
    if scope not in caller.scopes and not (scope == "metrics" and "read" in caller.scopes):
        raise Problem(
            403,
            "missing-scope",
            f"this key is not good for {scope}; it has {', '.join(sorted(caller.scopes))}",
        )


def unauthorized(detail: str) -> Problem:
    """401, with what RFC 9110 asks to be said with it."""
    return Problem(
        401,
        "not-authenticated",
        detail,
        headers={"WWW-Authenticate": 'Bearer realm="modelmetry"'},
    )
