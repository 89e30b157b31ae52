"""Where polls and what they learned are kept, for all processes that share it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from msgspec import Struct

from modelmetry.costs.rows import CostRow


class Poll(Struct, frozen=True, kw_only=True):
    """The last poll of a source and what the polls so far came to; all moments are in UTC.

    Attributes:
        at: when it began.
        due: not before this the next one.
        done: whether it came to an end; `False` while one runs, or if its process died.
        paid: when those that may be charged began, as far as they count for a day's limit.
        succeeded_at: when one last brought rows.
        failures: how many failed since then.
        message: why the last one failed; empty if it did not.
        known_from: the first day that is known.
        known_to: the day after the last day that is known.
        open_from: the first day that may still change, or `None` if there is none.
        requests: sent so far that may be charged.
        spent: US dollars for them.
    """

    at: datetime
    due: datetime
    done: bool = True
    paid: tuple[datetime, ...] = ()
    succeeded_at: datetime | None = None
    failures: int = 0
    message: str = ""
    known_from: date | None = None
    known_to: date | None = None
    open_from: date | None = None
    requests: int = 0
    spent: Decimal = Decimal(0)


class Lease(Struct, frozen=True):
    """Who may poll, as a ledger keeps it.

    Attributes:
        holder: who has it.
        since: when they took it, in UTC.
        until: when it ends, in UTC.
    """

    holder: str
    since: datetime
    until: datetime


class CostLedger(Protocol):
    """Keeps polls and costs; each method is one step that others see whole or not at all."""

    def lease(self, name: str, holder: str, seconds: float) -> bool:
        """Take or prolong a lease unless another holder has it; `lease_after` decides that.

        Args:
            name: of the lease.
            holder: who asks.
            seconds: for how long from now; 0 gives it back.

        Returns:
            Whether the holder has it now, or for 0 seconds whether they had.
        """
        ...

    def last_poll(self, source: str) -> Poll | None:
        """Give what was last noted for a source, or `None`."""
        ...

    def note_poll(self, source: str, poll: Poll) -> None:
        """Keep this instead of what was noted before."""
        ...

    def replace(self, source: str, start: date, end: date, rows: Sequence[CostRow]) -> None:
        """Forget all rows of a source whose period starts in these days, and keep these instead.

        A ledger that keeps which days are known must not count days after those of the last row:
        figures come late, and a day that is not there yet is not one that cost nothing.

        Args:
            source: the name of the source.
            start: the first day of UTC.
            end: the day after the last one.
            rows: of these days; no two have the same `identity`.
        """
        ...

    def days(self, start: date, end: date, source: str | None = None) -> Iterator[CostRow]:
        """Give the rows whose period starts in these days, by period and service.

        Args:
            start: the first day of UTC.
            end: the day after the last one.
            source: of one source only.
        """
        ...


def lease_after(
    held: Lease | None, holder: str, seconds: float, now: datetime
) -> tuple[bool, Lease | None]:
    """Decide who has a lease.

    A lease that was taken later than it is now tells that the clock was set back: it is over,
    lest nobody poll until the clock is where it was.

    Args:
        held: what is kept, or `None`.
        holder: who asks.
        seconds: for how long; 0 gives it back.
        now: what time it is, in UTC.

    Returns:
        Whether the holder has it, and what is to be kept.
    """
    taken = held is not None and held.since <= now < held.until
    if taken and held is not None and held.holder != holder:
        return False, held
    if seconds <= 0:
        return taken, None
    return True, Lease(holder, now, now + timedelta(seconds=seconds))
