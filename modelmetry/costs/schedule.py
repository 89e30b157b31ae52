"""When to poll and for which days: arithmetic, without a clock and without a source."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from modelmetry.costs.amounts import EXACT
from modelmetry.costs.days import midnight, month_of
from modelmetry.costs.ledger import Poll
from modelmetry.costs.rows import CostRow
from modelmetry.costs.source import Spending
from modelmetry.errors import ConfigError

_DAY: Final = timedelta(days=1)
_MONTHS_KEPT: Final = 13
"""Cost Explorer knows so many months before the present one."""


class PollPolicy(Struct, frozen=True, kw_only=True):
    """How often a source is asked, and how far back.

    Attributes:
        polls_a_day: at most so many polls that may be charged begin within one day of UTC; AWS
            brings new figures three times a day.
        free_every: seconds between polls that cost nothing.
        again_days: the last days are read at least so often again, because they change late.
        first_months: how many months the first poll takes, the present one included; 1 to 14.
        jitter: at most so much of the time between polls is added to it, as a ratio, lest all
            installations ask at once.
        backoff: seconds after the first failure that cost nothing; doubled after each further one.
        paid_backoff: the same where the failure may be charged.
        lease_seconds: how long a process that has died in a poll keeps others from it.

    Raises:
        ConfigError: one of them is out of its range.
    """

    polls_a_day: int = 3
    free_every: float = 3600.0
    again_days: int = 4
    first_months: int = 2
    jitter: float = 0.1
    backoff: float = 300.0
    paid_backoff: float = 3600.0
    lease_seconds: float = 1800.0

    def __post_init__(self) -> None:
        """Refuse what would poll always, never, or without end."""
        ranges: dict[str, tuple[float, float]] = {
            "polls_a_day": (1, 24),
            "free_every": (60, 86_400),
            "again_days": (1, 62),
            "first_months": (1, _MONTHS_KEPT + 1),
            "jitter": (0, 1),
            "backoff": (1, 86_400),
            "paid_backoff": (60, 86_400),
            "lease_seconds": (60, 86_400),
        }
        for name, (least, most) in ranges.items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise ConfigError(f"{name} must be from {least} to {most}, not {value!r}")

    def between(self, *, paid: bool) -> float:
        """Give the seconds between polls that succeed."""
        return _DAY.total_seconds() / self.polls_a_day if paid else self.free_every


class Window(Struct, frozen=True):
    """Whole days of UTC.

    Attributes:
        start: the first one.
        end: the day after the last one.
    """

    start: date
    end: date


def window(now: datetime, last: Poll | None, policy: PollPolicy) -> Window:
    """Decide for which days to ask: up to yesterday, and back to where nothing changes any more.

    Back to the last days, which change late; to the first of the month, which is open until its
    bill is final; to the first day that was estimated; and to where the days that are known end.

    Args:
        now: what time it is, in UTC.
        last: the last poll of the source.
        policy: how far back.
    """
    today = now.astimezone(UTC).date()
    earliest = month_of(today, _MONTHS_KEPT)
    if last is None or last.known_to is None:
        return Window(max(month_of(today - _DAY, policy.first_months - 1), earliest), today)
    wanted = [
        today - timedelta(days=policy.again_days),
        month_of(today - _DAY),
        last.known_to,
        *(() if last.open_from is None else (month_of(last.open_from),)),
    ]
    return Window(max(min(wanted), earliest), today)


def is_set_back(last: Poll, now: datetime) -> bool:
    """Whether the clock is earlier than when the last poll began."""
    return now < last.at


def after_set_back(last: Poll, now: datetime) -> Poll:
    """Give what is known of a poll for a clock that was set back.

    It takes as long until the next one as it would have taken; what was paid later than it is now
    counts for today.
    """
    shift = last.at - now
    return replace(
        last,
        at=now,
        due=min(last.due - shift, now + _DAY),
        paid=tuple(min(moment, now) for moment in last.paid),
    )


def due(now: datetime, last: Poll | None, policy: PollPolicy, *, paid: bool) -> datetime:
    """Decide when the next poll may begin; not later than now means now.

    Args:
        now: what time it is, in UTC.
        last: the last poll, noted by this clock.
        policy: how often.
        paid: whether polls are charged.
    """
    if last is None:
        return now
    if paid and _paid_on(last.paid, now) >= policy.polls_a_day:
        return max(last.due, midnight(now.date() + _DAY))
    return last.due


def begun(
    now: datetime, last: Poll | None, policy: PollPolicy, *, price: Decimal, chance: float
) -> Poll:
    """Give what is noted before asking, so that a process that dies has been counted.

    If the one before did, it is taken to have sent one request: it could not say.

    Args:
        now: what time it is, in UTC.
        last: the last poll.
        policy: how often.
        price: of one request, in US dollars.
        chance: from 0 to 1, for the jitter.
    """
    before = Poll(at=now, due=now) if last is None else last
    paid, failed = price > 0, before.failures + 1
    if paid and not before.done:
        before = _counted(before, Spending(1, price))
    return replace(
        before,
        at=now,
        due=now + _wait(failed, policy, paid=paid, chance=chance),
        done=False,
        failures=failed,
        message="it has not ended: it runs, or its process died",
        paid=(*_recent(before.paid, now), now) if paid else before.paid,
    )


def succeeded(
    running: Poll,
    asked: Window,
    rows: Iterable[CostRow],
    used: Spending,
    policy: PollPolicy,
    *,
    chance: float,
) -> Poll:
    """Give what is noted after a poll that brought rows.

    Args:
        running: from `begun`.
        asked: the days.
        rows: what it brought.
        used: what this poll cost.
        policy: how often.
        chance: from 0 to 1, for the jitter.
    """
    wait = policy.between(paid=used.price > 0)
    found = list(rows)
    still = [row.day for row in found if row.estimated]
    # What comes late, or did not come at all, is asked for again.
    last = max((row.day for row in found), default=asked.start - _DAY)
    froms = [day for day in (running.known_from, asked.start) if day is not None]
    return replace(
        _counted(running, used),
        due=running.at + timedelta(seconds=wait * (1 + policy.jitter * chance)),
        succeeded_at=running.at,
        failures=0,
        message="",
        known_from=min(froms),
        known_to=last + _DAY,
        open_from=min(still, default=None),
    )


def failed(
    running: Poll, reason: str, used: Spending, policy: PollPolicy, *, chance: float
) -> Poll:
    """Give what is noted after a poll that failed; what was known stays known.

    Args:
        running: from `begun`.
        reason: what happened.
        used: what this poll cost; one that cost nothing does not count for the day.
        policy: how often.
        chance: from 0 to 1, for the jitter.
    """
    wait = _wait(running.failures, policy, paid=used.requests > 0, chance=chance)
    return replace(_counted(running, used), due=running.at + wait, message=reason)


def _counted(running: Poll, used: Spending) -> Poll:
    was_charged = used.requests > 0 or used.price == 0
    return replace(
        running,
        done=True,
        paid=running.paid if was_charged else running.paid[:-1],
        requests=running.requests + used.requests,
        spent=EXACT.add(running.spent, used.amount),
    )


def _wait(failures: int, policy: PollPolicy, *, paid: bool, chance: float) -> timedelta:
    first = policy.paid_backoff if paid else policy.backoff
    doubled = first * 2.0 ** min(failures - 1, 20)
    most = policy.between(paid=True)
    return timedelta(seconds=min(doubled, most) * (1 + policy.jitter * chance))


def _paid_on(moments: Iterable[datetime], now: datetime) -> int:
    return sum(moment.date() == now.date() for moment in moments)


def _recent(moments: Iterable[datetime], now: datetime) -> tuple[datetime, ...]:
    """Those that may still count, should the clock jump by a day."""
    return tuple(moment for moment in moments if abs(now - moment) <= 2 * _DAY)
