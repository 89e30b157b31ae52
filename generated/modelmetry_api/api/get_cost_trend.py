"""GET /costs/trend. Written by codegen; do not edit."""

from collections.abc import Mapping
from datetime import date

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.cost_trend import CostTrend
from modelmetry_api.models.literals import CostBasis
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, Unset


def _call(
    *,
    days: int | None | Unset = UNSET,
    to: date | None | Unset = UNSET,
    source: str | None | Unset = UNSET,
    basis: CostBasis | None | Unset = UNSET,
    without: list[str] | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[CostTrend]:
    return Call(
        method="GET",
        path="/costs/trend",
        template="/costs/trend",
        successes={200: json_reader(CostTrend)},
        query=query_pairs(
            ("days", days),
            ("to", to),
            ("source", source),
            ("basis", basis),
            ("without", without),
        ),
        headers=header_pairs(headers),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    days: int | None | Unset = UNSET,
    to: date | None | Unset = UNSET,
    source: str | None | Unset = UNSET,
    basis: CostBasis | None | Unset = UNSET,
    without: list[str] | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[CostTrend]:
    """How costs change, and what the month will cost.

    Some days against as many before, a forecast of the month of the last day that is known, and
    the cost of one prediction and of one call of a language model in the later days. Where too
    few days are known there is no number, and the reason says so. A day is known when every
    source knows it that knows any day from 8 weeks before the end on, or that is asked for.

    to: A day of UTC, from 1970 to 2199.

    basis: What is invoiced, or what was used with discounts and with what is paid in advance
    spread.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            days=days,
            to=to,
            source=source,
            basis=basis,
            without=without,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    days: int | None | Unset = UNSET,
    to: date | None | Unset = UNSET,
    source: str | None | Unset = UNSET,
    basis: CostBasis | None | Unset = UNSET,
    without: list[str] | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> CostTrend:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        days=days,
        to=to,
        source=source,
        basis=basis,
        without=without,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    days: int | None | Unset = UNSET,
    to: date | None | Unset = UNSET,
    source: str | None | Unset = UNSET,
    basis: CostBasis | None | Unset = UNSET,
    without: list[str] | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[CostTrend]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            days=days,
            to=to,
            source=source,
            basis=basis,
            without=without,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    days: int | None | Unset = UNSET,
    to: date | None | Unset = UNSET,
    source: str | None | Unset = UNSET,
    basis: CostBasis | None | Unset = UNSET,
    without: list[str] | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> CostTrend:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        days=days,
        to=to,
        source=source,
        basis=basis,
        without=without,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
