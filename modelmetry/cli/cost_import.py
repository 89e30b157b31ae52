"""Files of costs, sent month by month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def stretches(rows: Sequence[CostRow]) -> Iterator[Stretch]:
    """Days of which files say all, as large as a request may be.

    From the first day to the last one; a month without any row is not there.

    Args:
        rows: sorted by day.
    """
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


async def state(client: AsyncClient, source: str, rows: Sequence[CostRow]) -> Stated:
    """Send everything, and show how far it is."""
    stated, all_ = Stated(), list(stretches(rows))
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
