"""Findings declared once: a name, the type of its values, a unit."""

from __future__ import annotations

import builtins
from typing import Generic, TypeVar

from msgspec import Struct

from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.signals.records import FindingValue
from modelmetry.signals.values import is_a

ValueT = TypeVar("ValueT", bound=FindingValue)


class _Details(Struct, frozen=True, kw_only=True):
    unit: str | None = None
    description: str | None = None


class FindingType(_Details, Generic[ValueT], frozen=True):
    """A finding that is declared once and recorded many times.

    Args:
        name: the name under which its values are found again.
        type: `bool`, `int`, `float` or `str`; an `int` is accepted for a `float`.
        unit: what its numbers count, for example `tokens` or `s`.
        description: one sentence for a reader of the values.

    Raises:
        InvalidTypeError: `name` is not a str.
        InvalidValueError: `type` is another type.
    """

    name: str
    type: builtins.type[ValueT]

    def __post_init__(self) -> None:
        """Hold a caller without a type checker to the types."""
        if not is_a(self.name, str):
            raise InvalidTypeError(f"the name of a finding must be a str, not {self.name!r}")
        if self.type not in (bool, int, float, str):
            raise InvalidValueError(
                f"finding {self.name!r} can be declared as bool, int, float or str, "
                f"not {self.type!r}"
            )

    def check(self, value: FindingValue) -> FindingValue:
        """`value`, which is a plain scalar already, if it belongs to this type.

        Raises:
            InvalidTypeError: it does not.
        """
        kind = type(value)
        if kind is self.type:
            return value
        if self.type is float and kind is int:
            return float(value)
        message = (
            f"finding {self.name!r} is declared as {self.type.__name__}, "
            f"not {kind.__name__}: {value!r}"
        )
        raise InvalidTypeError(message)
