"""The poller: asks when it is time, and keeps what comes."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from modelmetry.costs.ledger import Poll
from modelmetry.costs.poller import CostPoller, PollResult
from modelmetry.costs.rows import CostRow, day_row
from modelmetry.costs.schedule import PollPolicy, Window
from modelmetry.costs.source import CostSource, Spending
from modelmetry.errors import CostCredentialsError, CostSourceError, InvalidValueError
from tests.unit.costs.ledgers import MemoryLedger

NOW = datetime(2026, 9, 15, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Cloud:
    """A source of one dollar a day; remembers what it was asked, and does what it is told first."""

    name = "cloud"

    def __init__(self, price: str = "0.01") -> None:
        self.price = Decimal(price)
        self.asked: list[Window] = []
        self.requests = 0
        self.amount = Decimal(1)
        self.first: Callable[[], None] = lambda: None

    @property
    def spending(self) -> Spending:
        """What was asked so far."""
        return Spending(self.requests, self.price)

    def rows(self, start: date, end: date) -> Iterator[CostRow]:
        """A row for each day."""
        self.asked.append(Window(start, end))
        self.first()
        self.requests += self.price > 0
        days = (start + place * DAY for place in range((end - start).days))
        return iter([day_row(day, "EC2", self.amount, "USD") for day in days])


class World:
    """A clock that is set by hand, a source, a ledger, and pollers of them."""

    def __init__(self, price: str = "0.01") -> None:
        self.now = NOW
        self.seconds = 0.0
        self.cloud = Cloud(price)
        self.ledger = MemoryLedger(lambda: self.now)
        self.poller = self.another()

    def another(self, source: CostSource | None = None) -> CostPoller:
        """A poller, as of another process."""
        return CostPoller(
            source or self.cloud,
            self.ledger,
            clock=lambda: self.now,
            monotonic=lambda: self.seconds,
            chance=lambda: 0.0,
        )

    def after(self, time: timedelta) -> PollResult:
        """Let time pass, then run."""
        self.now += time
        self.seconds += time.total_seconds()
        return self.poller.run_once()

    def amounts(self) -> list[Decimal]:
        """What the ledger has."""
        return [row.billed_cost for row in self.ledger.days(date.min, date.max)]


@pytest.fixture
def world() -> World:
    return World()


def test_the_first_run_polls_and_the_next_waits(world: World) -> None:
    """What came is in the ledger; what it cost is in the result and in the ledger."""
    result = world.poller.run_once()

    assert (result.outcome, result.rows) == ("polled", 45)
    assert result.window == Window(date(2026, 8, 1), date(2026, 9, 15))
    assert result.used.amount == Decimal("0.01")
    assert result.next_due == NOW + 8 * HOUR
    assert len(world.amounts()) == 45
    poll = world.ledger.last_poll("cloud")
    assert poll is not None
    assert (poll.requests, poll.spent, poll.done) == (1, Decimal("0.01"), True)
    assert world.after(HOUR).outcome == "waiting"
    assert world.poller.next_due == NOW + 8 * HOUR


def test_a_day_of_runs_every_minute_is_three_polls(world: World) -> None:
    """Over ten days never more than three on one day."""
    polled = [world.now for _ in range(10 * 144) if world.after(10 * timedelta(minutes=1)).window]

    for day in {moment.date() for moment in polled}:
        assert sum(moment.date() == day for moment in polled) <= 3
    assert len(polled) in {29, 30}


def test_late_days_replace_what_was_known(world: World) -> None:
    """Nothing is added to what is there."""
    world.poller.run_once()
    world.cloud.amount = Decimal(2)

    assert world.after(DAY).window == Window(date(2026, 9, 1), date(2026, 9, 16))
    assert world.amounts() == [Decimal(1)] * 31 + [Decimal(2)] * 15


def test_a_service_that_is_gone_leaves_no_row(world: World) -> None:
    """The days are replaced as a whole."""
    world.poller.run_once()
    world.cloud.rows = lambda start, end: iter(())  # type: ignore[method-assign]

    assert world.after(DAY).rows == 0
    assert len(world.amounts()) == 31


def test_a_failure_changes_nothing_and_is_tried_again_later(world: World) -> None:
    """What it said is in the result and in the ledger; a success clears it."""
    world.poller.run_once()
    known = world.amounts()

    def refuse() -> None:
        raise CostCredentialsError("log in again", paid=False)

    world.cloud.first = refuse
    failed = world.after(8 * HOUR)

    assert (failed.outcome, failed.message) == ("failed", "log in again")
    assert isinstance(failed.error, CostCredentialsError)
    assert failed.next_due == world.now + timedelta(minutes=5)
    assert world.amounts() == known
    poll = world.ledger.last_poll("cloud")
    assert poll is not None
    assert (poll.message, poll.known_to) == ("log in again", date(2026, 9, 15))

    world.cloud.first = lambda: None
    assert world.after(timedelta(minutes=4)).outcome == "waiting"
    assert world.after(timedelta(minutes=1)).outcome == "polled"
    last = world.ledger.last_poll("cloud")
    assert last is not None
    assert (last.failures, last.message) == (0, "")


def test_an_error_in_the_middle_of_the_rows_takes_nothing(world: World) -> None:
    """Also one that is no error of ours: a source may be anybody's."""

    def rows(start: date, end: date) -> Iterator[CostRow]:
        yield day_row(start, "EC2", Decimal(1), "USD")
        raise KeyError("Amount")

    world.cloud.rows = rows  # type: ignore[method-assign]

    result = world.poller.run_once()

    assert (result.outcome, result.message) == ("failed", "KeyError('Amount')")
    assert world.amounts() == []


def test_rows_of_several_currencies_are_not_kept(world: World) -> None:
    """Of no source."""
    usd = day_row(date(2026, 9, 1), "EC2", Decimal(1), "USD")
    both = [usd, replace(usd, service_name="S3", billing_currency="EUR")]
    world.cloud.rows = lambda start, end: iter(both)  # type: ignore[method-assign]

    assert "EUR and USD" in world.poller.run_once().message
    assert world.amounts() == []


def test_rows_of_other_days_are_not_kept(world: World) -> None:
    """They would stand beside what is known of those days."""
    other = [day_row(date(2026, 7, 31), "EC2", Decimal(1), "USD")]
    world.cloud.rows = lambda start, end: iter(other)  # type: ignore[method-assign]

    assert "2026-07-31 came" in world.poller.run_once().message
    assert world.amounts() == []


def test_failures_that_cost_something_count_for_the_day(world: World) -> None:
    """After three of them it waits for tomorrow."""

    def fail() -> None:
        world.cloud.requests += 1
        raise CostSourceError("refused")

    world.cloud.first = fail
    world.now = NOW.replace(hour=0)
    results = [world.poller.run_once(), world.after(HOUR), world.after(2 * HOUR)]

    assert [result.outcome for result in results] == ["failed"] * 3
    assert world.after(4 * HOUR).outcome == "waiting"
    assert world.poller.next_due == datetime(2026, 9, 16, tzinfo=UTC)
    assert world.after(17 * HOUR).outcome == "failed"


def test_another_process_polls_neither_at_once_nor_again(world: World) -> None:
    """While one polls the other is told so; afterwards it is not time."""
    other = world.another()
    seen: list[str] = []
    world.cloud.first = lambda: seen.append(other.run_once().outcome)

    assert world.poller.run_once().outcome == "polled"
    assert seen == ["elsewhere"]
    assert other.run_once().outcome == "waiting"
    assert len(world.cloud.asked) == 1


def test_who_looked_before_the_other_polled_does_not_poll_again(world: World) -> None:
    """Between the look and the lease there is time for a whole poll of another."""
    other = world.another()
    take = world.ledger.lease

    def slow(name: str, holder: str, seconds: float) -> bool:
        world.ledger.lease = take  # type: ignore[method-assign]
        assert other.run_once().outcome == "polled"
        return take(name, holder, seconds)

    world.ledger.lease = slow  # type: ignore[method-assign]

    assert world.poller.run_once().outcome == "waiting"
    assert len(world.cloud.asked) == 1


def test_a_second_thread_with_the_same_poller_does_not_poll(world: World) -> None:
    """Not even in the moment before the first one has noted that it does."""
    note, said = world.ledger.note_poll, list[str]()

    def slow(source: str, poll: Poll) -> None:
        world.ledger.note_poll = note  # type: ignore[method-assign]
        thread = threading.Thread(target=lambda: said.append(world.poller.run_once().outcome))
        thread.start()
        thread.join()
        note(source, poll)

    world.ledger.note_poll = slow  # type: ignore[method-assign]

    assert world.poller.run_once().outcome == "polled"
    assert said == ["elsewhere"]


def test_a_process_that_slept_too_long_does_not_undo_what_another_read(world: World) -> None:
    """Its rows are older than those that are there."""
    other = world.another()

    def sleep() -> None:
        world.cloud.first = lambda: None
        world.cloud.amount = Decimal(5)
        world.now += 2 * HOUR
        assert other.run_once().outcome == "polled"
        world.cloud.amount = Decimal(1)
        take(f"costs:{world.cloud.name}", "a third", 60)  # that polls now

    take = world.ledger.lease
    world.cloud.first = sleep
    result = world.poller.run_once()

    assert (result.outcome, result.rows) == ("failed", 0)
    assert "took over" in result.message
    assert set(world.amounts()) == {Decimal(5)}
    poll = world.ledger.last_poll("cloud")
    assert poll is not None
    assert (poll.message, poll.failures, poll.requests) == ("", 0, 2)
    assert len(poll.paid) == 2


def test_a_process_that_died_in_a_poll_holds_nobody_up_for_long(world: World) -> None:
    """After its lease and the wait that follows a failure another goes on."""

    def die() -> None:
        raise KeyboardInterrupt

    world.cloud.first = die
    with pytest.raises(KeyboardInterrupt):
        world.poller.run_once()
    world.ledger.lease("costs:cloud", "the dead", 1800)  # as if it had not given it back
    world.cloud.first = lambda: None

    assert world.after(timedelta(minutes=20)).outcome == "elsewhere"
    assert world.after(timedelta(minutes=20)).outcome == "waiting"
    assert world.after(HOUR).outcome == "polled"


def test_a_clock_that_goes_back_and_forth_costs_no_more_than_three_polls_a_day(
    world: World,
) -> None:
    """Each jump is to another day, on which nothing was paid; one second passes between them."""
    for jump in range(40):
        world.now = NOW + (1000 + jump) * DAY if jump % 2 else NOW
        world.seconds += 1
        world.poller.run_once()

    assert len(world.cloud.asked) == 3


def test_a_clock_that_was_ahead_for_years_stops_no_poll(world: World) -> None:
    """When it is right again, the next poll comes after the usual time."""
    world.now = NOW + 2000 * DAY
    world.poller.run_once()
    world.now = NOW

    assert world.poller.next_due == NOW + 8 * HOUR
    assert world.poller.run_once().outcome == "waiting"
    world.now += 8 * HOUR
    result = world.poller.run_once()
    assert result.outcome == "polled"
    assert result.window is not None
    assert result.window.end == date(2026, 9, 15)


@pytest.mark.parametrize("seed", range(5))
def test_two_months_of_trouble_lose_no_day_and_no_cent(world: World, seed: int) -> None:
    """Refusals, processes that die, answers that are empty or half: in the end all is right."""
    chance, sent = random.Random(seed), Counter[date]()
    usual = world.cloud.rows

    def rows(start: date, end: date) -> Iterator[CostRow]:
        what = chance.choice(["refused", "expired", "died", "empty", "half", *["answered"] * 9])
        if what == "expired":
            raise CostCredentialsError("log in again", paid=False)
        sent[world.now.date()] += 1
        found = list(usual(start, end))
        open_from = (world.now - 5 * DAY).date().replace(day=1)
        if what == "refused":
            raise CostSourceError("asked too often")
        if what == "died":
            raise SystemExit
        kept = {"empty": 0, "half": len(found) // 2}.get(what, len(found))
        return iter([replace(row, estimated=row.day >= open_from) for row in found[:kept]])

    world.cloud.rows = rows  # type: ignore[method-assign]
    for _ in range(60 * 24):
        world.poller = chance.choice([world.poller, world.another()])
        with suppress(SystemExit):
            world.after(HOUR)
    world.cloud.rows = usual  # type: ignore[method-assign]
    while world.after(HOUR).outcome != "polled":
        pass

    assert max(sent.values()) == 3
    known = {row.day for row in world.ledger.days(date.min, date.max)}
    assert known == {date(2026, 8, 1) + n * DAY for n in range(len(known))}
    assert max(known) == (world.now - DAY).date()
    poll = world.ledger.last_poll("cloud")
    assert poll is not None
    assert poll.requests == sum(sent.values()) + 1 == world.cloud.requests


def test_a_source_that_costs_nothing_is_read_every_hour() -> None:
    """There is no limit for a day."""
    world = World(price="0")

    outcomes = [world.poller.run_once().outcome, *(world.after(HOUR).outcome for _ in range(30))]

    assert set(outcomes) == {"polled"}


def test_a_time_without_a_zone_is_refused(world: World) -> None:
    """It could be any day's."""
    with pytest.raises(InvalidValueError, match="zone"):
        world.poller.run_once(NOW.replace(tzinfo=None))


def test_the_policy_decides(world: World) -> None:
    """One poll a day, of the present month."""
    policy = PollPolicy(polls_a_day=1, first_months=1)
    poller = CostPoller(world.cloud, world.ledger, policy=policy, chance=lambda: 0.0)

    result = poller.run_once(NOW)

    assert (result.window, result.next_due) == (
        Window(date(2026, 9, 1), date(2026, 9, 15)),
        NOW + DAY,
    )
