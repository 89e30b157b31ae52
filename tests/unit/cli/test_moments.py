"""Times on the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.cli.moments import moment, parse_moment, parse_stretch, stretch

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("250ms", timedelta(milliseconds=250)),
        ("1.5s", timedelta(seconds=1.5)),
        ("90m", timedelta(minutes=90)),
        ("1h30min", timedelta(minutes=90)),
        (" 30d ", timedelta(days=30)),
        ("2w", timedelta(weeks=2)),
    ],
)
def test_stretches_are_read(text: str, expected: timedelta) -> None:
    """A number and a unit, or several of them."""
    assert parse_stretch(text) == expected


@pytest.mark.parametrize("text", ["", "30", "d", "30 days", "-1d", "1x", "99999999999w"])
def test_what_is_no_stretch_is_refused(text: str) -> None:
    """Anything else is refused, with an example where it is badly written."""
    with pytest.raises(ValueError, match=r"stretch of time|calendar"):
        parse_stretch(text)


@given(st.integers(0, 10**6), st.sampled_from(["ms", "s", "m", "h", "d"]))
def test_every_stretch_of_a_unit_is_read(amount: int, unit: str) -> None:
    """Any amount of any unit is understood."""
    assert parse_stretch(f"{amount}{unit}") >= timedelta(0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2h", NOW - timedelta(hours=2)),
        ("2026-11-20T09:30:00+01:00", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        ("2026-11-20T09:30:00Z", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)),
    ],
)
def test_moments_are_read(text: str, expected: datetime) -> None:
    """RFC 3339, or how long ago."""
    assert parse_moment(text, NOW) == expected


def test_a_moment_without_an_offset_is_local() -> None:
    """What somebody types without an offset is the time on their clock."""
    expected = datetime(2026, 11, 20).astimezone()  # local on purpose
    assert parse_moment("2026-11-20", NOW) == expected


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-13-01", "3000000d", "9999-12-31T23:59:59-14:00"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    """Anything else, and what the calendar does not hold, is refused."""
    with pytest.raises(ValueError, match=r"is not a time|calendar"):
        parse_moment(text, NOW)


def test_options_say_what_they_take() -> None:
    """As the type of an option, the message reaches the user."""
    with pytest.raises(click.BadParameter, match="write it as 250ms"):
        stretch("soon")
    with pytest.raises(click.BadParameter, match="is not a time"):
        moment("soon")
    assert stretch("1s") == timedelta(seconds=1)
    assert moment("0s") <= datetime.now(UTC)
