"""What the shop's cloud cost, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from modelmetry.costs.days import midnight
from modelmetry.costs.rows import CostRow, day_row
from modelmetry.demo.traffic.chance import Chance
from modelmetry.demo.traffic.world import DAYS, HOUR, SECOND, busy

SOURCE: Final = "demo"
"""The name under which a store keeps them."""

# USD a day; the first ones are more in the month before, when there were more machines.
_SERVICES: Final = (
    ("Container Service", 0.52, 0.74),
    ("Managed Database", 0.31, 0.31),
    ("Load Balancer", 0.17, 0.17),
    ("Object Storage", 0.09, 0.08),
    ("Container Registry", 0.05, 0.05),
)
_SCALES: Final = {"Container Service", "Load Balancer"}  # cost more when more happens
_OPEN: Final = 3  # days of which the provider may change its mind


def spent(now: int, *, seed: int = 1) -> Iterator[CostRow]:
    """Rows of two months of whole days that are over at `now`.

    Args:
        now: microseconds since 1970.
        seed: of the chance.
    """
    chance = Chance(seed)
    today = datetime.fromtimestamp(now / SECOND, UTC).date()
    for ago in range(2 * DAYS + 1, 0, -1):
        day = today - timedelta(days=ago)
        noon = int(midnight(day).timestamp()) * SECOND + 12 * HOUR
        for name, usual, before in _SERVICES:
            amount = (usual if ago <= DAYS else before) * chance.uniform(0.96, 1.04)
            if name in _SCALES:
                amount *= 0.7 + 0.3 * busy(noon) / 120
            cost = Decimal(f"{amount:.4f}")
            yield replace(day_row(day, name, cost, "USD"), estimated=ago <= _OPEN)
