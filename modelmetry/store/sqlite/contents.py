"""The texts in a span's family data and metadata, each with the place where it stands.

Family data may be any JSON. Members that the document of the API knows are named by it, so their
names are no text; every other name is what somebody wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import msgspec
from attrs import Factory, frozen
from modelmetry_api.models.literals import MatchPlace

from modelmetry.store.sqlite.encode import decode_json, encode_json

Said = tuple[MatchPlace, str]
"""A text and where it stands."""


@frozen
class Shape:
    """What is known of the members of an object; items of a list have the shape of the list."""

    members: Mapping[str, Shape | None] = Factory(dict[str, "Shape | None"])
    """None for what is no text to read: roles, base64, vectors, amounts."""
    place: MatchPlace | None = None
    """Where its texts stand; where those around it do when it is None."""
    names_count: bool = True
    """Whether the names of other members are texts."""


ANY: Final = Shape()
_TOOL_CALL: Final = Shape(
    {"ID": ANY, "Type": None, "Function": Shape({"Name": ANY, "Arguments": ANY})},
    place="tool_call",
)
_PART: Final = Shape({"Text": ANY, "MimeType": ANY, "Data": None, "Detail": None})
_MESSAGE: Final = Shape(
    {
        "Role": None,
        "Contents": _PART,
        "Name": ANY,
        "ToolCalls": _TOOL_CALL,
        "ToolCallID": Shape(place="tool_call"),
    },
    place="message",
)
_DOCUMENT: Final = Shape(
    dict.fromkeys(("Identifier", "Title", "ContentType", "Content", "Metadata"), ANY),
    place="document",
)
_TOOL: Final = Shape(dict.fromkeys(("Name", "Description", "Parameters"), ANY))
_OPTIONS: Final = Shape({"Tools": _TOOL}, place="options", names_count=False)
_FAMILIES: Final[Mapping[str | None, Shape]] = {
    "completion": Shape(
        {
            "Messages": _MESSAGE,
            "Documents": _DOCUMENT,
            "Options": _OPTIONS,
            "Usage": None,
            "Cost": None,
        }
    ),
    "retrieval": Shape(
        {
            "Queries": Shape({"TextRepresentation": ANY, "Embeddings": None}, place="query"),
            "Documents": _DOCUMENT,
        }
    ),
    "embeddings": Shape(
        {"Inputs": Shape(place="input"), "Options": _OPTIONS, "Usage": None, "Cost": None}
    ),
}


def family_texts(family: str | None, data: bytes | None) -> Iterator[Said]:
    """What family data says, in its order."""
    if data is not None:
        yield from _texts(decode_json(data), _FAMILIES.get(family, ANY), "data")


def texts_of(place: MatchPlace, *values: object) -> Iterator[Said]:
    """What values of any kind say, all at one place; None says nothing."""
    for value in values:
        yield from _texts(value, ANY, place)


def metadata_texts(place: MatchPlace, metadata: bytes | None) -> Iterator[Said]:
    """What metadata says, names of its members among it."""
    if metadata is not None:
        yield from _texts(decode_json(metadata), ANY, place)


def _texts(value: Any, shape: Shape, place: MatchPlace) -> Iterator[Said]:
    # No recursion: JSON may be nested as deep as Python can call, and calls come before this one.
    waiting: list[tuple[Any, Shape, MatchPlace]] = [(value, shape, shape.place or place)]
    while waiting:
        value, shape, place = waiting.pop()
        if isinstance(value, str):
            yield place, value
            if "\\" in value:
                waiting += [(one, ANY, place) for one in _unescaped(value)]
        elif isinstance(value, list):
            waiting += [(item, shape, place) for item in reversed(cast("list[object]", value))]
        elif isinstance(value, dict):
            waiting += _members(cast("dict[str, Any]", value), shape, place)
        elif value is not None:
            yield place, encode_json(value).decode()


def _members(
    members: dict[str, Any], shape: Shape, place: MatchPlace
) -> list[tuple[Any, Shape, MatchPlace]]:
    """What is to be read of an object, the last first."""
    found: list[tuple[Any, Shape, MatchPlace]] = []
    for name, inner in members.items():
        if name not in shape.members:
            if shape.names_count:
                found.append((name, ANY, place))
            found.append((inner, ANY, place))
        elif (known := shape.members[name]) is not None:
            found.append((inner, known, known.place or place))
    found.reverse()
    return found


def _unescaped(text: str) -> Iterator[Any]:
    """What JSON within a text says, where the text itself has it behind backslashes."""
    if text.lstrip()[:1] in {"{", "[", '"'}:
        try:
            yield decode_json(text)
        except (msgspec.DecodeError, RecursionError):
            return
