"""How a request ended, in words of which there are only so many."""

from __future__ import annotations

from typing import Final

OTHER: Final = "_OTHER"
"""What stands for a method or scheme that anybody may have made up (OpenTelemetry)."""

UNMATCHED: Final = "unmatched"
"""The route of whatever no route was declared for."""

CLIENT_DISCONNECTED: Final = "client_disconnected"
NO_RESPONSE: Final = "no_response"
INCOMPLETE_RESPONSE: Final = "incomplete_response"

CRASHED: Final = "500"
"""What servers answer when an application raises before it has answered."""

# RFC 9110, PATCH (RFC 5789) and QUERY: what OpenTelemetry takes as known.
METHODS: Final = {
    name: name
    for name in (
        *("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"),
    )
}
SCHEMES: Final = {name: name for name in ("http", "https", "ws", "wss")}
STATUSES: Final = {number: str(number) for number in range(100, 600)}

# What says that the client has gone, in whatever framework; none of them is imported here.
_GONE: Final = frozenset(
    {
        "starlette.requests.ClientDisconnect",
        "starlette.websockets.WebSocketDisconnect",
        "uvicorn.protocols.utils.ClientDisconnected",
    }
)


def status_text(status: object) -> str:
    """A status as it stands in a series."""
    try:
        return STATUSES[status]  # type: ignore[index] # whatever it is, it is looked up
    except (KeyError, TypeError):
        return str(int(status)) if isinstance(status, int) else OTHER


def is_server_error(status: str) -> bool:
    """Whether a status says that the server failed; 600 and more say so as well (RFC 9110)."""
    return len(status) == len(CRASHED) and status >= CRASHED


def error_class(error: BaseException) -> str:
    """The class of `error`, with its module unless it is one of Python's own."""
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"{module}{kind.__qualname__}"


def says_client_is_gone(error: BaseException) -> bool:
    """Whether an exception is the way in which a framework tells that the client has left."""
    return any(f"{one.__module__}.{one.__qualname__}" in _GONE for one in type(error).__mro__)
