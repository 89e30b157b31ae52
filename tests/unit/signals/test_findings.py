"""Findings declared once."""

from __future__ import annotations

from typing import Any

import pytest

from modelmetry.errors import InvalidTypeError
from modelmetry.signals.findings import FindingType


@pytest.mark.parametrize(("kind", "value"), [(int, 42), (float, 0.5), (bool, True), (str, "good")])
def test_a_value_of_the_declared_type_is_taken(kind: Any, value: Any) -> None:
    """A value of exactly the declared type passes as it is."""
    assert FindingType("f", kind).check(value) is value


def test_an_int_is_taken_for_a_float() -> None:
    """A whole number is a number."""
    checked = FindingType("latency", float).check(2)

    assert (checked, type(checked)) == (2.0, float)


@pytest.mark.parametrize(("kind", "value"), [(int, "42"), (int, True), (float, True), (str, 1)])
def test_a_value_of_another_type_is_refused(kind: Any, value: Any) -> None:
    """The error names the finding, the declared type, and what came."""
    message = rf"finding 'f' is declared as {kind.__name__}, not {type(value).__name__}: {value!r}"
    with pytest.raises(InvalidTypeError, match=message):
        FindingType("f", kind).check(value)


def test_a_name_is_a_text() -> None:
    """A caller without a type checker is told at the declaration."""
    wrong: Any = 7
    with pytest.raises(InvalidTypeError, match="must be a str, not 7"):
        FindingType(wrong, int)


def test_a_type_that_no_finding_can_have_is_refused() -> None:
    """Only bool, int, float and str can be declared."""
    wrong: Any = list
    with pytest.raises(ValueError, match="list"):
        FindingType("f", wrong)
