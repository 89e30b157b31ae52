"""Sessions of the page, and how often somebody may be wrong about a key."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.datastructures import Headers

from modelmetry.server import sessions
from modelmetry.server.auth import CACHE_SECONDS, Caller, Doorkeeper
from modelmetry.server.guard import check_same_origin
from modelmetry.server.problems import Problem
from modelmetry.server.sessions import (
    COOKIE,
    IDLE_SECONDS,
    LONGEST_SECONDS,
    MOST_GUESSES,
    MOST_OF_A_KEY,
    MOST_SESSIONS,
    Guesses,
    Sessions,
    cookie,
    sent_token,
)
from modelmetry.store.keys import SCOPES, Scope
from modelmetry.store.open import open_store
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.server.serving import serving

READ: frozenset[Scope] = frozenset({"read"})


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Seconds."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store with nothing in it."""
    opened = open_store(str(tmp_path / "keys.db"))
    yield opened
    opened.close()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """Where keys are looked up."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def ask(door: Doorkeeper, token: str, *, unsafe: bool = False, **headers: str) -> Caller:
    """Whom the door sees behind a cookie."""
    sent = Headers({"cookie": f"theme=dark; {COOKIE}={token}", "host": "page", **headers})
    return asyncio.run(door.caller(sent, "read", unsafe=unsafe))


def refused(door: Doorkeeper, token: str, *, unsafe: bool = False, **headers: str) -> int:
    """The status with which the door refuses a cookie."""
    with pytest.raises(Problem) as caught:
        ask(door, token, unsafe=unsafe, **headers)
    return caught.value.status


def test_a_session_ends_when_it_was_not_used_for_long(clock: Clock) -> None:
    """Each use gives it the whole time again."""
    kept = Sessions(clock)
    token = kept.begin("key_1")
    for _ in range(3):
        clock.now += IDLE_SECONDS - 1
        assert kept.key_id(token) == "key_1"
    clock.now += IDLE_SECONDS
    assert kept.key_id(token) is None
    clock.now -= IDLE_SECONDS
    assert kept.key_id(token) is None


def test_a_session_ends_in_time_though_a_page_asks_again_and_again(clock: Clock) -> None:
    """Each use lets it live on, but not beyond 30 days."""
    kept = Sessions(clock)
    token, began = kept.begin("key"), clock.now
    while clock.now + IDLE_SECONDS / 2 < began + LONGEST_SECONDS:
        clock.now += IDLE_SECONDS / 2
        assert kept.key_id(token) == "key"
    clock.now = began + LONGEST_SECONDS
    assert kept.key_id(token) is None


def test_a_session_that_was_ended_is_unknown(clock: Clock) -> None:
    """And to end it again is harmless; no other one ends."""
    kept = Sessions(clock)
    first, second = kept.begin("key_1"), kept.begin("key_1")
    assert first != second
    kept.end(first)
    kept.end(first)
    assert (kept.key_id(first), kept.key_id(second)) == (None, "key_1")


def test_the_session_that_was_not_used_for_longest_makes_room(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There are never more than so many."""
    monkeypatch.setattr(sessions, "MOST_SESSIONS", 2)
    kept = Sessions(clock)
    first, second = kept.begin("a"), kept.begin("b")
    kept.key_id(first)
    third = kept.begin("c")
    assert [kept.key_id(token) for token in (first, second, third)] == ["a", None, "c"]


def test_a_token_is_kept_nowhere(clock: Clock) -> None:
    """Only its hash is."""
    kept = Sessions(clock)
    assert kept.begin("key_1") not in repr(vars(kept))


def test_one_key_cannot_end_the_sessions_of_others(clock: Clock) -> None:
    """However often it is logged in with: its own oldest session makes room."""
    kept = Sessions(clock)
    theirs = kept.begin("theirs")
    mine = [kept.begin("mine") for _ in range(MOST_SESSIONS)]
    assert kept.key_id(theirs) == "theirs"
    assert kept.key_id(mine[-MOST_OF_A_KEY]) == "mine"
    assert kept.key_id(mine[-MOST_OF_A_KEY - 1]) is None


def test_a_few_wrong_keys_are_let_pass_then_one_a_second(clock: Clock) -> None:
    """Of one address; others are not kept waiting."""
    guesses = Guesses(clock)
    for _ in range(MOST_GUESSES):
        guesses.begin("here")
    for _ in range(2):
        with pytest.raises(Problem) as caught:
            guesses.begin("here")
        assert (caught.value.status, caught.value.headers["Retry-After"]) == (429, "1")
    guesses.begin("there")
    clock.now += 1
    guesses.begin("here")
    with pytest.raises(Problem):
        guesses.begin("here")
    clock.now += 3600
    for _ in range(MOST_GUESSES):
        guesses.begin("here")


def test_right_keys_are_let_pass_however_many_there_are(clock: Clock) -> None:
    """They take up no room."""
    guesses = Guesses(clock)
    for _ in range(3 * MOST_GUESSES):
        guesses.begin("here")
        guesses.right("here")
    guesses.right("there")


def test_not_too_many_addresses_are_remembered(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that was right for longest is forgotten."""
    monkeypatch.setattr(sessions, "MOST_ADDRESSES", 3)
    guesses = Guesses(clock)
    for number in range(50):
        guesses.begin(f"address {number}")
    assert len(vars(guesses)["_until"]) == 3


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("", None),
        (f"{COOKIE}=abc", "abc"),
        (f"a=b; {COOKIE}=abc; c=d", "abc"),
        (f"a=b;{COOKIE}=abc", "abc"),
        (f"{COOKIE}=", None),
        (f"x{COOKIE}=abc", None),
        (f"{COOKIE}={'a' * 201}", None),
        ("=;;=", None),
    ],
)
def test_the_token_is_found_among_other_cookies(header: str, token: str | None) -> None:
    """Whatever else the browser sends."""
    assert sent_token(header) == token


def test_a_cookie_is_secure_over_https() -> None:
    """No script may read it, no other site sends it; without a token it is taken away."""
    common = "HttpOnly; SameSite=Strict; Path=/"
    assert cookie("abc", secure=True) == f"{COOKIE}=abc; {common}; Secure"
    assert cookie("", secure=False) == f"{COOKIE}=; {common}; Max-Age=0"


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "page:1", "origin": "http://page:1"},
        {"host": "page:1", "origin": "https://PAGE:1"},
        {"host": "inside:1", "origin": "https://page", "sec-fetch-site": "same-origin"},
    ],
)
def test_the_servers_own_pages_may_change_things(headers: dict[str, str]) -> None:
    """By their origin, or by the word of the browser where a proxy gave another host."""
    check_same_origin(Headers(headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "page"},
        {"host": "page", "origin": "null"},
        {"host": "page", "origin": "http://page:2"},
        {"host": "page", "origin": "http://evil.example"},
        {"host": "page", "origin": "http://page", "sec-fetch-site": "same-site"},
        {"host": "page", "origin": "http://page", "sec-fetch-site": "none"},
        {"host": "page", "origin": "http://"},
    ],
)
def test_other_pages_may_not(headers: dict[str, str]) -> None:
    """Nor what does not say where it comes from."""
    with pytest.raises(Problem) as caught:
        check_same_origin(Headers(headers))
    assert caught.value.status == 403


def test_a_session_is_as_good_as_its_key(store: SqliteStore, threads: ThreadPoolExecutor) -> None:
    """To read; to change something, the page must be the server's own."""
    key_id, _ = store.create_key("acme", READ)
    door = Doorkeeper(store, threads, "local")
    token = door.sessions.begin(key_id)
    assert ask(door, token) == Caller("acme", READ)
    assert refused(door, token, unsafe=True) == 403
    assert ask(door, token, unsafe=True, origin="http://page").tenant == "acme"
    assert refused(door, "unknown") == 401
    assert refused(door, token, authorization="Bearer wrong") == 401


def test_a_session_ends_with_its_key(
    tmp_path: Path, store: SqliteStore, threads: ThreadPoolExecutor, clock: Clock
) -> None:
    """At once, or after two seconds when another process revoked it; and for good."""
    (mine, _), (theirs, _) = (store.create_key("acme", READ) for _ in range(2))
    door = Doorkeeper(store, threads, None, clock)
    first, second = door.sessions.begin(mine), door.sessions.begin(theirs)
    ask(door, first)
    store.revoke_key(mine)
    assert refused(door, first) == 401
    ask(door, second)
    with open_store(str(tmp_path / "keys.db")) as other:
        other.revoke_key(theirs)
    assert ask(door, second).tenant == "acme"
    clock.now += CACHE_SECONDS
    assert refused(door, second) == 401
    assert door.sessions.key_id(second) is None


def test_a_server_without_keys_needs_no_login(tmp_path: Path) -> None:
    """It says so, and knows no key to log in with; the first key changes that."""
    with serving(tmp_path) as open_to_all:
        http = open_to_all.http
        said = http.get("/login").json()
        assert said == {"Required": False, "LoggedIn": False, "Scopes": [*SCOPES]}
        assert http.post("/login", json={"APIKey": "mm_any"}).status_code == 401
        _, secret = open_to_all.store.create_key("local", READ)
        assert http.get("/login").json() == {"Required": True, "LoggedIn": False, "Scopes": []}
        entered = http.post("/login", json={"APIKey": secret})
        assert entered.json() == {"Required": True, "LoggedIn": True, "Scopes": ["read"]}
        assert http.get("/traces").status_code == 200
        assert http.delete("/login").status_code == 403
        assert http.delete("/login", headers={"origin": open_to_all.base_url}).status_code == 204
        assert http.get("/traces").status_code == 401


def test_a_key_is_not_repeated_when_it_does_not_fit(tmp_path: Path) -> None:
    """Neither in a refusal nor in a header."""
    secret = "mm_secret-secret-secret"
    with serving(tmp_path, key=secret) as server:
        for sent in ({"APIKey": secret, "More": secret}, {"APIKey": [secret]}, [secret], secret):
            answer = server.http.post("/login", json=sent)
            assert answer.status_code == 422
            assert secret not in answer.text + str(answer.headers)
