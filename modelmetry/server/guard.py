"""Who may speak to a server that listens on this machine only.

A page of a foreign site, open in a browser here, can send requests to 127.0.0.1, and with a host
name of its own that resolves to 127.0.0.1 it could read the answers too (DNS rebinding). Such
requests bear a foreign `Origin` or a foreign `Host`.
"""

from __future__ import annotations

import re
from ipaddress import ip_address

from starlette.datastructures import Headers

from modelmetry.server.problems import Problem

HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:\[\]]*)(?::\d{1,5})?", re.IGNORECASE)


def is_loopback(host: str) -> bool:
    """Whether a bind address or a host name means this machine only."""
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def is_from_browser(headers: Headers) -> bool:
    """Whether a request says which page it comes from, as those of browsers do."""
    return "sec-fetch-site" in headers or "origin" in headers


def check_same_origin(headers: Headers) -> None:
    """Refuse what was not sent by a page of this server: a browser adds a cookie to anything.

    Browsers send `Sec-Fetch-Site` to https and to this machine only, `Origin` everywhere.

    Raises:
        Problem: 403.
    """
    site = headers.get("sec-fetch-site")
    host, origins = headers.get("host", "").lower(), headers.getlist("origin")
    own = len(origins) == 1 and origins[0].lower() in {f"http://{host}", f"https://{host}"}
    if site != "same-origin" if site is not None else not own:
        raise Problem(
            403,
            "foreign-origin",
            "what a session changes must be asked for by a page of this server; use a key "
            "(X-API-KEY) from anywhere else",
        )


def check_caller(headers: Headers) -> None:
    """Refuse what did not come from this machine on purpose.

    Raises:
        Problem: 403.
    """
    hosts, origins = headers.getlist("host"), headers.getlist("origin")
    host = hosts[0].lower() if len(hosts) == 1 else ""
    parts = HOST.fullmatch(host)
    if parts is None or not is_loopback(parts["name"]):
        raise Problem(
            403,
            "foreign-host",
            "this server listens on this machine only and answers to 127.0.0.1, localhost and "
            "[::1]; the request's Host header names another one",
        )
    if any(origin.lower() not in {f"http://{host}", f"https://{host}"} for origin in origins):
        raise Problem(
            403,
            "foreign-origin",
            "the request comes from a page of another site; this server listens on this machine "
            "only and serves its own pages",
        )
