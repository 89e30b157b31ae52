"""Asks a source when it is time, as the only one of all processes, and keeps what it says."""

from __future__ import annotations

import os
import random
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from modelmetry.costs import schedule
from modelmetry.costs.ledger import CostLedger, Poll
from modelmetry.costs.rows import CostRow, merged
from modelmetry.costs.schedule import PollPolicy, Window
from modelmetry.costs.source import CostSource, Spending
from modelmetry.errors import CostError, InvalidValueError, ModelmetryError

STEADY: Final = PollPolicy()
"""Three paid polls a day; the present month and the one before, as long as they are open."""

_DAY: Final = 86_400.0

Outcome = Literal["polled", "failed", "waiting", "elsewhere"]


class PollResult(Struct, frozen=True, kw_only=True):
    """What `CostPoller.run_once` did.

    Attributes:
        outcome: `polled`: new rows are in the ledger; `failed`: nothing changed there; `waiting`:
            it is not time; `elsewhere`: another process polls now.
        next_due: not before this the next poll, in UTC.
        window: the days that were asked for.
        rows: how many rows came.
        used: what this poll cost.
        faults: what the source passed over, such as lines of files that cannot be read.
        message: what happened, if it failed.
        error: the same as an exception.
    """

    outcome: Outcome
    next_due: datetime
    window: Window | None = None
    rows: int = 0
    used: Spending = Spending()
    faults: tuple[str, ...] = ()
    message: str = ""
    error: Exception | None = None


class CostPoller:
    """Keeps a ledger up to date with a source; call `run_once` every few minutes.

    It has no thread, and waits for nothing but the source. Several processes may have one for the
    same source and ledger, and several threads the same one: one of them polls.

    Args:
        source: knows what was spent.
        ledger: keeps it, and who polls.
        policy: how often, and how far back.
        holder: tells this machine and program from others; made up unless given.
        clock: gives the present moment with its zone.
        monotonic: gives seconds that never jump.
        chance: gives a number from 0 to 1, for the jitter.
    """

    def __init__(
        self,
        source: CostSource,
        ledger: CostLedger,
        *,
        policy: PollPolicy = STEADY,
        holder: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._source = source
        self._ledger = ledger
        self._policy = policy
        self._holder = holder or str(uuid.uuid4())
        self._clock = clock
        self._monotonic = monotonic
        self._chance = chance
        self._lasts = policy.lease_seconds
        self._paid: deque[float] = deque(maxlen=policy.polls_a_day)

    @property
    def next_due(self) -> datetime:
        """Not before this the next poll; in UTC."""
        return self.may_begin()

    def may_begin(self, *, early: bool = False) -> datetime:
        """Give the moment from which on `run_once` polls, in UTC.

        Args:
            early: as `run_once` has it.
        """
        now = self._now(None)
        last = self._ledger.last_poll(self._source.name)
        if last is not None and schedule.is_set_back(last, now):
            last = schedule.after_set_back(last, now)
        return self._due(now, last, early=early)

    def run_once(self, now: datetime | None = None, *, early: bool = False) -> PollResult:
        """Poll if it is time and nobody else does; what a source raises is in the result.

        Args:
            now: what time it is, with its zone; asks the clock unless given.
            early: poll before it is time; the polls of a day that may be charged are no more.

        Raises:
            ModelmetryError: the ledger failed.
            InvalidValueError: the time has no zone.
        """
        moment = self._now(now)
        last = self._ledger.last_poll(self._source.name)
        set_back = last is not None and schedule.is_set_back(last, moment)
        if not set_back and (waits := self._waits(moment, last, early=early)):
            return waits
        if not self._lease(self._lasts):
            return PollResult(outcome="elsewhere", next_due=self._due(moment, last))
        try:
            return self._run(moment, early=early)
        finally:
            self._lease(0)

    def _run(self, now: datetime, *, early: bool) -> PollResult:
        """As the only one: look again, since another may have polled in between."""
        last = self._ledger.last_poll(self._source.name)
        if last is not None and schedule.is_set_back(last, now):
            last = schedule.after_set_back(last, now)
            self._ledger.note_poll(self._source.name, last)
        return self._waits(now, last, early=early) or self._poll(now, last)

    def _poll(self, now: datetime, last: Poll | None) -> PollResult:
        asked = self._window(now, last)
        before, chance = self._source.spending, self._chance()
        running = schedule.begun(now, last, self._policy, price=before.price, chance=chance)
        self._ledger.note_poll(self._source.name, running)
        began = self._monotonic()
        try:
            rows = _within(asked, merged(self._source.rows(asked.start, asked.end)))
            self._hold_on()
            self._ledger.replace(self._source.name, asked.start, asked.end, rows)
        except Exception as error:  # noqa: BLE001 - a source may be anybody's, and a poller lives on
            used = self._used(before, began)
            reason = str(error) if isinstance(error, ModelmetryError) else repr(error)
            poll = schedule.failed(running, reason, used, self._policy, chance=chance)
            if self._lease(self._lasts):  # else whoever took over has noted more
                self._ledger.note_poll(self._source.name, poll)
            due = self._due(now, poll)
            return PollResult(
                outcome="failed", next_due=due, window=asked, used=used, message=reason, error=error
            )
        used = self._used(before, began)
        poll = schedule.succeeded(running, asked, rows, used, self._policy, chance=chance)
        self._ledger.note_poll(self._source.name, poll)
        due = self._due(now, poll)
        faults = tuple(getattr(self._source, "faults", ()))
        return PollResult(
            outcome="polled", next_due=due, window=asked, rows=len(rows), used=used, faults=faults
        )

    def window(self, now: datetime | None = None) -> Window:
        """Give the days for which a poll asks.

        Args:
            now: what time it is, with its zone; asks the clock unless given.
        """
        return self._window(self._now(now), self._ledger.last_poll(self._source.name))

    def _window(self, now: datetime, last: Poll | None) -> Window:
        asked = schedule.window(now, last, self._policy)
        if self._source.spending.price > 0:
            return asked
        # Files may be late by weeks, and reading all of them costs nothing.
        return Window(min(asked.start, schedule.window(now, None, self._policy).start), asked.end)

    def _waits(self, now: datetime, last: Poll | None, *, early: bool = False) -> PollResult | None:
        due = self._due(now, last, early=early)
        if due <= now:
            return None
        # What is noted when a poll begins is what is to be done should its process die.
        runs = last is not None and not last.done and (now - last.at).total_seconds() < self._lasts
        return PollResult(outcome="elsewhere" if runs else "waiting", next_due=due)

    def _due(self, now: datetime, last: Poll | None, *, early: bool = False) -> datetime:
        paid = self._source.spending.price > 0
        told = replace(last, due=now) if early and last is not None else last
        due = schedule.due(now, told, self._policy, paid=paid)
        if paid and len(self._paid) == self._policy.polls_a_day:
            # Whatever the clock says: a clock that jumps from day to day must not cost money.
            due = max(due, now + timedelta(seconds=self._paid[0] + _DAY - self._monotonic()))
        return due

    def _used(self, before: Spending, began: float) -> Spending:
        after = self._source.spending
        used = Spending(after.requests - before.requests, after.price)
        if used.requests and used.price:
            self._paid.append(began)
        return used

    def _hold_on(self) -> None:
        """Prolong the lease: a process that slept too long must not undo what another has read."""
        if not self._lease(self._lasts):
            raise CostError(
                f"another process took over while {self._source.name!r} was asked; "
                "what came is not kept"
            )

    def _lease(self, seconds: float) -> bool:
        # Forked children and threads have the same poller, and are others all the same.
        holder = f"{self._holder}:{os.getpid()}:{threading.get_ident()}"
        return self._ledger.lease(f"costs:{self._source.name}", holder, seconds)

    def _now(self, now: datetime | None) -> datetime:
        moment = self._clock() if now is None else now
        if moment.tzinfo is None:
            raise InvalidValueError(f"the time of a poll needs a zone: {moment!r}")
        return moment.astimezone(UTC)


def _within(asked: Window, rows: list[CostRow]) -> list[CostRow]:
    """Give the rows, all of the days that were asked for: others are known otherwise."""
    for row in rows:
        if not asked.start <= row.day < asked.end:
            raise CostError(
                f"costs of {asked.start} to {asked.end} were asked for, and {row.day} came "
                f"({row.service_name!r}); nothing of it is kept"
            )
    return rows
