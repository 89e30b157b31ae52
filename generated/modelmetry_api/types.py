"""Models to JSON and back. Written by codegen; do not edit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import attrs
import msgspec
from msgspec import UnsetType

from modelmetry_api.variants import (
    UnknownVariant,
    WireError,
    decoder_of,
    located,
    refuse_unknown,
)
from modelmetry_api.wire import UNSET, DateTime, Unset

__all__ = [
    "UNSET",
    "DateTime",
    "Response",
    "UnknownVariant",
    "Unset",
    "UnsetType",
    "WireError",
    "convert",
    "decode_json",
    "encode_json",
    "evolve",
    "to_builtins",
]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Response(Generic[T_co]):
    """A successful answer: its status, headers (names in lower case), bytes and parsed body."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    parsed: T_co


def encode_json(model: object) -> bytes:
    """JSON of a model, or of lists and dicts of models; members that are UNSET are left out.

    NaN and infinities become null and a datetime without an offset is written without one:
    neither is valid on the wire, so keep them out of models. Raises `TypeError` for a value that
    JSON cannot hold and `UnicodeEncodeError` for a lone surrogate.
    """
    return _encoder.encode(model)


def decode_json(data: bytes | str, type_: type[T]) -> T:
    """Read JSON as `type_`: a model class, or a list or dict of such.

    Members that `type_` does not know are ignored, and an object of an unknown kind becomes an
    `UnknownVariant`, so that a newer server can be read. Raises `WireError` (a
    `msgspec.ValidationError`) with the path of the first value that does not fit, and
    `msgspec.DecodeError` when the data is not JSON.
    """
    decoder = decoder_of(type_)
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as error:
        fault = located(error)
    raise fault


def convert(obj: object, type_: type[T]) -> T:
    """Read JSON values that are already Python builtins (`json.loads`) as `type_`.

    Unlike `decode_json` it refuses an object of an unknown kind. Raises `WireError`.
    """
    decoder_of(type_)
    try:
        return msgspec.convert(obj, type_, dec_hook=refuse_unknown)
    except msgspec.ValidationError as error:
        fault = located(error)
    raise fault


def evolve(model: T, **changes: Any) -> T:
    """A copy of a model with other values for some members, given by their Python names."""
    return attrs.evolve(cast("Any", model), **changes)  # type: ignore[no-any-return]


def to_builtins(model: object) -> Any:
    """The model as dicts, lists, strings, numbers, booleans and None, under wire names."""
    return msgspec.to_builtins(model)
