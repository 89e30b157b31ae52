"""Findings declared once: a name, the type of its values, a unit."""

from __future__ import annotations

from typing import Generic, TypeVar

from attrs import field, frozen
from attrs.validators import in_, instance_of

from modelmetry.errors import InvalidTypeError
from modelmetry.signals.records import FindingValue

ValueT = TypeVar("ValueT", bound=FindingValue)


@frozen
class FindingType(Generic[ValueT]):
    """A finding that is declared once and recorded many times.

    Args:
        name: the name under which its values are found again.
        type: `bool`, `int`, `float` or `str`; an `int` is accepted for a `float`.
        unit: what its numbers count, for example `tokens` or `s`.
        description: one sentence for a reader of the values.
    """

    name: str = field(validator=instance_of(str))
    type: type[ValueT] = field(validator=in_((bool, int, float, str)))
    unit: str | None = field(default=None, kw_only=True)
    description: str | None = field(default=None, kw_only=True)

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
