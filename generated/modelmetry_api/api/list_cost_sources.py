"""GET /costs/sources. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.cost_source_list import CostSourceList
from modelmetry_api.types import Response


def _call(
    *,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[CostSourceList]:
    return Call(
        method="GET",
        path="/costs/sources",
        template="/costs/sources",
        successes={200: json_reader(CostSourceList)},
        headers=header_pairs(headers),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[CostSourceList]:
    """Where costs come from.

    Each source with the days that it knows, and what became of its last poll.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> CostSourceList:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[CostSourceList]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> CostSourceList:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
