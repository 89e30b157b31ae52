"""Sessions of the page: a random token in a cookie stands for a key that the page never keeps."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256

from attrs import define

from modelmetry.server.problems import busy

COOKIE = "modelmetry_session"
IDLE_SECONDS = 12 * 3600.0
LONGEST_SECONDS = 30 * 86_400.0  # a page that is left open asks for ever
MOST_SESSIONS = 10_000
MOST_OF_A_KEY = 100
LONGEST_TOKEN = 200
MOST_GUESSES = 20
SECONDS_A_GUESS = 1.0
MOST_ADDRESSES = 10_000

Clock = Callable[[], float]


@define
class _Session:
    key_id: str
    begun: float
    used: float


class Sessions:
    """Which token stands for which key. Used on the event loop only, so it needs no lock.

    Only a hash of a token is kept, in memory: to log in again after a restart costs less than
    to write to the disk whenever a session is used.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        # The one that was not used for longest comes first.
        self._sessions: OrderedDict[bytes, _Session] = OrderedDict()

    def begin(self, key_id: str) -> str:
        """A token for a new session.

        With too many the key's own oldest one ends first: who has one key cannot log out others.
        """
        token, now = secrets.token_urlsafe(32), self._clock()
        of_key = [one for one, session in self._sessions.items() if session.key_id == key_id]
        if len(of_key) >= MOST_OF_A_KEY:
            del self._sessions[of_key[0]]
        elif len(self._sessions) >= MOST_SESSIONS:
            self._sessions.popitem(last=False)
        self._sessions[_hash(token)] = _Session(key_id, now, now)
        return token

    def key_id(self, token: str) -> str | None:
        """The key that a token stands for; None when its session has ended."""
        digest, now = _hash(token), self._clock()
        found = self._sessions.get(digest)
        if found is None:
            return None
        if now - found.used >= IDLE_SECONDS or now - found.begun >= LONGEST_SECONDS:
            del self._sessions[digest]
            return None
        found.used = now
        self._sessions.move_to_end(digest)
        return found.key_id

    def end(self, token: str) -> None:
        """Forget a session; harmless when there is none."""
        self._sessions.pop(_hash(token), None)


class Guesses:
    """How often each address may be wrong about a key: 20 times at once, then once a second."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        # Until when the guesses of an address take up its room.
        self._until: OrderedDict[str, float] = OrderedDict()

    def begin(self, address: str) -> None:
        """Count a guess before it is looked up: many at the same time are many.

        Raises:
            Problem: 429, too many were wrong.
        """
        now = self._clock()
        taken = max(self._until.get(address, now) - now, 0.0)
        over = taken - (MOST_GUESSES - 1) * SECONDS_A_GUESS
        if over > 0:
            raise busy(
                "too many wrong keys came from this address; wait a moment and try again", over
            )
        self._until[address] = now + taken + SECONDS_A_GUESS
        self._until.move_to_end(address)
        if len(self._until) > MOST_ADDRESSES:
            self._until.popitem(last=False)

    def right(self, address: str) -> None:
        """Take a guess back: it was right."""
        if address in self._until:
            self._until[address] -= SECONDS_A_GUESS


def sent_token(header: str) -> str | None:
    """The token in a `Cookie` header; None when there is none."""
    for pair in header.split(";"):
        name, _, value = pair.strip().partition("=")
        if name == COOKIE and 0 < len(value) <= LONGEST_TOKEN:
            return value
    return None


def cookie(token: str, *, secure: bool) -> str:
    """`Set-Cookie` for a session; with an empty token it takes the cookie away."""
    parts = [f"{COOKIE}={token}", "HttpOnly", "SameSite=Strict", "Path=/"]
    parts += [] if token else ["Max-Age=0"]
    parts += ["Secure"] if secure else []
    return "; ".join(parts)


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogateescape")).digest()
