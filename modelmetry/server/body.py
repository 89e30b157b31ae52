"""From the bytes of a request to a JSON document, within bounds of size and time."""

from __future__ import annotations

import asyncio
from email.message import Message
from typing import Any

import orjson
from attrs import frozen
from starlette.datastructures import Headers
from starlette.types import Receive

from modelmetry.server.inflate import inflate
from modelmetry.server.limits import Held
from modelmetry.server.problems import Problem

# Bytes; a bomb of this size keeps the event loop for 0.1 s, and a thread costs more than the rest.
INFLATED_AT_ONCE = 64 * 1024


@frozen
class BodyLimits:
    """Bounds of one body: bytes as sent, bytes after inflation, seconds until it is complete."""

    largest_body: int
    largest_inflated_body: int
    timeout: float


class ClientGone(Exception):  # noqa: N818  # nobody is left to see it as an error
    """The client closed the connection before its request was complete."""


def check_media_type(headers: Headers) -> None:
    """Refuse a body that does not say that it is JSON in UTF-8.

    Raises:
        Problem: 415.
    """
    said = headers.get("content-type", "")
    parsed = Message()
    parsed["content-type"] = said
    if not said or parsed.get_content_type() != "application/json":
        raise Problem(
            415,
            "not-json-media-type",
            "the body must be sent with Content-Type: application/json",
            headers={"Accept": "application/json"},
        )
    if (parsed.get_content_charset() or "utf-8") not in {"utf-8", "utf8", "us-ascii"}:
        raise Problem(415, "not-utf-8", "the body must be JSON in UTF-8, without another charset")


async def read_body(receive: Receive, headers: Headers, limits: BodyLimits, held: Held) -> bytes:
    """The body as it was sent; its bytes are counted in `held` before they are kept.

    Raises:
        Problem: 413 when it is too large, 400 when it comes too slowly, 429 when there is no room.
        ClientGone: the client did not wait.
    """
    declared = headers.get("content-length", "")
    room = int(declared) if declared.isascii() and declared.isdigit() else 0
    _check_size(room, limits.largest_body)
    held.take(room)
    try:
        async with asyncio.timeout(limits.timeout):
            return await _collect(receive, limits.largest_body, room, held)
    except TimeoutError as error:
        raise Problem(
            400,
            "body-too-slow",
            f"the body was not complete after {limits.timeout:g} seconds",
            headers={"Connection": "close"},
        ) from error


async def _collect(receive: Receive, largest: int, counted: int, held: Held) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece: bytes = message.get("body", b"")
        size += len(piece)
        _check_size(size, largest)
        if size > counted:  # no Content-Length, so it is counted while it comes
            held.take(size - counted)
            counted = size
        pieces.append(piece)
        if not message.get("more_body", False):
            return b"".join(pieces)


def _check_size(size: int, largest: int) -> None:
    if size > largest:
        raise Problem(
            413,
            "body-too-large",
            f"the body is larger than {largest} bytes; send smaller batches or compress them",
        )


async def inflated(raw: bytes, name: str, largest: int, held: Held) -> bytes:
    """The body behind a coding of `inflate.coding`; what it grows to is counted in `held`.

    Raises:
        Problem: 413 when it inflates too far, 400 when it is damaged, 429 when there is no room.
    """
    if name == "identity":
        return raw
    if len(raw) <= INFLATED_AT_ONCE:
        data = inflate(name, raw, largest)
    else:
        data = await asyncio.to_thread(inflate, name, raw, largest)
    held.take(len(data))
    return data


def parse(data: bytes) -> Any:
    """The JSON document as Python builtins.

    Raises:
        Problem: 400 when it is not JSON, or nested too deeply.
    """
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Problem(400, "not-json", f"the body is not JSON: {_why(data, error)}") from error
    _check_depth(document)
    return document


def _why(data: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        data.decode()
    except UnicodeDecodeError as broken:
        return f"byte {broken.start} is not UTF-8"
    return str(error)


def _check_depth(document: Any) -> None:
    # What could be read cannot always be written again, by the store or for an answer. orjson
    # refuses to write more than 254 levels and needs 0.05 ms for a batch of 500 signals.
    try:
        orjson.dumps(document)
    except orjson.JSONEncodeError as error:
        raise Problem(
            400, "nested-too-deeply", "the body is nested deeper than 254 levels"
        ) from error
