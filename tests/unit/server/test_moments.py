"""RFC 3339 times as `datetime`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.server.moments import FIRST, LAST, moment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-02T09:30:00Z", datetime(2026, 11, 2, 9, 30, tzinfo=UTC)),
        ("2026-11-02t09:30:00z", datetime(2026, 11, 2, 9, 30, tzinfo=UTC)),
        ("2026-11-02T09:30:00+02:00", datetime(2026, 11, 2, 7, 30, tzinfo=UTC)),
        ("2026-11-02T09:30:00.5Z", datetime(2026, 11, 2, 9, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-11-02T09:30:00.1234567899Z", datetime(2026, 11, 2, 9, 30, 0, 123_456, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2016-12-31T23:59:60.25Z", datetime(2017, 1, 1, 0, 0, 0, 250_000, tzinfo=UTC)),
        ("0000-01-01T00:00:00Z", FIRST),
        ("0001-01-01T00:00:00+23:59", FIRST),
        ("9999-12-31T23:59:59-23:59", LAST),
        ("9999-12-31T23:59:60Z", LAST),
    ],
)
def test_every_time_of_rfc_3339_becomes_a_moment(text: str, expected: datetime) -> None:
    """Also those that `datetime` does not know."""
    assert moment(text) == expected


TIMES = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31))  # noqa: DTZ001
MINUTES = st.integers(-1439, 1439)


@given(TIMES, MINUTES)
def test_a_moment_is_the_time_that_was_written(time: datetime, minutes: int) -> None:
    """In any zone."""
    written = time.replace(tzinfo=timezone(timedelta(minutes=minutes)))

    assert moment(written.isoformat()) == written
