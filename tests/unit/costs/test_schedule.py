"""When to poll and for which days: decisions on simple values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from modelmetry.costs import schedule
from modelmetry.costs.ledger import Lease, Poll, lease_after
from modelmetry.costs.rows import CostRow, day_row
from modelmetry.costs.schedule import PollPolicy, Window
from modelmetry.costs.source import Spending
from modelmetry.errors import ConfigError

NOW = datetime(2026, 9, 15, 12, tzinfo=UTC)
POLICY = PollPolicy()
PAID, FREE = Spending(1, Decimal("0.01")), Spending()


def poll(at: datetime = NOW, **members: Any) -> Poll:
    """A poll that succeeded."""
    due = at + timedelta(hours=8)
    known = {"known_from": date(2026, 8, 1), "known_to": at.date()}
    return replace(Poll(at=at, due=due), **(known | members))


def row(day: date, *, estimated: bool = False) -> CostRow:
    """What a day cost."""
    return replace(day_row(day, "EC2", Decimal(1), "USD"), estimated=estimated)


@pytest.mark.parametrize(
    ("months", "start"),
    [(1, date(2026, 9, 1)), (2, date(2026, 8, 1)), (14, date(2025, 8, 1))],
)
def test_the_first_poll_takes_whole_months(months: int, start: date) -> None:
    """This one and the last by default; up to 13 before the present one; up to yesterday."""
    asked = schedule.window(NOW, None, PollPolicy(first_months=months))

    assert asked == Window(start, date(2026, 9, 15))


def test_the_first_poll_on_the_first_of_a_month_asks_for_days_that_are_over() -> None:
    """Yesterday is of the month before."""
    asked = schedule.window(NOW.replace(day=1), None, PollPolicy(first_months=1))

    assert asked == Window(date(2026, 8, 1), date(2026, 9, 1))


@pytest.mark.parametrize(
    ("now", "last", "start"),
    [
        (NOW, poll(), date(2026, 9, 1)),  # the month is open
        (NOW, poll(open_from=date(2026, 8, 20)), date(2026, 8, 1)),  # so is the one before
        (NOW.replace(day=2), poll(), date(2026, 8, 29)),  # late days
        (NOW, poll(known_to=date(2026, 7, 20)), date(2026, 7, 20)),  # nothing is left out
        (NOW, poll(known_to=date(2020, 1, 1)), date(2025, 8, 1)),  # as far as AWS knows
        (NOW, poll(known_to=date(2030, 1, 1)), date(2026, 9, 1)),  # a clock was ahead
    ],
)
def test_a_poll_goes_back_to_where_nothing_changes(now: datetime, last: Poll, start: date) -> None:
    """Late days, open months, days that were never read."""
    assert schedule.window(now, last, POLICY) == Window(start, now.date())


def test_days_are_those_of_utc() -> None:
    """In New York it is still the evening before."""
    evening = datetime(2026, 9, 14, 22, tzinfo=timezone(timedelta(hours=-4)))

    assert schedule.window(evening, None, POLICY).end == date(2026, 9, 15)


def test_nothing_known_is_due_at_once() -> None:
    """The first poll waits for nothing."""
    assert schedule.due(NOW, None, POLICY, paid=True) == NOW


def test_three_paid_polls_a_day_are_enough() -> None:
    """The next one is due on the next day of UTC, also when it should be earlier."""
    paid = tuple(NOW - timedelta(hours=hours) for hours in (9, 5, 1))
    last = poll(due=NOW, paid=paid)

    assert schedule.due(NOW, last, POLICY, paid=True) == datetime(2026, 9, 16, tzinfo=UTC)
    assert schedule.due(NOW, last, POLICY, paid=False) == NOW
    assert schedule.due(NOW, replace(last, paid=paid[1:]), POLICY, paid=True) == NOW


def test_a_poll_that_succeeded_is_followed_by_one_hours_later() -> None:
    """With a jitter that never makes it earlier; what may change is open."""
    running = schedule.begun(NOW, None, POLICY, price=PAID.price, chance=0.5)
    asked = Window(date(2026, 8, 1), date(2026, 9, 15))
    rows = [row(date(2026, 8, 30)), row(date(2026, 9, 3), estimated=True)]

    done = schedule.succeeded(running, asked, rows, PAID, POLICY, chance=0.5)

    assert done.due == NOW + timedelta(hours=8) * 1.05
    assert (done.known_from, done.known_to) == (asked.start, date(2026, 9, 4))
    assert (done.open_from, done.failures, done.message) == (date(2026, 9, 3), 0, "")
    assert (done.paid, done.requests, done.spent) == ((NOW,), 1, Decimal("0.01"))
    assert (done.done, done.succeeded_at) == (True, NOW)


@pytest.mark.parametrize("days", [[], [date(2026, 8, 30)]])
def test_days_that_did_not_come_are_asked_for_again(days: list[date]) -> None:
    """A source that once answers nothing, or the first days only, loses none of a month."""
    now = datetime(2026, 9, 2, 12, tzinfo=UTC)
    last = poll(now, open_from=date(2026, 8, 1), known_to=date(2026, 9, 1))
    running = schedule.begun(now, last, POLICY, price=PAID.price, chance=0.0)
    asked = schedule.window(now, running, POLICY)

    done = schedule.succeeded(running, asked, map(row, days), PAID, POLICY, chance=0.0)

    again = schedule.window(now + timedelta(days=8), done, POLICY)
    assert again.start == max([asked.start, *(day + timedelta(days=1) for day in days)])


def test_a_source_that_costs_nothing_is_read_every_hour() -> None:
    """And its polls do not count as paid."""
    running = schedule.begun(NOW, None, POLICY, price=FREE.price, chance=0.0)

    done = schedule.succeeded(running, Window(NOW.date(), NOW.date()), [], FREE, POLICY, chance=0.0)

    assert (done.due, done.paid) == (NOW + timedelta(hours=1), ())


@pytest.mark.parametrize(
    ("failures", "used", "waits"),
    [
        (1, PAID, timedelta(hours=1)),
        (2, PAID, timedelta(hours=2)),
        (3, PAID, timedelta(hours=4)),
        (9, PAID, timedelta(hours=8)),
        (1, Spending(0, PAID.price), timedelta(minutes=5)),
        (2, Spending(0, PAID.price), timedelta(minutes=10)),
        (5000, Spending(0, PAID.price), timedelta(hours=8)),
    ],
)
def test_failures_are_followed_by_growing_waits(
    failures: int, used: Spending, waits: timedelta
) -> None:
    """Longer ones where the failure may be charged, and never longer than after a success."""
    last = poll(failures=failures - 1, open_from=date(2026, 9, 1))
    running = schedule.begun(NOW, last, POLICY, price=PAID.price, chance=0.0)

    after = schedule.failed(running, "no", used, POLICY, chance=0.0)

    assert (after.due - NOW, after.failures, after.message) == (waits, failures, "no")
    assert after.paid == ((NOW,) if used.requests else ())
    assert (after.known_to, after.open_from) == (last.known_to, last.open_from)


def test_a_poll_that_never_ended_has_been_counted() -> None:
    """Its process died: the next one waits as after a failure."""
    running = schedule.begun(NOW, poll(), POLICY, price=PAID.price, chance=0.0)

    assert (running.done, running.failures, running.paid) == (False, 1, (NOW,))
    assert running.due == NOW + timedelta(hours=1)


def test_what_a_process_that_died_may_have_spent_is_counted() -> None:
    """One request, by the next poll; sources that cost nothing have nothing to count."""
    died = poll(done=False, requests=5, spent=Decimal("0.05"))

    paid = schedule.begun(NOW, died, POLICY, price=PAID.price, chance=0.0)
    free = schedule.begun(NOW, died, POLICY, price=FREE.price, chance=0.0)

    assert (paid.requests, paid.spent) == (6, Decimal("0.06"))
    assert (free.requests, free.spent) == (5, Decimal("0.05"))


def test_a_clock_that_was_set_back_delays_no_poll_for_long() -> None:
    """The time that is left stays the same, and what was paid in the future counts for today."""
    ahead = datetime(2031, 1, 1, tzinfo=UTC)
    last = poll(ahead, due=ahead + timedelta(hours=8), paid=(NOW - timedelta(hours=3), ahead))

    assert schedule.is_set_back(last, NOW)
    mended = schedule.after_set_back(last, NOW)

    assert (mended.at, mended.due) == (NOW, NOW + timedelta(hours=8))
    assert mended.paid == (NOW - timedelta(hours=3), NOW)
    assert not schedule.is_set_back(mended, NOW)


@given(st.integers(0, 4 * 366 * 1440), st.floats(0, 1))
def test_a_window_is_never_empty_and_never_in_the_future(minutes: int, chance: float) -> None:
    """Whatever the day, it ends before today and reaches back over the late days."""
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    first = schedule.window(now, None, POLICY)
    running = schedule.begun(now, None, POLICY, price=PAID.price, chance=chance)
    done = schedule.succeeded(running, first, [], PAID, POLICY, chance=chance)
    second = schedule.window(now + timedelta(days=1), done, POLICY)

    for asked in (first, second):
        assert asked.start < asked.end
    assert second.start <= first.end
    assert second.end - second.start >= timedelta(days=POLICY.again_days)


@pytest.mark.parametrize(
    "options",
    [
        {"polls_a_day": 0},
        {"polls_a_day": 1000},
        {"first_months": 15},
        {"again_days": 0},
        {"jitter": -0.1},
        {"backoff": float("nan")},
        {"lease_seconds": 1},
    ],
)
def test_a_policy_that_would_cost_too_much_is_refused(options: dict[str, Any]) -> None:
    """The message names the setting, its range and the value."""
    with pytest.raises(ConfigError, match=f"{next(iter(options))} must be from"):
        PollPolicy(**options)


HELD = Lease("one", NOW, NOW + timedelta(seconds=60))


@pytest.mark.parametrize(
    ("held", "holder", "after", "has"),
    [
        (None, "one", 0, True),
        (HELD, "one", 30, True),  # prolongs it
        (HELD, "two", 59, False),
        (HELD, "two", 60, True),  # it is over
        (HELD, "two", -1, True),  # the clock was set back behind it
    ],
)
def test_one_holder_has_a_lease(held: Lease | None, holder: str, after: int, has: bool) -> None:
    """Until it ends, is given back, or the clock says that it has not begun."""
    now = NOW + timedelta(seconds=after)

    assert lease_after(held, holder, 60, now) == (
        has,
        Lease(holder, now, now + timedelta(seconds=60)) if has else held,
    )


def test_only_its_holder_gives_a_lease_back() -> None:
    """Nobody loses it to another's end."""
    assert lease_after(HELD, "two", 0, NOW) == (False, HELD)
    assert lease_after(HELD, "one", 0, NOW) == (True, None)
    assert lease_after(None, "one", 0, NOW) == (False, None)
