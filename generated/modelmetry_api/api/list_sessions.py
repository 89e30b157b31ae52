"""GET /sessions. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.session_list import SessionList
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, DateTime, Unset


def _call(
    *,
    name: list[str] | None | Unset = UNSET,
    name_prefix: str | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[SessionList]:
    return Call(
        method="GET",
        path="/sessions",
        template="/sessions",
        successes={200: json_reader(SessionList)},
        query=query_pairs(
            ("name", name),
            ("name_prefix", name_prefix),
            ("failed", failed),
            ("start_after", start_after),
            ("start_before", start_before),
            ("limit", limit),
            ("cursor", cursor),
        ),
        headers=header_pairs(headers),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    name: list[str] | None | Unset = UNSET,
    name_prefix: str | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[SessionList]:
    """List sessions, the most recently active first.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            name=name,
            name_prefix=name_prefix,
            failed=failed,
            start_after=start_after,
            start_before=start_before,
            limit=limit,
            cursor=cursor,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    name: list[str] | None | Unset = UNSET,
    name_prefix: str | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> SessionList:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        name=name,
        name_prefix=name_prefix,
        failed=failed,
        start_after=start_after,
        start_before=start_before,
        limit=limit,
        cursor=cursor,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    name: list[str] | None | Unset = UNSET,
    name_prefix: str | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[SessionList]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            name=name,
            name_prefix=name_prefix,
            failed=failed,
            start_after=start_after,
            start_before=start_before,
            limit=limit,
            cursor=cursor,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    name: list[str] | None | Unset = UNSET,
    name_prefix: str | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> SessionList:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        name=name,
        name_prefix=name_prefix,
        failed=failed,
        start_after=start_after,
        start_before=start_before,
        limit=limit,
        cursor=cursor,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
