"""What every ledger does; each implementation stands in the list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from modelmetry.costs.ledger import CostLedger, Poll
from modelmetry.costs.rows import CostRow, day_row
from tests.unit.costs.ledgers import FileLedger, MemoryLedger

FIRST, SECOND, THIRD = (date(2026, 9, day) for day in (1, 2, 3))
NOW = datetime(2026, 9, 3, tzinfo=UTC)

LEDGERS: list[Callable[[Path], MemoryLedger | FileLedger]] = [
    lambda _: MemoryLedger(),
    lambda folder: FileLedger(folder / "ledger.db"),
]


@pytest.fixture(params=LEDGERS, ids=["memory", "file"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CostLedger]:
    with closing(request.param(tmp_path)) as made:
        yield made


def row(day: date, amount: int = 1, service: str = "EC2") -> CostRow:
    """A row with everything in it."""
    return replace(
        day_row(day, service, Decimal(amount), "USD"),
        list_cost=Decimal("2.000000000000000001"),
        charge_category="Usage",
        tags=(("team", "search"),),
        estimated=True,
    )


def test_rows_come_back_as_they_were(ledger: CostLedger) -> None:
    """Exactly, by period and service; the end is excluded."""
    ledger.replace("aws", FIRST, THIRD, [row(SECOND), row(FIRST, service="S3"), row(FIRST)])

    assert list(ledger.days(FIRST, THIRD)) == [row(FIRST), row(FIRST, service="S3"), row(SECOND)]
    assert list(ledger.days(FIRST, SECOND, "aws")) == [row(FIRST), row(FIRST, service="S3")]


def test_days_are_replaced_as_a_whole_and_others_stay(ledger: CostLedger) -> None:
    """Also by nothing; reading twice changes nothing."""
    ledger.replace("aws", FIRST, THIRD, [row(FIRST), row(SECOND), row(SECOND, service="S3")])
    for _ in range(2):
        ledger.replace("aws", SECOND, THIRD, [row(SECOND, 5)])

    assert list(ledger.days(FIRST, THIRD)) == [row(FIRST), row(SECOND, 5)]
    ledger.replace("aws", FIRST, THIRD, [])
    assert list(ledger.days(FIRST, THIRD)) == []


def test_sources_do_not_touch_each_other(ledger: CostLedger) -> None:
    """The same row of two sources is there twice."""
    ledger.replace("aws", FIRST, THIRD, [row(FIRST)])
    ledger.replace("azure", FIRST, THIRD, [row(FIRST)])

    assert len(list(ledger.days(FIRST, THIRD))) == 2
    ledger.replace("azure", FIRST, THIRD, [])
    assert list(ledger.days(FIRST, THIRD, "azure")) == []
    assert list(ledger.days(FIRST, THIRD, "aws")) == [row(FIRST)]


def test_the_last_poll_comes_back_as_it_was(ledger: CostLedger) -> None:
    """Of its source; before the first there is none."""
    poll = Poll(
        at=NOW,
        due=NOW + timedelta(hours=8),
        paid=(NOW, NOW),
        succeeded_at=NOW,
        message="none",
        known_from=FIRST,
        known_to=THIRD,
        open_from=SECOND,
        requests=3,
        spent=Decimal("0.03"),
    )
    ledger.note_poll("aws", replace(poll, failures=1))
    ledger.note_poll("aws", poll)

    assert (ledger.last_poll("aws"), ledger.last_poll("azure")) == (poll, None)


def test_one_holder_has_a_lease(ledger: CostLedger) -> None:
    """Until it is given back; leases of other names are others."""
    assert ledger.lease("costs:aws", "one", 60)
    assert ledger.lease("costs:aws", "one", 60)
    assert not ledger.lease("costs:aws", "two", 60)
    assert ledger.lease("costs:azure", "two", 60)
    assert not ledger.lease("costs:aws", "two", 0)
    assert ledger.lease("costs:aws", "one", 0)
    assert ledger.lease("costs:aws", "two", 60)
