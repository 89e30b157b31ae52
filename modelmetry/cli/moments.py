"""Times and stretches of time, as they are written on a command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

import click

UNITS: Final[dict[str, float]] = {
    "ms": 0.001,
    "s": 1,
    "m": 60,
    "min": 60,
    "h": 3600,
    "d": 86400,
    "w": 604800,
}
SHORTEST_PAUSE = timedelta(milliseconds=50)
OFFSET = re.compile(r"[+-]([01]\d|2[0-3]):[0-5]\d")
STRETCH = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d|w)")


def parse_stretch(text: str) -> timedelta:
    """A stretch of time such as `250ms`, `90s`, `12h`, `30d` or `1h30m`.

    Raises:
        ValueError: it is not written so, or longer than a calendar can hold.
    """
    parts = list(STRETCH.finditer(text.strip()))
    if not parts or "".join(part[0] for part in parts) != text.strip():
        raise ValueError(f"{text!r} is not a stretch of time; write it as 250ms, 90s, 12h or 30d")
    seconds = sum(float(part[1]) * UNITS[part[2]] for part in parts)
    try:
        return timedelta(seconds=seconds)
    except OverflowError as error:
        raise ValueError(f"{text!r} is longer than a calendar can hold") from error


def parse_moment(text: str, now: datetime) -> datetime:
    """A moment: `2026-11-20`, `2026-11-20T09:30`, RFC 3339, or how long ago (`2h`).

    Without an offset it is local time.

    Raises:
        ValueError: it is none of these.
    """
    if STRETCH.match(text.strip()):
        try:
            return now - parse_stretch(text)
        except OverflowError as error:
            raise ValueError(f"{text!r} is before the calendar begins") from error
    try:
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"{text!r} is not a time; write it as 2026-11-20T09:30:00+01:00, 2026-11-20 or 2h (ago)"
        ) from error


def stretch(text: str) -> timedelta:
    """The type of an option that is a stretch of time."""
    try:
        return parse_stretch(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def pause(text: str) -> timedelta:
    """The type of an option that is a pause between looks, which must not be none."""
    found = stretch(text)
    if found < SHORTEST_PAUSE:
        raise click.BadParameter(f"{text!r} is too short; 50ms is the least")
    return found


def moment(text: str) -> datetime:
    """The type of an option that is a moment."""
    try:
        return parse_moment(text, datetime.now(UTC))
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def zone(text: str) -> tzinfo:
    """The type of an option that is a time zone: `Europe/Paris`, `UTC`, `+02:00`."""
    offset = OFFSET.fullmatch(text.strip())
    if offset:
        return datetime.fromisoformat(f"2000-01-01T00:00{offset[0]}").tzinfo or UTC
    try:
        return ZoneInfo(text.strip())
    except (KeyError, ValueError, OSError) as error:  # `Europe` is a folder of zones
        raise click.BadParameter(
            f"{text!r} is no time zone; write Europe/Paris, UTC or +02:00"
        ) from error
