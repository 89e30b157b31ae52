"""What a cloud cost, as `PUT /costs/days` is told it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

Row = dict[str, Any]
DAY = timedelta(days=1)


def today() -> date:
    """Of UTC."""
    return datetime.now(UTC).date()


def row(day: date, service: str, cost: str, **members: Any) -> Row:
    """What a service cost on a day."""
    return {
        "ChargePeriodStart": f"{day}T00:00:00Z",
        "ChargePeriodEnd": f"{day + DAY}T00:00:00Z",
        "ServiceName": service,
        "BilledCost": cost,
        "EffectiveCost": cost,
        **members,
    }


def known_days(services: Iterable[tuple[str, str]], *, days: int = 60, late: int = 3) -> list[Row]:
    """Days up to yesterday, of which the last may still change.

    Args:
        services: with what each cost on each day.
        days: how many.
        late: how many of them are estimated.
    """
    ends = today()
    each = list(services)
    return [
        row(ends - DAY * ago, service, cost, Estimated=ago <= late)
        for ago in range(days, 0, -1)
        for service, cost in each
    ]


def state(base_url: str, rows: list[Row], *, source: str = "aws", currency: str = "USD") -> None:
    """Say what they cost, and that every other day between them cost nothing."""
    days = sorted({one["ChargePeriodStart"][:10] for one in rows})
    body = {
        "Source": source,
        "From": days[0],
        "To": str(date.fromisoformat(days[-1]) + DAY),
        "Currency": currency,
        "Rows": rows,
    }
    answer = httpx.put(f"{base_url}/costs/days", json=body, timeout=60)
    assert answer.is_success, answer.text
