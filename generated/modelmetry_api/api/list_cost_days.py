"""GET /costs/days. Written by codegen; do not edit."""

from collections.abc import Mapping
from datetime import date

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.cost_day_list import CostDayList
from modelmetry_api.models.literals import CostGrouping
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, Unset


def _call(
    *,
    from_: date | None | Unset = UNSET,
    to: date | None | Unset = UNSET,
    source: str | None | Unset = UNSET,
    service: str | None | Unset = UNSET,
    group_by: list[CostGrouping] | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[CostDayList]:
    return Call(
        method="GET",
        path="/costs/days",
        template="/costs/days",
        successes={200: json_reader(CostDayList)},
        query=query_pairs(
            ("from", from_),
            ("to", to),
            ("source", source),
            ("service", service),
            ("group_by", group_by),
        ),
        headers=header_pairs(headers),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    from_: date | None | Unset = UNSET,
    to: date | None | Unset = UNSET,
    source: str | None | Unset = UNSET,
    service: str | None | Unset = UNSET,
    group_by: list[CostGrouping] | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[CostDayList]:
    """What the cloud cost.

    Sums by day unless others are asked for, the earliest day first, within a day the most
    expensive first. Amounts of several currencies are never added. Ask for fewer days when
    there would be more than 20,000 sums.

    from_: A day of UTC, from 1970 to 2199.

    to: A day of UTC, from 1970 to 2199.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            from_=from_,
            to=to,
            source=source,
            service=service,
            group_by=group_by,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    from_: date | None | Unset = UNSET,
    to: date | None | Unset = UNSET,
    source: str | None | Unset = UNSET,
    service: str | None | Unset = UNSET,
    group_by: list[CostGrouping] | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> CostDayList:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        from_=from_,
        to=to,
        source=source,
        service=service,
        group_by=group_by,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    from_: date | None | Unset = UNSET,
    to: date | None | Unset = UNSET,
    source: str | None | Unset = UNSET,
    service: str | None | Unset = UNSET,
    group_by: list[CostGrouping] | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[CostDayList]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            from_=from_,
            to=to,
            source=source,
            service=service,
            group_by=group_by,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    from_: date | None | Unset = UNSET,
    to: date | None | Unset = UNSET,
    source: str | None | Unset = UNSET,
    service: str | None | Unset = UNSET,
    group_by: list[CostGrouping] | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> CostDayList:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        from_=from_,
        to=to,
        source=source,
        service=service,
        group_by=group_by,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
