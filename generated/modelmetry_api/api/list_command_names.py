"""GET /names/commands. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.name_list import NameList
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, Unset


def _call(
    *,
    prefix: str | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[NameList]:
    return Call(
        method="GET",
        path="/names/commands",
        template="/names/commands",
        successes={200: json_reader(NameList)},
        query=query_pairs(
            ("prefix", prefix),
            ("limit", limit),
        ),
        headers=header_pairs(headers),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    prefix: str | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[NameList]:
    """The names of what sent telemetry.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            prefix=prefix,
            limit=limit,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    prefix: str | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> NameList:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        prefix=prefix,
        limit=limit,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    prefix: str | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[NameList]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            prefix=prefix,
            limit=limit,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    prefix: str | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> NameList:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        prefix=prefix,
        limit=limit,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
