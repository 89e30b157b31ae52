"""A session of the page in place of a key."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from modelmetry.server.sessions import COOKIE, MOST_GUESSES
from modelmetry.store.keys import Scope
from tests.unit.server.serving import EVERYTHING, Serving, problem, serving, trace

KEY, OTHER = "mm_" + "a" * 43, "mm_" + "b" * 43
FOREIGN = [
    {},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "http://evil.example"},
    {"origin": "http://127.0.0.1:1"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
]


@pytest.fixture(name="locked")
def _locked(tmp_path: Path) -> Iterator[Serving]:
    """A server that needs a key."""
    with serving(tmp_path, key=KEY) as running:
        yield running


@contextmanager
def browser(running: Serving, **headers: str) -> Generator[httpx.Client]:
    """A client without a key that keeps cookies."""
    with httpx.Client(base_url=running.base_url, headers=headers, trust_env=False) as client:
        yield client


def log_in(client: httpx.Client, key: str = KEY, **headers: str) -> httpx.Response:
    """Exchange a key for a cookie, as the page does."""
    own = {"origin": str(client.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    return client.post("/login", json={"APIKey": key}, headers=own | headers)


def test_a_key_is_exchanged_for_a_cookie_that_scripts_cannot_read(locked: Serving) -> None:
    """Good for what the key is good for, on this site only, until it is logged out."""
    with browser(locked) as client:
        assert client.get("/login").json() == {"Required": True, "LoggedIn": False, "Scopes": []}
        answer = log_in(client)
        assert answer.json()["LoggedIn"]
        _, *said = answer.headers["set-cookie"].split("; ")
        assert sorted(said) == ["HttpOnly", "Path=/", "SameSite=Strict"]
        assert client.get("/traces").status_code == 200
        own = {"origin": locked.base_url}
        assert client.post("/signals/ingest/v1", json={}, headers=own).status_code == 200
        token = client.cookies[COOKIE]
        assert client.delete("/login", headers=own).status_code == 204
        assert COOKIE not in client.cookies
    with browser(locked, cookie=f"{COOKIE}={token}") as thief:
        problem(thief.get("/traces"), 401)


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_foreign_page_changes_nothing_with_the_cookie(
    locked: Serving, headers: dict[str, str]
) -> None:
    """Nor does one that does not say where it is from; it cannot log out or in either."""
    locked.ingest({"Traces": [trace("t")]})
    with browser(locked) as client:
        log_in(client)
        problem(client.delete("/traces/t", headers=headers), 403)
        problem(client.post("/signals/ingest/v1", json={}, headers=headers), 403)
        problem(client.delete("/login", headers=headers), 403)
        if headers:  # what is no browser may log in
            problem(client.post("/login", json={"APIKey": KEY}, headers=headers), 403)
        assert client.get("/traces/t").status_code == 200


def test_a_key_that_is_sent_counts_more_than_the_cookie(locked: Serving) -> None:
    """A wrong one is refused, that of another tenant sees that tenant."""
    locked.store.ensure_key(OTHER, "other", EVERYTHING)
    locked.ingest({"Traces": [trace("t")]})
    with browser(locked) as client:
        log_in(client)
        problem(client.get("/traces", headers={"x-api-key": "wrong"}), 401)
        problem(client.get("/traces/t", headers={"x-api-key": OTHER}), 404)


def test_a_key_that_may_not_read_is_refused_with_what_it_lacks(locked: Serving) -> None:
    """It would open a page that shows nothing; who is logged in already stays so."""
    _, sender = locked.store.create_key("local", frozenset[Scope]({"ingest"}))
    with browser(locked) as client:
        log_in(client)
        said = problem(log_in(client, sender), 403)["detail"]
        assert "not good for read" in said
        assert "it has ingest" in said
        assert client.get("/traces").status_code == 200


def test_a_session_ends_with_its_key(locked: Serving) -> None:
    """At once, when the key is revoked."""
    key_id, secret = locked.store.create_key("local", EVERYTHING)
    with browser(locked) as client:
        log_in(client, secret)
        assert client.get("/traces").status_code == 200
        locked.store.revoke_key(key_id)
        problem(client.get("/traces"), 401)


def test_who_logs_in_again_leaves_no_session_behind(locked: Serving) -> None:
    """The browser forgets the token before, so nobody could end that session."""
    with browser(locked) as client:
        log_in(client)
        before = client.cookies[COOKIE]
        assert log_in(client, "wrong").status_code == 401
        assert client.get("/traces").status_code == 200
        log_in(client)
        assert client.get("/traces").status_code == 200
    with browser(locked, cookie=f"{COOKIE}={before}") as old:
        problem(old.get("/traces"), 401)


def test_a_token_that_somebody_chose_is_no_session(locked: Serving) -> None:
    """Logging in always makes a new one."""
    with browser(locked) as client:
        answer = log_in(client, cookie=f"{COOKIE}=chosen")
        assert "chosen" not in answer.headers["set-cookie"]
    with browser(locked, cookie=f"{COOKIE}=chosen") as planted:
        problem(planted.get("/traces"), 401)


def test_the_cookie_of_a_page_over_https_stays_there(locked: Serving) -> None:
    """Although what ends TLS before this server does not say so."""
    with browser(locked) as client:
        own = locked.base_url.replace("http:", "https:")
        assert log_in(client, origin=own).headers["set-cookie"].endswith("; Secure")


def test_guesses_at_the_same_time_are_counted(locked: Serving) -> None:
    """Not only after each was found to be wrong."""

    def guess(number: int) -> int:
        with browser(locked) as client:
            return log_in(client, f"mm_guess{number}").status_code

    with ThreadPoolExecutor(30) as pool:
        statuses = list(pool.map(guess, range(90)))

    # One more for each second that it takes.
    assert MOST_GUESSES <= statuses.count(401) < 2 * MOST_GUESSES
    assert set(statuses) == {401, 429}
