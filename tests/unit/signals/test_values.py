"""Guards where values enter."""

from __future__ import annotations

import dataclasses
import json
import math
import pathlib
import uuid
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import attrs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.errors import InvalidTypeError
from modelmetry.signals.values import (
    NotFiniteError,
    brief_repr,
    clean_text,
    copied_mapping,
    finding_value,
    nanoseconds,
    require_text,
    safe_str,
    snapshot,
    snapshot_mapping,
)
from tests.strategies import json_values, metadata, texts

LIMIT = 1_000


class Scalar:
    """What numpy and torch scalars look like."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def item(self) -> Any:
        """The value as a Python scalar."""
        return self.value


class Colour(Enum):
    """An enumeration of plain members."""

    RED = "red"


class Mood(StrEnum):
    """An enumeration of texts."""

    GOOD = "good"


class Level(IntEnum):
    """An enumeration of numbers."""

    HIGH = 3


class Rude:
    """An object that cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError

    __str__ = __repr__


class Wall(Mapping[str, Any]):
    """A mapping that cannot be read."""

    def __getitem__(self, key: str) -> Any:
        raise KeyError(key)

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError


@given(texts)
def test_clean_text_can_always_be_encoded(text: str) -> None:
    """Whatever the text, what leaves encodes as UTF-8, and good text is left as it is."""
    cleaned = clean_text(text, LIMIT)

    cleaned.encode()
    try:
        text.encode()
    except UnicodeEncodeError:
        assert "\N{REPLACEMENT CHARACTER}" in cleaned or len(cleaned) < len(text)
    else:
        assert cleaned == text


def test_a_pair_of_surrogates_becomes_its_character() -> None:
    """Text cut into UTF-16 units is put together again."""
    assert clean_text("\ud83d\ude00", LIMIT) == "\U0001f600"


def test_a_long_text_is_cut_with_a_mark() -> None:
    """The mark says how much is missing."""
    assert clean_text("x" * 12, 10) == "x" * 10 + "[... 2 more characters]"


def test_text_of_another_type_is_refused() -> None:
    """The error names the argument, the type and the value."""
    with pytest.raises(InvalidTypeError, match="span name must be a str, not int: 7"):
        require_text(7, "span name", LIMIT)


def test_an_enumerated_text_is_plain_text() -> None:
    """A subclass of str becomes a str."""
    taken = require_text(Mood.GOOD, "name", LIMIT)

    assert (taken, type(taken)) == ("good", str)


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [
        (True, True),
        (42, 42),
        (-(2**63), -(2**63)),
        (2**63, float(2**63)),
        (0.5, 0.5),
        ("good", "good"),
        (Mood.GOOD, "good"),
        (Level.HIGH, 3),
        (Scalar(0.25), 0.25),
        (Scalar(True), True),
        (Decimal("0.5"), 0.5),
        (Fraction(1, 4), 0.25),
        (type("Float64", (float,), {})(1.5), 1.5),
    ],
)
def test_every_kind_of_scalar_becomes_a_plain_one(given_value: Any, expected: Any) -> None:
    """Scalars of other libraries become a bool, int, float or str, and a bool stays a bool."""
    value = finding_value(given_value, LIMIT)

    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        -math.inf,
        10**400,
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Fraction(10**400),
        Scalar(math.nan),
    ],
)
def test_a_number_that_is_none_is_told_apart(value: Any) -> None:
    """NaN and infinities are trouble in the data, not a mistake in the program."""
    with pytest.raises(NotFiniteError):
        finding_value(value, LIMIT)


@pytest.mark.parametrize("value", [None, [1], {"a": 1}, object(), 1j, b"x", Scalar([1, 2])])
def test_what_is_no_scalar_is_a_mistake(value: Any) -> None:
    """Lists, None and objects cannot be the value of a finding."""
    with pytest.raises(InvalidTypeError):
        finding_value(value, LIMIT)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), 1_000_000_000),
        (datetime(1970, 1, 1, 2, 0, 1, tzinfo=timezone(timedelta(hours=2))), 1_000_000_000),
        (datetime(1970, 1, 1, 0, 0, 1), 1_000_000_000),  # noqa: DTZ001 - the point of the test
        (datetime(2026, 1, 1, microsecond=123_457, tzinfo=UTC), 1_767_225_600_123_457_000),
    ],
)
def test_a_moment_becomes_exact_nanoseconds(at: datetime, expected: int) -> None:
    """Times count from the epoch in UTC; without an offset they are UTC already."""
    assert nanoseconds(at) == expected


@given(metadata)
def test_a_snapshot_is_json_and_shares_nothing(value: dict[str, Any]) -> None:
    """Whatever JSON-like metadata comes in, strict JSON goes out, and it is a copy."""
    taken = snapshot_mapping(value, LIMIT)

    json.dumps(taken, allow_nan=False).encode()
    assert taken is not value


@given(metadata, st.integers(min_value=1, max_value=60))
def test_a_snapshot_of_a_snapshot_is_the_same_again(value: dict[str, Any], limit: int) -> None:
    """So what was copied on the caller's path can be made plain later, in the background."""
    taken = snapshot_mapping(value, limit)

    assert snapshot_mapping(taken, limit) == taken
    assert snapshot_mapping(copied_mapping(value, limit), limit) == taken


@given(st.dictionaries(st.text(max_size=5), json_values, max_size=3))
def test_changing_the_original_later_changes_nothing(value: dict[str, Any]) -> None:
    """A snapshot holds what was there at the call."""
    taken = snapshot_mapping({"inner": value}, LIMIT)
    before = json.dumps(taken)
    value["added"] = [1]

    assert json.dumps(taken) == before


@dataclasses.dataclass
class Point:
    """A dataclass."""

    x: int
    y: Any


@attrs.define
class Pair:
    """An attrs class."""

    a: int
    b: Any


class Record(msgspec.Struct):
    """A Struct of msgspec."""

    a: int
    b: Any


class Model:
    """What a pydantic model looks like."""

    def model_dump(self) -> dict[str, int]:
        """Its fields."""
        return {"a": 1}


class Array:
    """What an array looks like."""

    def tolist(self) -> list[float]:
        """Its items."""
        return [1.0, 2.0]


KINDS: list[tuple[Any, Any]] = [
    (None, None),
    (True, True),
    ({1: "a", None: "b"}, {"1": "a", "None": "b"}),
    ((1, 2), [1, 2]),
    ({3}, [3]),
    (OrderedDict(a=1), {"a": 1}),
    (Colour.RED, "red"),
    (Mood.GOOD, "good"),
    (Level.HIGH, 3),
    (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00+00:00"),
    (date(2026, 1, 1), "2026-01-01"),
    (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (pathlib.PurePosixPath("/tmp/x"), "/tmp/x"),
    (Decimal("0.5"), 0.5),
    (Point(1, Point(2, None)), {"x": 1, "y": {"x": 2, "y": None}}),
    (Pair(1, (2,)), {"a": 1, "b": [2]}),
    (Record(1, (2,)), {"a": 1, "b": [2]}),
    (Model(), {"a": 1}),
    (Array(), [1.0, 2.0]),
    (Scalar(3), 3),
    (math.nan, "nan"),
    (-math.inf, "-inf"),
    (2**63, f"<large number of int: {2**63}>"),
    (b"x", "<repr of bytes: b'x'>"),
    (Point, f"<repr of type: {Point!r}>"),
    (Rude(), "<repr of Rude: <Rude>>"),
]


@pytest.mark.parametrize(("value", "expected"), KINDS)
def test_metadata_of_any_kind_has_a_json_form(value: Any, expected: Any) -> None:
    """Well-known kinds keep their content; the rest is kept as a marked repr."""
    assert snapshot(value, LIMIT) == expected
    assert snapshot_mapping({"value": value}, LIMIT) == {"value": expected}


def test_metadata_that_contains_itself_is_marked() -> None:
    """A cycle is cut where it closes."""
    ring: dict[str, Any] = {"a": 1}
    ring["self"] = ring

    assert snapshot(ring, LIMIT) == {"a": 1, "self": "<cycle of dict: {'a': 1, 'self': {...}}>"}


def test_metadata_that_is_too_deep_is_marked() -> None:
    """Nesting ends somewhere, and says so."""
    deep: list[Any] = []
    for _ in range(100):
        deep = [deep]

    assert "<too deep of list" in json.dumps(snapshot(deep, LIMIT))


def test_metadata_that_cannot_be_read_is_marked() -> None:
    """An object that raises while it is read does not reach the caller."""
    taken = snapshot_mapping(Wall(), LIMIT)

    assert list(taken) == ["unreadable"]
    assert snapshot([Wall()], LIMIT)[0].startswith("<unreadable of Wall")


def test_a_mapping_of_any_kind_is_metadata() -> None:
    """Read-only views are read."""
    assert snapshot_mapping(MappingProxyType({"a": [1]}), LIMIT) == {"a": [1]}


@pytest.mark.parametrize(
    "value", [{"long": "x" * 2_000}, {"\ud800": 1}, {1: 1}, {"n": 2**70}, {"deep": {"a": 1}}]
)
def test_whatever_is_not_plain_is_copied_with_care(value: dict[Any, Any]) -> None:
    """The short cut for plain metadata is taken only where nothing has to change."""
    taken = snapshot_mapping(value, LIMIT)

    json.dumps(taken).encode()
    assert taken == {"deep": {"a": 1}} or taken != value


def test_objects_that_cannot_be_shown_are_named() -> None:
    """An object whose text raises is named by its type."""
    assert (safe_str(Rude()), brief_repr(Rude())) == ("<Rude>", "<Rude>")
