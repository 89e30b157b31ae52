"""What an operation's handler is given and what it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from attrs import field, frozen
from starlette.datastructures import Headers

from modelmetry.server.packing import Coding


@frozen
class Call:
    """A request that has been checked: whose it is, typed parameters, and the document sent.

    `headers`, `address` (of the client) and `secure` (sent over https) are for logging in.
    """

    tenant: str
    values: Mapping[str, Any]
    document: Any = None
    coding: Coding = "identity"
    """How a large answer is packed for this client."""
    headers: Headers = field(factory=Headers)
    address: str = ""
    secure: bool = False


@frozen
class Answer:
    """An answer, ready to be sent."""

    content: bytes = b""
    status: int = 200
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(factory=dict[str, str])


Handler = Callable[[Call], Awaitable[Answer]]
