"""Reading a choice between several classes, which msgspec cannot do for attrs classes.
Written by codegen; do not edit.
"""

import os
import re
import threading
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any, TypeAlias, TypeVar, cast

import attrs
import msgspec

T = TypeVar("T")
Hook: TypeAlias = Callable[[type, Any], Any]

_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}
_describing = threading.Lock()
_MISSING = re.compile(r"Object missing required field `(.+)`")


class UnknownVariant(dict[str, Any]):
    """An object of a kind that this client does not know, as a newer server sent it."""


class WireError(msgspec.ValidationError):
    """JSON does not have the shape of the type that was asked for.

    Attributes: `reason`, such as "Expected `str`, got `int`"; `path`, such as `$.Traces[0].Name`.
    """

    def __init__(self, reason: str, path: str) -> None:
        super().__init__(reason, path)
        self.reason = reason
        self.path = path

    def __str__(self) -> str:
        return f"{self.reason} - at `{self.path}`"


class _Nested(ValueError):
    """A fault below a choice; msgspec adds the path above it."""

    def __init__(self, reason: str, path: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path


def located(error: msgspec.ValidationError) -> WireError:
    """The same error with its whole path."""
    reason, _, tail = str(error).rpartition(" - at `")
    path = tail.removesuffix("`") if reason else "$"
    cause = error.__cause__
    if isinstance(cause, _Nested):
        return WireError(cause.reason, path + cause.path.removeprefix("$"))
    reason = reason or tail
    if missing := _MISSING.fullmatch(reason):
        path = f"{path}.{missing[1]}"
    return WireError(reason, path)


class Variants(type):
    """The type of a choice: `isinstance` holds for its members, `dec_hook` reads them."""

    names: tuple[str, ...]
    tag: str | None
    tags: Mapping[str, str]

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, (*cls.members, UnknownVariant))

    @property
    def members(cls) -> tuple[type[Any], ...]:
        """The classes that there are to choose from."""
        return _members(cls.names)

    def choose(cls, data: Mapping[str, Any]) -> type[Any] | None:
        """The class that fits an object, or None when its kind is unknown."""
        return cls._by_shape(data) if cls.tag is None else cls._by_tag(data, cls.tag)

    def _by_tag(cls, data: Mapping[str, Any], tag: str) -> type[Any] | None:
        if tag not in data:
            raise _Nested(f"Object missing required field `{tag}`", f"$.{tag}")
        value = data[tag]
        if not isinstance(value, str):
            raise _Nested(f"Expected `str`, got `{type(value).__name__}`", f"$.{tag}")
        name = cls.tags.get(value)
        return None if name is None else cls.members[cls.names.index(name)]

    def _by_shape(cls, data: Mapping[str, Any]) -> type[Any] | None:
        fitting = [
            (len(known & data.keys()), member)
            for member, required, known in _shapes(cls.names)
            if required <= data.keys()
        ]
        return max(fitting, key=lambda found: found[0])[1] if fitting else None


def variants(
    name: str, members: tuple[str, ...], *, tag: str | None = None, tags: Mapping[str, str]
) -> Variants:
    """The run-time stand-in for a union of model classes."""
    return Variants(name, (), {"names": members, "tag": tag, "tags": tags})


@cache
def _members(names: tuple[str, ...]) -> tuple[type[Any], ...]:
    # Imported when first needed, since the classes refer to each other.
    models = import_module("modelmetry_api.models")
    return tuple(getattr(models, name) for name in names)


@cache
def _shapes(names: tuple[str, ...]) -> tuple[tuple[type[Any], frozenset[str], frozenset[str]], ...]:
    """Each class with the names of its required members and of all its members."""
    return tuple((member, *_member_names(member)) for member in _members(names))


def _member_names(member: type[Any]) -> tuple[frozenset[str], frozenset[str]]:
    fields = attrs.fields(member)
    required = frozenset(field.name for field in fields if field.default is attrs.NOTHING)
    return required, frozenset(field.name for field in fields)


def decoder_of(type_: type[T]) -> msgspec.json.Decoder[T]:
    """The decoder of a type; with it the type is described, for whatever else reads it.

    msgspec (0.22) describes a class when it is first met, and leaves what it has so far where another
    thread finds it: two threads that read their first answers at once crashed the process.
    """
    decoder = _decoders.get(type_)
    if decoder is None:
        with _describing:
            decoder = _decoders.get(type_)
            if decoder is None:
                decoder = _decoders[type_] = msgspec.json.Decoder(type_, dec_hook=keep_unknown)
    return decoder


def _describe_anew() -> None:
    """In a forked child nobody is left who would give the lock back."""
    global _describing
    _describing = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_describe_anew)


def _read(kind: type, value: object, unknown: Callable[[Variants, Any], Any], hook: Hook) -> Any:
    if not isinstance(kind, Variants):
        raise NotImplementedError(kind)
    if not isinstance(value, dict):
        raise _Nested(f"Expected `object`, got `{type(value).__name__}`", "$")
    data = cast("dict[str, Any]", value)
    chosen = kind.choose(data)
    if chosen is None:
        return unknown(kind, data)
    decoder_of(chosen)
    try:
        return msgspec.convert(data, chosen, dec_hook=hook)
    except msgspec.ValidationError as error:
        fault = located(error)
    raise _Nested(fault.reason, fault.path)


def keep_unknown(kind: type, value: object) -> Any:
    """`dec_hook` for what a server sent: unknown kinds are kept as they came."""
    return _read(kind, value, lambda _, data: UnknownVariant(data), keep_unknown)


def refuse_unknown(kind: type, value: object) -> Any:
    """`dec_hook` for what must fit: unknown kinds are errors."""
    return _read(kind, value, _refuse, refuse_unknown)


def _refuse(kind: Variants, data: Mapping[str, Any]) -> Any:
    if kind.tag is None:
        expected = " or ".join(f"`{name}`" for name in kind.names)
        raise _Nested(f"Expected {expected}, got an object with {sorted(data)}", "$")
    raise _Nested(f"Invalid value {data[kind.tag]!r}", f"$.{kind.tag}")
