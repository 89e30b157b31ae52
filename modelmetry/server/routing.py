"""From a method and a raw path to an operation.

The path is split before it is decoded, so that an XID may hold `/`, `..`, `%` and anything else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast
from urllib.parse import quote, unquote

from attrs import field, frozen
from starlette.types import Scope

from modelmetry.server.operations import DOCUMENT_PATH, Operation
from modelmetry.server.problems import Problem

Segments = tuple[str, ...]


@frozen
class Found:
    """An operation with the values of its path parameters, decoded."""

    operation: Operation
    values: dict[str, str]
    head: bool = False
    """Whether it was asked for by HEAD: the answer has no body."""


@frozen
class Place:
    """A path template and the operations there by method."""

    segments: Segments
    methods: dict[str, Operation] = field(factory=dict[str, Operation])

    @property
    def allow(self) -> str:
        """The value of the header `Allow`."""
        implied = {"OPTIONS"} | ({"HEAD"} if "GET" in self.methods else set[str]())
        return ", ".join(sorted(implied | self.methods.keys()))

    @property
    def is_open(self) -> bool:
        """Whether the last parameter takes all the rest, `{+name}`, with its slashes (RFC 6570)."""
        return self.segments[-1].startswith("{+")

    def match(self, asked: Segments) -> dict[str, str] | None:
        """The values of the parameters, or None when the path is another one."""
        if self.is_open:
            last = len(self.segments) - 1
            asked = (*asked[:last], "/".join(asked[last:]))
        if len(asked) != len(self.segments):
            return None
        values: dict[str, str] = {}
        for template, segment in zip(self.segments, asked, strict=True):
            if template.startswith("{") and segment:
                values[template.strip("{+}")] = segment
            elif template != segment:
                return None
        return values


class Router:
    """Finds the operation of a request.

    Args:
        operations: what there is.
        described_by: what lists them, for whoever asks for another one.
    """

    def __init__(self, operations: Iterable[Operation], described_by: str = DOCUMENT_PATH) -> None:
        self._described_by = described_by
        places: dict[Segments, Place] = {}
        for operation in operations:
            segments = tuple(operation.path.split("/"))
            places.setdefault(segments, Place(segments)).methods[operation.method] = operation
        # Templates without parameters first: a literal segment wins over a parameter.
        self._places = sorted(places.values(), key=lambda place: "{" in "/".join(place.segments))

    def find(self, method: str, raw_path: str) -> Found:
        """The operation at a path that is still percent-encoded.

        Raises:
            Problem: 404 for an unknown path, 405 with `Allow` for an unknown method.
        """
        place, values = self._place(raw_path)
        operation = place.methods.get(method)
        if operation is not None:
            return Found(operation, values)
        if method == "HEAD" and "GET" in place.methods:
            return Found(place.methods["GET"], values, head=True)
        raise Problem(
            405,
            "method-not-allowed",
            f"{shown(method)} is not possible on this path; it knows {place.allow}",
            headers={"Allow": place.allow},
        )

    def allowed(self, raw_path: str) -> str:
        """The methods that a path knows, as in the header `Allow`.

        Raises:
            Problem: 404 for an unknown path.
        """
        return self._place(raw_path)[0].allow

    def template(self, raw_path: str) -> str | None:
        """The path as the operations write it; None when they know it not."""
        try:
            return "/".join(self._place(raw_path)[0].segments)
        except Problem:
            return None

    def _place(self, raw_path: str) -> tuple[Place, dict[str, str]]:
        try:
            asked = tuple(unquote(part, errors="strict") for part in raw_path.split("/"))
        except UnicodeDecodeError as error:
            raise Problem(
                400, "bad-path", "the path is not UTF-8 after percent-decoding"
            ) from error
        for place in self._places:
            values = place.match(asked)
            if values is not None:
                return place, values
        raise Problem(
            404,
            "no-such-path",
            f"there is nothing at {shown(raw_path)}; {self._described_by} lists all",
        )


def raw_path(scope: Scope) -> str:
    """The path as it was sent; encoded again when the server does not tell."""
    sent = cast("bytes | None", scope.get("raw_path"))
    if sent is None:
        return quote(cast("str", scope["path"]))
    return sent.decode("latin-1")


def first_segment(path: str) -> str:
    """The first segment of a raw path, decoded."""
    return unquote(path.removeprefix("/").partition("/")[0])


def shown(text: str, longest: int = 80) -> str:
    """Text of a client, short enough for a message."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
