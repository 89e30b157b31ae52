"""Classes whose slots are named as on the wire. Written by codegen; do not edit.

msgspec encodes and decodes attrs classes in C by the names of their slots and knows no renaming
for them. So the slots bear the wire's names, and the Python names of the members are bound to
the same slots; type checkers and `__init__` see only the Python names.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final, TypeAlias, TypeVar, dataclass_transform, overload

import attrs
import msgspec

T = TypeVar("T")

Unset: TypeAlias = msgspec.UnsetType
UNSET: Final = msgspec.UNSET
# A time without an offset is refused when it is read.
DateTime: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]

_NAMES = "__python_names__"
# What a class statement adds by itself and a second class must not inherit.
_NOT_COPIED = frozenset({"__annotations__", "__dict__", "__weakref__"})


@overload
def member(wire_name: str) -> Any: ...
@overload
def member(wire_name: str, *, default: Unset) -> Any: ...
def member(wire_name: str, *, default: Any = attrs.NOTHING) -> Any:
    """A member of a wire model: its name on the wire, and UNSET when it may be left out."""
    return _Member(wire_name, default)


@attrs.frozen
class _Member:
    wire_name: str
    default: Any

    def field(self, python_name: str) -> Any:
        return attrs.field(default=self.default, alias=python_name)


@dataclass_transform(
    kw_only_default=True, frozen_default=True, eq_default=True, field_specifiers=(member,)
)
def wire_model(cls: type[T]) -> type[T]:
    """Build the attrs class that a class statement with `member` fields describes."""
    members = {key: value for key, value in vars(cls).items() if isinstance(value, _Member)}
    body = {k: v for k, v in vars(cls).items() if k not in members and k not in _NOT_COPIED}
    hints = cls.__annotations__
    body["__annotations__"] = {found.wire_name: hints[key] for key, found in members.items()}
    body |= {found.wire_name: found.field(key) for key, found in members.items()}
    body["__repr__"] = _repr
    plain = type(cls.__name__, (), body)
    built: Any = _define(plain)
    for python_name, found in members.items():
        setattr(built, python_name, vars(built)[found.wire_name])
    setattr(built, _NAMES, tuple(members))
    return built  # type: ignore[no-any-return]


_define: Callable[[type[Any]], type[Any]] = attrs.define(
    slots=True, kw_only=True, repr=False, weakref_slot=False
)


def _repr(self: object) -> str:
    values = {name: getattr(self, name) for name in getattr(type(self), _NAMES)}
    shown = [f"{name}={value!r}" for name, value in values.items() if value is not UNSET]
    return f"{type(self).__name__}({', '.join(shown)})"
