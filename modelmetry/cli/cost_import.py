"""Files of costs, sent month by month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from attrs import define, frozen
from modelmetry_api.api import replace_cost_days
from modelmetry_api.client import AsyncClient
from modelmetry_api.models import CostDayRow, CostDaysRequestBody

from modelmetry.cli.failures import refuse
from modelmetry.cli.screen import progress
from modelmetry.costs.days import month_of
from modelmetry.costs.focus_reading import FocusReading
from modelmetry.costs.rows import CostRow

MOST_ROWS: Final = 10_000
"""Of one request; so many servers take unless they are told otherwise."""
_DAY: Final = timedelta(days=1)


@frozen
class Stretch:
    """Days that are stated with one request."""

    start: date
    end: date
    rows: Sequence[CostRow]


@define
class Stated:
    """What became of an import."""

    days: int = 0
    rows: int = 0
    changed: int = 0


def stretches(rows: Sequence[CostRow], unread: Iterable[date] = ()) -> Iterator[Stretch]:
    """Days of which files say all, as large as a request may be.

    From the first day to the last one; a month without any row is not there.

    Args:
        rows: sorted by day.
        unread: days without a row of which the files say more than could be read.
    """
    for stretch in _of_months(rows):
        yield from _around(stretch, [day for day in unread if stretch.start <= day < stretch.end])


def _around(stretch: Stretch, left_out: Sequence[date]) -> Iterator[Stretch]:
    """What lies between the days that are left out, as far as it has rows."""
    starts = [stretch.start, *(day + _DAY for day in left_out)]
    for start, end in zip(starts, [*left_out, stretch.end], strict=True):
        found = [row for row in stretch.rows if start <= row.day < end]
        if found:
            yield Stretch(start, end, found)


def _of_months(rows: Sequence[CostRow]) -> Iterator[Stretch]:
    first, last = rows[0].day, rows[-1].day
    for month, found in groupby(rows, lambda row: month_of(row.day)):
        start, end = max(month, first), min(month_of(month + 31 * _DAY), last + _DAY)
        together: list[CostRow] = []
        for day, of_day in groupby(found, lambda row: row.day):
            more = list(of_day)
            if len(more) > MOST_ROWS:
                refuse(
                    f"{day} has {len(more):,} rows after adding up, and {MOST_ROWS:,} is the most "
                    "of one day; give fewer --tag"
                )
            if len(together) + len(more) > MOST_ROWS:
                yield Stretch(start, day, together)
                start, together = day, []
            together += more
        yield Stretch(start, end, together)


async def state(client: AsyncClient, source: str, reading: FocusReading) -> Stated:
    """Send everything, and show how far it is."""
    stated, all_ = Stated(), list(stretches(reading.rows, reading.unread))
    with progress("Storing", len(all_)) as bar:
        for stretch in all_:
            answer = await replace_cost_days.asyncio(client=client, body=_body(source, stretch))
            stated.days += (stretch.end - stretch.start).days
            stated.rows += answer.rows
            stated.changed += answer.changed
            bar.advance(bar.task_ids[0])
    return stated


def _body(source: str, stretch: Stretch) -> CostDaysRequestBody:
    return CostDaysRequestBody(
        source=source,
        from_=stretch.start,
        to=stretch.end,
        currency=stretch.rows[0].billing_currency,
        rows=[_row(row) for row in stretch.rows],
    )


def _row(row: CostRow) -> CostDayRow:
    return CostDayRow(
        charge_period_start=row.charge_period_start,
        charge_period_end=row.charge_period_end,
        service_name=row.service_name,
        billed_cost=f"{row.billed_cost:f}",
        effective_cost=f"{row.effective_cost:f}",
        list_cost=None if row.list_cost is None else f"{row.list_cost:f}",
        charge_category=row.charge_category,
        sub_account_id=row.sub_account_id,
        tags=dict(row.tags),
        estimated=row.estimated,
    )
