"""Who may speak to a server on this machine."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from modelmetry.server.guard import check_caller, is_loopback
from modelmetry.server.problems import Problem


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "localhost", "LOCALHOST", "::1"])
def test_loopback_addresses_are_known(host: str) -> None:
    """IPv4, IPv6 and the name."""
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.com", "", "localhost.com"])
def test_other_addresses_can_be_reached_by_others(host: str) -> None:
    """A name is never resolved: whoever answers for it could change his mind."""
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "127.0.0.1:8420"},
        {"host": "localhost"},
        {"host": "LocalHost:1"},
        {"host": "[::1]:8420"},
        {"host": "127.0.0.1:8420", "origin": "http://127.0.0.1:8420"},
        {"host": "localhost:8420", "origin": "https://LOCALHOST:8420"},
    ],
)
def test_callers_of_this_machine_are_let_in(headers: dict[str, str]) -> None:
    """Programs without an origin, and the server's own pages."""
    check_caller(Headers(headers))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": ""},
        {"host": "evil.example"},
        {"host": "evil.example:8420"},
        {"host": "127.0.0.1.evil.example"},
        {"host": "localhost:8420@evil.example"},
        {"host": "10.0.0.1"},
        {"host": "127.0.0.1:8420", "origin": "http://evil.example"},
        {"host": "127.0.0.1:8420", "origin": "http://127.0.0.1:3000"},
        {"host": "127.0.0.1:8420", "origin": "http://localhost:8420"},
        {"host": "127.0.0.1:8420", "origin": "null"},
        {"host": "127.0.0.1:8420", "origin": ""},
    ],
)
def test_foreign_hosts_and_origins_are_403(headers: dict[str, str]) -> None:
    """A name that was rebound to this machine, and pages of other sites and ports."""
    with pytest.raises(Problem) as caught:
        check_caller(Headers(headers))

    assert caught.value.status == 403


def test_two_hosts_are_403() -> None:
    """There is no telling which one is meant."""
    with pytest.raises(Problem):
        check_caller(Headers(raw=[(b"host", b"localhost"), (b"host", b"localhost")]))
