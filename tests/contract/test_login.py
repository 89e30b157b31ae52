"""Logging in: a key is exchanged for a cookie that is as good, to the server's own pages only."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract.answers import check_answer
from tests.contract.api import Api
from tests.contract.sent import segment
from tests.contract.signals import trace
from tests.contract.target import Target

COOKIE = "modelmetry_session"


class Browser:
    """Sends requests as a page of the server does; every answer is held against the document."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx.Client(base_url=base_url, timeout=60)
        self.origin = {"Origin": base_url}

    def send(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Send one request with the cookies of this browser."""
        arguments.setdefault("headers", self.origin)
        answer = self.http.request(method, path, **arguments)
        check_answer(answer)
        return answer

    def log_in(self, key: str) -> httpx.Response:
        """Log in; wrong keys of other tests may keep this address waiting for a moment."""
        answer = self.send("POST", "/login", json={"APIKey": key})
        while answer.status_code == 429:
            time.sleep(int(answer.headers["retry-after"]))
            answer = self.send("POST", "/login", json={"APIKey": key})
        return answer


@pytest.fixture
def browser(target: Target) -> Iterator[Browser]:
    """Nobody is logged in."""
    opened = Browser(target.base_url)
    with opened.http:
        yield opened


def test_a_cookie_reads_and_changes_what_its_key_may(browser: Browser, target: Target) -> None:
    """Log in, look, send, delete, log out; afterwards the cookie is worth nothing."""
    assert browser.send("GET", "/login").json() == {
        "Required": True, "LoggedIn": False, "Scopes": [],
    }  # fmt: skip
    assert browser.send("GET", "/traces").status_code == 401

    entered = browser.log_in(target.key)
    assert entered.status_code == 200
    assert entered.json()["LoggedIn"]
    assert target.key not in entered.text + str(entered.headers)
    said = entered.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in said.split(";")}

    assert browser.send("GET", "/login").json() == entered.json()
    xid = target.xid()
    body = {"Traces": [trace(target, XID=xid)]}
    assert browser.send("POST", "/signals/ingest/v1", json=body).status_code == 200
    assert browser.send("GET", f"/traces/{segment(xid)}").json()["XID"] == xid
    assert browser.send("DELETE", f"/traces/{segment(xid)}").status_code == 204

    token = browser.http.cookies[COOKIE]
    assert browser.send("DELETE", "/login").status_code == 204
    assert COOKIE not in browser.http.cookies
    browser.http.cookies.set(COOKIE, token)
    assert browser.send("GET", "/traces").status_code == 401
    assert not browser.send("GET", "/login").json()["LoggedIn"]


FOREIGN = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_cookie_changes_nothing_for_another_page(
    browser: Browser, api: Api, target: Target, headers: dict[str, str]
) -> None:
    """What does not say that it comes from the server's own pages is a 403, and may read."""
    xid = target.xid()
    api.store({"Traces": [trace(target, XID=xid)]})
    browser.log_in(target.key)
    for method, path in (("DELETE", f"/traces/{segment(xid)}"), ("DELETE", "/login")):
        assert browser.send(method, path, headers=headers).status_code == 403
    refused = browser.send("POST", "/signals/ingest/v1", json={}, headers=headers)
    assert refused.status_code == 403
    assert api.has_trace(xid)
    assert browser.send("GET", "/traces", headers=headers).status_code == 200
    own = {"Sec-Fetch-Site": "same-origin"}
    assert browser.send("DELETE", f"/traces/{segment(xid)}", headers=own).status_code == 204


def test_a_page_elsewhere_cannot_log_anybody_in(browser: Browser, target: Target) -> None:
    """Nor with a good key."""
    foreign = {"Sec-Fetch-Site": "cross-site"}
    answer = browser.send("POST", "/login", json={"APIKey": target.key}, headers=foreign)
    assert answer.status_code == 403
    assert COOKIE not in browser.http.cookies


def test_a_wrong_key_is_refused_and_soon_refused_unseen(browser: Browser) -> None:
    """401 a few times, then 429 with how long to wait; no cookie."""
    statuses = [
        browser.send("POST", "/login", json={"APIKey": "mm_wrong-wrong-wrong"}).status_code
        for _ in range(30)
    ]
    assert set(statuses) == {401, 429} or set(statuses) == {429}
    assert statuses[-1] == 429
    assert COOKIE not in browser.http.cookies


def test_a_key_counts_more_than_a_cookie(browser: Browser, target: Target) -> None:
    """A wrong key is refused, though the cookie is good."""
    browser.log_in(target.key)
    wrong = {"X-API-KEY": "mm_wrong-wrong-wrong"}
    assert browser.send("GET", "/traces", headers=wrong).status_code == 401


def test_a_key_that_reads_nothing_opens_no_page(browser: Browser, target: Target) -> None:
    """It is told what lacks, and has no session afterwards."""
    if target.ingest_key is None:
        pytest.skip("no key that may only ingest")
    answer = browser.log_in(target.ingest_key)
    assert answer.status_code == 403
    assert "read" in answer.json()["detail"]
    assert COOKIE not in browser.http.cookies
    assert browser.send("GET", "/traces").status_code == 401
