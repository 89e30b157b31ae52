"""Which time a report is of, and with which it is compared, as a command line says it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import click
from attrs import frozen

from modelmetry.cli.moments import parse_moment

_BETWEEN: Final = ".."


@frozen
class Windows:
    """From `start` to before `end`; the baseline likewise, None without one."""

    start: datetime
    end: datetime
    baseline: tuple[datetime, datetime] | None


def windows(since: str, until: str | None, baseline: str | None, now: datetime) -> Windows:
    """The window and its baseline.

    Args:
        since: where it begins, as `parse_moment` takes it.
        until: where it ends; now by default.
        baseline: `FROM..TO`, both written likewise.
        now: against which all of them are taken.

    Raises:
        BadParameter: one of them cannot be understood, is empty, has not come yet, or overlaps
            the other.
    """
    start = _moment(since, now, "--since")
    end = now if until is None else _moment(until, now, "--until")
    if start >= end:
        raise click.BadParameter(
            f"the window from {_told(start)} to {_told(end)} is empty; let --until be later than "
            "--since",
            param_hint="--since",
        )
    if start >= now:
        raise click.BadParameter(
            f"the window begins at {_told(start)}, which has not come yet; let --since be earlier",
            param_hint="--since",
        )
    return Windows(start, end, None if baseline is None else _pair(baseline, now, start, end))


def _pair(text: str, now: datetime, start: datetime, end: datetime) -> tuple[datetime, datetime]:
    one, found, other = text.partition(_BETWEEN)
    if not (found and one.strip() and other.strip()):
        _refuse(f"{text!r} is no baseline; write FROM..TO, such as 60d..30d")
    first, last = (_moment(part, now, "--baseline") for part in (one, other))
    if first >= last:
        _refuse(f"the baseline from {_told(first)} to {_told(last)} is empty; write FROM..TO")
    if last > now:
        _refuse(
            f"the baseline from {_told(first)} to {_told(last)} is not over yet; name one that is"
        )
    if first < end and start < last:
        _refuse(
            f"the baseline from {_told(first)} to {_told(last)} overlaps the window from "
            f"{_told(start)} to {_told(end)}; let it end before the window begins"
        )
    return first, last


def _moment(text: str, now: datetime, option: str) -> datetime:
    try:
        return parse_moment(text, now).astimezone(UTC)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error


def _told(at: datetime) -> str:
    return at.isoformat(sep=" ", timespec="seconds")


def _refuse(message: str) -> None:
    raise click.BadParameter(message, param_hint="--baseline")
