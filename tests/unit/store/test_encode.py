"""Values go into SQLite and come back as they were."""

from __future__ import annotations

import sqlite3
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.errors import InvalidValueError
from modelmetry.store.sqlite import encode

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT | st.uuids().map(str) | st.uuids().map(lambda u: str(u).upper()))
def test_every_xid_comes_back(xid: str) -> None:
    """Any text is an XID and comes back letter for letter, UUIDs in any spelling included."""
    assert encode.xid_text(encode.xid_key(xid)) == xid


def test_only_the_usual_spelling_of_a_uuid_becomes_bytes() -> None:
    """Other spellings are other XIDs."""
    usual = str(uuid.UUID(int=1))
    assert encode.xid_key(usual) == uuid.UUID(int=1).bytes
    for other in (usual.replace("-", ""), "ABCDEFAB" + usual[8:], usual[:-1] + "g", " " * 36):
        assert encode.xid_key(other) == other


@given(st.integers() | st.floats(allow_nan=False) | st.booleans() | TEXT)
def test_every_finding_value_comes_back_with_its_type(value: float | bool | str) -> None:
    """1, 1.0, True and "1" stay apart through SQLite, integers of any size keep all digits."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (kind INTEGER, value ANY, exact TEXT) STRICT")
    connection.execute("INSERT INTO t VALUES (?, ?, ?)", encode.to_value(value))
    back = encode.from_value(*connection.execute("SELECT * FROM t").fetchone())
    connection.close()
    assert back == value
    assert type(back) is type(value)


@given(st.datetimes(timezones=st.timezones() | st.just(UTC)))
def test_every_time_comes_back_to_the_microsecond(time: datetime) -> None:
    """Times of any zone between the years 1 and 9999 are the same moment afterwards."""
    expected = (time - encode.EPOCH) // timedelta(microseconds=1)
    first = encode.to_micros("0001-01-01T00:00:00Z")
    last = encode.to_micros("9999-12-31T23:59:59.999999Z")
    assert encode.to_micros(time) == min(max(expected, first), last)
    assert encode.to_micros(time.isoformat()) == encode.to_micros(time)
    assert encode.to_micros(encode.from_micros(encode.to_micros(time))) == encode.to_micros(time)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2016-12-31t23:59:60.5z", "2017-01-01T00:00:00.5Z"),
        ("2026-01-01T00:00:00.1234567891Z", "2026-01-01T00:00:00.123456Z"),
        ("2026-01-01T02:00:00+02:00", "2026-01-01T00:00:00Z"),
        ("2026-01-01T00:00:00", "2026-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00+05:00", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:60Z", "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_unusual_times_are_read(text: str, same: str) -> None:
    """Leap seconds, small letters, long fractions, offsets, none, and the ends of the calendar."""
    assert encode.to_micros(text) == encode.to_micros(same)


def test_a_datetime_without_a_zone_is_utc() -> None:
    """A naive datetime counts as UTC."""
    zone = timezone(timedelta(hours=2))
    naive = datetime(2026, 1, 1, tzinfo=zone).replace(tzinfo=None)
    assert encode.to_micros(naive) == encode.to_micros("2026-01-01T00:00:00Z")


def test_text_that_is_no_time_is_refused() -> None:
    """The message names the text."""
    with pytest.raises(InvalidValueError, match="'soon'"):
        encode.to_micros("soon")


@pytest.mark.parametrize("number", [10**400, -(10**400), 1e309, -1e309])
def test_what_is_too_large_to_add_up_becomes_the_largest_float(number: float) -> None:
    """Sums never become infinite, which JSON cannot hold."""
    assert abs(encode.to_float(number)) == 1.7e308
    assert (encode.to_float(number) > 0) == (number > 0)


def test_json_that_cannot_be_read_again_is_refused() -> None:
    """Lone surrogates and nesting beyond Python's stack never reach the file."""
    with pytest.raises(InvalidValueError, match="surrogate"):
        encode.as_json({"text": "\ud800"})
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(InvalidValueError, match="deeply"):
        encode.as_json({"deep": deep})
