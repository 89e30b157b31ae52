"""RFC 3339 times of a query, which have been validated, as `datetime`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
LEAP_SECOND = re.compile(r"(?<=:)60(?=[.Z+-])")
FRACTION = re.compile(r"\.(\d{1,6})\d*")


def moment(text: str) -> datetime:
    """The moment, in UTC.

    RFC 3339 knows the year 0, leap seconds and any number of digits, `datetime` does not: the
    year 0 is the first moment that it knows, a leap second is the second after it, and digits
    beyond microseconds are dropped.
    """
    written = text.upper()
    if written.startswith("0000"):
        return FIRST
    plain = LEAP_SECOND.sub("59", written)
    found = datetime.fromisoformat(FRACTION.sub(lambda digits: f".{digits[1]:0<6}", plain))
    try:
        return found.astimezone(UTC) + timedelta(seconds=plain != written)
    except OverflowError:
        return FIRST if found.year == 1 else LAST
