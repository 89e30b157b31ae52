"""What an operation's handler is given and what it answers."""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from attrs import field, frozen
from starlette.datastructures import Headers

WORTH_GZIP = 16 * 1024  # bytes; below, the time costs more than the transfer saves


@frozen
class Call:
    """A request that has been checked: whose it is, typed parameters, and the document sent.

    `headers`, `address` (of the client) and `secure` (sent over https) are for logging in.
    """

    tenant: str
    values: Mapping[str, Any]
    document: Any = None
    gzip: bool = False
    """Whether the client takes a compressed answer."""
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


def json_answer(content: bytes, *, gzip: bool) -> Answer:
    """An answer of JSON, compressed when the client takes that and it pays."""
    if not gzip or len(content) < WORTH_GZIP:
        return Answer(content, headers={"Vary": "Accept-Encoding"})
    packer = zlib.compressobj(level=1, wbits=31)
    packed = packer.compress(content) + packer.flush()
    return Answer(packed, headers={"Vary": "Accept-Encoding", "Content-Encoding": "gzip"})


def accepts_gzip(header: str) -> bool:
    """Whether an `Accept-Encoding` allows gzip."""
    weights: dict[str, str] = {}
    for part in header.lower().split(","):
        name, _, weight = part.partition(";")
        weights[name.strip()] = weight.replace(" ", "")
    weight = weights.get("gzip", weights.get("*", "q=0"))
    try:
        return float(weight.removeprefix("q=") or 1) > 0
    except ValueError:
        return False
