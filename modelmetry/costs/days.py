"""Days and months of UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time


def midnight(day: date) -> datetime:
    """Give the moment at which a day of UTC begins."""
    return datetime.combine(day, time(), UTC)


def month_of(day: date, back: int = 0) -> date:
    """Give the first day of the month of a day, or of one some months earlier."""
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)
