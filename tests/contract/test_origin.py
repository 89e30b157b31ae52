"""On loopback, only this machine's own names and pages are served (DNS rebinding)."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.contract.api import INGEST, Api
from tests.contract.target import Target

BODY = b"{}"
JSON = {"Content-Type": "application/json", "Content-Length": "2"}


@pytest.fixture(autouse=True)
def on_loopback(target: Target) -> None:
    """A server behind a proxy does not check these headers itself."""
    if urlsplit(target.base_url).hostname not in {"127.0.0.1", "localhost", "::1"}:
        pytest.skip("the server is not on loopback")


def port(target: Target) -> int:
    """The server's port."""
    return urlsplit(target.base_url).port or 80


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{}", "127.0.0.1.evil.example:{}", "localhost.evil.example",
     "192.0.2.1:{}", "0.0.0.0:{}", "evil@127.0.0.1:{}", "127.0.0.1@evil.example:{}"],
)  # fmt: skip
def test_a_foreign_host_is_refused(api: Api, target: Target, host: str) -> None:
    """A name that an attacker's DNS could point here is served nothing, on any path."""
    headers = {"Host": host.format(port(target))}
    for path in ("/info", "/traces", "/health/live", "/openapi.json"):
        answer = api.raw("GET", path, headers=headers)
        assert answer.status_code in {400, 403, 421}, path
    assert api.raw("POST", INGEST, headers={**headers, **JSON}, body=BODY).status_code in {
        400,
        403,
        421,
    }


@pytest.mark.parametrize("host", ["127.0.0.1:{}", "localhost:{}", "LOCALHOST:{}"])
def test_the_names_of_this_machine_are_served(api: Api, target: Target, host: str) -> None:
    """`localhost` and the loopback address are fine."""
    answer = api.raw("GET", "/info", headers={"Host": host.format(port(target))})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://evil.example:{}", "null", "http://localhost.evil.example",
     "http://127.0.0.1.evil.example:{}", "file://", "http://localhost:1"],
)  # fmt: skip
def test_a_foreign_page_is_refused(api: Api, target: Target, origin: str) -> None:
    """A request that a page of another origin makes is refused, whatever it asks."""
    headers = {"Origin": origin.format(port(target))}
    assert api.raw("GET", "/traces", headers=headers).status_code == 403
    assert api.raw("POST", INGEST, headers={**headers, **JSON}, body=BODY).status_code == 403


@pytest.mark.parametrize("origin", ["http://127.0.0.1:{}", "http://localhost:{}"])
def test_a_page_of_our_own_is_served(api: Api, target: Target, origin: str) -> None:
    """The server's own pages may call it."""
    number = port(target)
    headers = {"Origin": origin.format(number), "Host": urlsplit(origin.format(number)).netloc}
    assert api.raw("GET", "/traces", headers=headers).status_code == 200
    assert api.raw("POST", INGEST, headers={**headers, **JSON}, body=BODY).status_code == 200


def test_no_foreign_page_may_read_answers(api: Api) -> None:
    """No answer invites pages of other origins."""
    answer = api.raw("GET", "/info")
    assert "access-control-allow-origin" not in answer.headers
